import { window, type ExtensionContext } from 'vscode';
import { Session } from './client';
import { registerCommands } from './commands';

let session: Session | undefined;

/** Called by VS Code once, when it has started and the workspace is trusted. */
export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel('AI Review', { log: true });
  session = new Session(context, log);
  context.subscriptions.push(log, session, registerCommands(session, log));
  await session.start();
}

/** VS Code waits for the promise, so the server gets its shutdown and exit. */
export async function deactivate(): Promise<void> {
  await session?.stop();
}
