import {
  commands,
  window,
  workspace,
  type Disposable,
  type ExtensionContext,
  type LogOutputChannel,
} from 'vscode';
import {
  DidChangeConfigurationNotification,
  ExecuteCommandRequest,
} from 'vscode-languageclient/node';
import { Configuration } from './configuration';
import { Connection } from './connection';
import { findServer, ServerMissingError } from './server';
import { SECTION, SERVER_PATH } from './settings';

/**
 * One ai-lsp process and the connection to it. Starting and stopping run one
 * after the other, in the order asked for.
 */
export class Session implements Disposable {
  readonly #log: LogOutputChannel;
  readonly #configuration: Configuration;
  readonly #watcher: Disposable;
  #client: Connection | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(context: ExtensionContext, log: LogOutputChannel) {
    this.#log = log;
    this.#configuration = new Configuration(context.extension.packageJSON);
    this.#watcher = workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`${SECTION}.${SERVER_PATH}`)) void this.restart();
      else if (change.affectsConfiguration(SECTION)) void this.#tellSettings();
    });
  }

  /** Starts the server; a program that is missing is told to the user once. */
  start(): Promise<void> {
    return this.#inTurn(() => this.#start());
  }

  stop(): Promise<void> {
    return this.#inTurn(() => this.#stop());
  }

  /** Looks for the program anew, so that one installed meanwhile is found. */
  restart(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  /**
   * Runs a command of the server, after a start that is under way. Rejects if
   * the command fails or nothing is running.
   */
  async execute(command: string, argument: object): Promise<unknown> {
    await this.#last;
    if (!this.#client?.isRunning()) throw new Error('the ai-lsp server is not running');
    return this.#client.sendRequest(ExecuteCommandRequest.type, {
      command,
      arguments: [argument],
    });
  }

  dispose(): void {
    this.#watcher.dispose();
    void this.stop();
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(step).catch((error: unknown) => {
      this.#log.error(String(error));
    });
    return this.#last;
  }

  async #start(): Promise<void> {
    if (this.#client !== undefined) return;
    const configured = workspace.getConfiguration(SECTION).get<string>(SERVER_PATH, '');
    try {
      const command = findServer(configured, process.env, process.platform);
      this.#log.info(`starting ${command}`);
      this.#client = new Connection(command, this.#configuration, this.#log);
      await this.#client.start().catch(() => {
        tell(`AI Review: ${command} did not start as the ai-lsp server.`, this.#log);
      });
    } catch (error) {
      if (!(error instanceof ServerMissingError)) throw error;
      tell(error.message, this.#log);
    }
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      // It rejects for a server that crashed for good or does not answer; a
      // restart is what helps then.
      this.#log.warn(String(error));
    }
  }

  async #tellSettings(): Promise<void> {
    if (!this.#client?.isRunning()) return;
    const settings = this.#configuration.settings();
    // The server takes nothing for no answer, as some editors mean it. That the
    // last setting was removed is told by asking a new server to start without.
    if (Object.keys(settings).length === 0) return this.restart();
    const change = { settings: { [SECTION]: settings } };
    await this.#client.sendNotification(DidChangeConfigurationNotification.type, change);
  }
}

function tell(message: string, log: LogOutputChannel): void {
  log.error(message);
  void window.showErrorMessage(message, 'Open Settings', 'Open Log').then((choice) => {
    if (choice === 'Open Log') log.show();
    if (choice !== 'Open Settings') return;
    return commands.executeCommand('workbench.action.openSettings', `${SECTION}.${SERVER_PATH}`);
  });
}
