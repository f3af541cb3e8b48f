// Processes and folders of one run: the scripted model, VS Code, the browser.
// What was started here is stopped here, whatever happened in between.
import { execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const START_MS = 60_000;
const STOP_MS = 5_000;

const env = process.env;
const cache = join(
  env.AI_LSP_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ai-lsp-e2e'),
  'vscode',
);

/** The file comes first, not a tour of the editor, and typed is what is typed. */
export const USER_SETTINGS = {
  'chat.disableAIFeatures': true,
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.minimap.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'workbench.editor.useModal': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

export class Rig {
  page;
  #root = realpathSync(mkdtempSync(join(tmpdir(), 'ai-lsp-vscode-')));
  #processes = [];
  #browser;
  #sessions = 0;

  /** Starts the scripted model; while paused it takes requests and says nothing. */
  async demo(server) {
    const demo = this.#start(server, ['demo', '--serve'], this.#environment('demo'));
    const [, url] = await this.#line(demo, /^OPENAI_BASE_URL=(\S+)$/m);
    return {
      env: { OPENAI_BASE_URL: url, OPENAI_API_KEY: 'demo' },
      pause: () => demo.child.kill('SIGSTOP'),
      resume: () => demo.child.kill('SIGCONT'),
    };
  }

  /**
   * Opens a new VS Code, with nothing kept from another run, on a folder with
   * the given files; the first one is shown.
   */
  async open({ vsix, serverPath, files, env = {} }) {
    const home = join(this.#root, `session-${++this.#sessions}`);
    const folder = join(home, 'workspace');
    const data = join(home, 'data');
    const extensions = join(home, 'extensions');
    const config = join(home, 'code-server.yaml');
    write(config, '');
    for (const [name, text] of Object.entries(files)) write(join(folder, name), text);
    write(join(data, 'User', 'settings.json'), JSON.stringify(USER_SETTINGS));
    write(
      join(data, 'Machine', 'settings.json'),
      JSON.stringify({ 'ai-lsp.serverPath': serverPath }),
    );

    const environment = {
      ...this.#environment(basename(home)),
      EXTENSIONS_GALLERY: '{"serviceUrl":""}',
      ...env,
    };
    const common = ['--config', config, '--user-data-dir', data, '--extensions-dir', extensions];
    const program = join(cache, 'node_modules', '.bin', 'code-server');
    execFileSync(program, [...common, '--install-extension', vsix], {
      env: environment,
      stdio: 'pipe',
    });

    const port = await freePort();
    const code = this.#start(
      program,
      [
        ...common,
        ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--ignore-last-opened'],
        ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
      ],
      environment,
    );
    await this.#line(code, /HTTP server listening/);

    const file = `vscode-remote://127.0.0.1:${port}${join(folder, Object.keys(files)[0])}`;
    const query = new URLSearchParams({ folder, payload: JSON.stringify([['openFile', file]]) });
    this.page = await (
      await this.#chromium()
    ).newPage({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2 });
    await this.page.goto(`http://127.0.0.1:${port}/?${query}`);
    return { page: this.page, folder };
  }

  /** Ends one VS Code and the browser; the next open starts afresh. */
  async close() {
    await this.#browser?.close();
    this.#browser = undefined;
    this.page = undefined;
    await Promise.all(this.#processes.splice(0).map(end));
  }

  async stop() {
    await this.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** What the processes said, and the extension's own log with the server's in it. */
  logs() {
    const said = this.#processes.map(({ name, output }) => `--- ${name}\n${output.join('')}`);
    const kept = readdirSync(this.#root, { recursive: true })
      .filter((path) => path.endsWith('AI Review.log'))
      .map((path) => `--- ${path}\n${readFileSync(join(this.#root, path), 'utf8')}`);
    return [...said, ...kept].join('\n');
  }

  /** The outer environment without what would change the outcome: keys, settings, caches. */
  #environment(name) {
    const kept = Object.entries(env).filter(
      ([key]) => !/^(OPENAI_|AI_LSP_|XDG_|VSCODE_)/.test(key),
    );
    const home = join(this.#root, name, 'home');
    mkdirSync(home, { recursive: true });
    return { ...Object.fromEntries(kept), HOME: home, PATH: `${join(cache, 'bin')}:${env.PATH}` };
  }

  /** A group of its own, so that what the process starts can be ended with it. */
  #start(command, args, environment) {
    const child = spawn(command, args, {
      env: environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started = { name: `${basename(command)} ${args[0]}`, child, output: [] };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => started.output.push(text));
    }
    child.on('error', (error) => started.output.push(`${error.message}\n`));
    this.#processes.push(started);
    return started;
  }

  #line({ name, child, output }, pattern) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${name} did not start in ${START_MS / 1000} s`)),
        START_MS,
      );
      const look = () => {
        const match = output.join('').match(pattern);
        if (match) (clearTimeout(timer), resolve(match));
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.on('close', (code) =>
        reject(new Error(`${name} ended with ${code} before it was ready`)),
      );
    });
  }

  async #chromium() {
    const { chromium } = createRequire(join(cache, 'package.json'))('playwright-core');
    this.#browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      env: this.#environment('browser'),
      // Signals are for whoever made this rig, who stops all of it.
      ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ],
    });
    return this.#browser;
  }
}

function write(path, text) {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

function end({ child }) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
      return resolve();
    const timer = setTimeout(() => signal('SIGKILL'), STOP_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      signal('SIGKILL'); // whatever of the group outlived its leader
      resolve();
    });
    const signal = (name) => {
      try {
        process.kill(-child.pid, name);
      } catch {
        // The group is gone already.
      }
    };
    signal('SIGTERM');
    signal('SIGCONT'); // or one that is paused would not hear it
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
