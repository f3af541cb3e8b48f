import { commands, Disposable, window, type LogOutputChannel, type Position } from 'vscode';
import { LSPErrorCodes, ResponseError } from 'vscode-languageclient/node';
import { describeReview, describeStatus, type ReviewAnswer, type StatusAnswer } from './answers';
import type { Session } from './client';

/** How long the outcome of a review stays in the status bar. */
const STATUS_MESSAGE_MS = 10_000;

const CANCELLED: readonly number[] = [
  LSPErrorCodes.RequestCancelled,
  LSPErrorCodes.ServerCancelled,
];

/** What a review covers, in the server's words. */
type Scope = 'file' | 'selection' | 'function';

/**
 * Registers the palette commands. Their ids differ from the server's own,
 * which vscode-languageclient registers as it finds them.
 */
export function registerCommands(session: Session, log: LogOutputChannel): Disposable {
  const told = (doing: string, step: () => Promise<void>) => async (): Promise<void> => {
    try {
      await step();
    } catch (error) {
      tell(doing, error, log);
    }
  };
  return Disposable.from(
    ...(['file', 'selection', 'function'] as const).map((scope) =>
      commands.registerCommand(
        `ai-lsp.review${scope.charAt(0).toUpperCase()}${scope.slice(1)}`,
        told('review', () => review(session, scope)),
      ),
    ),
    commands.registerCommand(
      'ai-lsp.showStatus',
      told('show the status', () => showStatus(session)),
    ),
    commands.registerCommand('ai-lsp.restartServer', () => session.restart()),
    commands.registerCommand('ai-lsp.openLog', () => {
      log.show();
    }),
  );
}

async function review(session: Session, scope: Scope): Promise<void> {
  const editor = window.activeTextEditor;
  if (editor === undefined || !['file', 'untitled'].includes(editor.document.uri.scheme)) {
    throw new Error('no file is open in the active editor');
  }
  const { start, end } = editor.selection;
  const answer = await session.execute('ai-lsp.review', {
    uri: editor.document.uri.toString(),
    scope,
    ...(scope === 'file' ? {} : { range: { start: position(start), end: position(end) } }),
  });
  window.setStatusBarMessage(describeReview(answer as ReviewAnswer), STATUS_MESSAGE_MS);
}

async function showStatus(session: Session): Promise<void> {
  const answer = await session.execute('ai-lsp.status', {});
  void window.showInformationMessage(describeStatus(answer as StatusAnswer));
}

/** VS Code counts columns in UTF-16 units, as the protocol does by default. */
function position({ line, character }: Position): { line: number; character: number } {
  return { line, character };
}

/** Tells a failure once; what the user cancelled is no failure. */
function tell(doing: string, error: unknown, log: LogOutputChannel): void {
  if (error instanceof ResponseError && CANCELLED.includes(error.code)) return;
  const reason = error instanceof Error ? error.message : String(error);
  const message = `AI Review could not ${doing}: ${reason}`;
  log.error(message);
  void window.showErrorMessage(message, 'Open Log').then((choice) => {
    if (choice !== undefined) log.show();
  });
}
