#!/usr/bin/env node
// Drives the extension in the real VS Code, as a person would: save a file, see
// the finding, hover it, take its fix. Exits 0 when everything was seen, else 1
// with a sentence and the logs.
//
//   node run.mjs AI_LSP VSIX SCREENSHOTS
//
// AI_LSP is the program under test (it also serves the scripted model, so no key
// and no network are needed), VSIX the packed extension, SCREENSHOTS a folder.
// install.sh must have run before.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Rig, USER_SETTINGS } from './rig.mjs';
import { Workbench } from './workbench.mjs';

const BUG = 'i <= len(prices)';
const FIXED = 'i < len(prices)';
const LINE = 5;
const SOURCE = `package cart

func Total(prices []int) int {
	total := 0
	for i := 0; ${BUG}; i++ {
		total += prices[i]
	}
	return total
}
`;

const [server, vsix, shots] = process.argv.slice(2).map((path) => resolve(path));
if (shots === undefined) {
  console.error('usage: node run.mjs AI_LSP VSIX SCREENSHOTS');
  process.exit(2);
}
mkdirSync(shots, { recursive: true });

const rig = new Rig();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => void rig.stop().then(() => process.exit(1)));
}
try {
  await missingServer();
  await saveToFix();
  console.log('VS Code: every step was seen');
} catch (error) {
  process.exitCode = 1;
  await rig.page?.screenshot({ path: join(shots, 'failure.png') }).catch(() => {});
  console.error(rig.logs());
  console.error(`VS Code: ${error.message}`);
} finally {
  await rig.stop();
}

/** Where there is no program, one message says what to do, and nothing loops. */
async function missingServer() {
  const { page } = await rig.open({
    vsix,
    serverPath: '/nowhere/ai-lsp',
    files: { 'cart.go': SOURCE },
  });
  const workbench = new Workbench(page);
  const message = workbench.notification('ai-lsp.serverPath');
  await workbench.sees('the message that the program is missing', message);
  await workbench.run('AI Review: Review File');
  await workbench.sees(
    'an answer to a command without a server',
    workbench.notification('not running'),
  );
  await workbench.counts('messages that the program is missing', message, 1);
  await rig.close();
}

/** The main job, from a save to a fixed file; then the palette and the settings. */
async function saveToFix() {
  const model = await rig.demo(server);
  const vscode = await rig.open({
    vsix,
    serverPath: server,
    files: { 'cart.go': SOURCE },
    env: model.env,
  });
  const workbench = new Workbench(vscode.page);
  await workbench.sees('the file', workbench.line(LINE, BUG));
  await workbench.run('AI Review: Show Status');
  await workbench.sees('that the server is ready', workbench.notification('AI Review is ready'));
  await workbench.run('Notifications: Clear All Notifications');

  await review(vscode, workbench, model);
  await fix(vscode, workbench);
  await settings(workbench);
}

async function review({ page }, workbench, model) {
  model.pause();
  await workbench.save();
  await workbench.sees('the progress while the model is silent', workbench.statusBar('AI review'));
  await page.screenshot({ path: join(shots, 'progress.png') });
  model.resume();

  await workbench.sees('a squiggle', workbench.squiggle);
  await workbench.run('Problems: Focus on Problems View');
  await workbench.sees(`a problem of ai-lsp on line ${LINE}`, workbench.problem(LINE));
  await workbench.isGone('the progress', workbench.statusBar('AI review'));
}

async function fix({ page, folder }, workbench) {
  await workbench.hover(workbench.squiggle);
  await workbench.sees('the hover with its source', workbench.hoverBox('ai-lsp'));
  await workbench.sees('the explanation and the fix in the hover', workbench.hoverBox(FIXED));
  await page.screenshot({
    path: join(shots, 'findings.png'),
    clip: await workbench.editorAndPanel(),
  });
  await workbench.closeHover();

  await workbench.goTo(LINE, 6);
  await workbench.openLightbulb('the fix in the lightbulb', workbench.action('Fix: '));
  await page.screenshot({
    path: join(shots, 'lightbulb.png'),
    clip: await workbench.editorAndPanel(),
  });
  await workbench.action('Fix: ').click();

  await workbench.sees('the fixed line', workbench.line(LINE, FIXED));
  await workbench.isGone('the squiggle', workbench.squiggle);
  await workbench.isGone('the problem', workbench.problem(LINE));
  await workbench.save();
  const saved = () => readFileSync(join(folder, 'cart.go'), 'utf8') === SOURCE.replace(BUG, FIXED);
  await workbench.until('the fixed file on disk', saved);
  await workbench.run('AI Review: Review File');
  await workbench.sees('that the fixed file is clean', workbench.statusBar('nothing found'));
}

/** A setting counts at once, and so does its removal. */
async function settings(workbench) {
  await workbench.writeUserSettings({ ...USER_SETTINGS, 'ai-lsp.privacy.exclude': ['*.go'] });
  await workbench.runUntil(
    'AI Review: Review File',
    'the refusal to send an excluded file',
    workbench.notification('privacy.exclude'),
  );
  await workbench.run('Notifications: Clear All Notifications');

  await workbench.isGone('the outcome of the last review', workbench.statusBar('nothing found'));
  await workbench.writeUserSettings(USER_SETTINGS);
  await workbench.runUntil(
    'AI Review: Review Function',
    'a review without the setting',
    workbench.statusBar('nothing found'),
  );
}
