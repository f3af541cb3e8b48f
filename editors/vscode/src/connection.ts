import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { LogOutputChannel } from 'vscode';
import {
  CloseAction,
  LanguageClient,
  type CloseHandlerResult,
  type ErrorHandler,
} from 'vscode-languageclient/node';
import type { Configuration } from './configuration';
import { SECTION } from './settings';

/**
 * The language client of one ai-lsp process. One that crashes is started again
 * as the library does it, up to four times in three minutes; one that never came
 * to answer is not, and whoever called start tells of it.
 */
export class Connection extends LanguageClient {
  /** @param command absolute path of the program */
  constructor(command: string, configuration: Configuration, log: LogOutputChannel) {
    const copy = (from: Readable): void => {
      createInterface({ input: from }).on('line', (line) => {
        log.info(line);
      });
    };
    super(
      SECTION,
      'AI Review',
      { command },
      {
        documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }],
        outputChannel: log,
        // Its standard error is a log with levels of its own, not a list of errors.
        stdioOptions: { stdout: copy, stderr: copy },
        middleware: { workspace: configuration.middleware() },
        initializationFailedHandler: () => false,
      },
    );
  }

  override createDefaultErrorHandler(maxRestartCount?: number): ErrorHandler {
    const policy = super.createDefaultErrorHandler(maxRestartCount);
    return {
      error: (error, message, count) => policy.error(error, message, count),
      closed: (): CloseHandlerResult | Promise<CloseHandlerResult> =>
        this.hasRun ? policy.closed() : { action: CloseAction.DoNotRestart, handled: true },
    };
  }

  /** The library shows a failed start several times over; here it is only logged. */
  override error(message: string, data?: unknown, show?: boolean | 'force'): void {
    super.error(message, data, this.hasRun ? show : false);
  }

  private get hasRun(): boolean {
    return this.initializeResult !== undefined;
  }
}
