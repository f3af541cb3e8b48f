import { Uri, workspace } from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { declaredKeys, explicitSettings, SECTION } from './settings';

/** VS Code's configuration, as far as the server is told of it. */
export class Configuration {
  readonly #keys: readonly string[];

  /** @param manifest the extension's package.json, which declares the settings */
  constructor(manifest: unknown) {
    this.#keys = declaredKeys(manifest);
  }

  /** @param scope the address of the document or folder asked about, if any */
  settings(scope?: string): Record<string, unknown> {
    const resource = scope === undefined ? null : Uri.parse(scope);
    return explicitSettings(workspace.getConfiguration(SECTION, resource), this.#keys);
  }

  /** Answers when the server asks; telling it of a change is the session's. */
  middleware(): NonNullable<Middleware['workspace']> {
    return {
      configuration: (params, token, next) =>
        Promise.all(
          params.items.map(async (item): Promise<unknown> => {
            if (item.section === SECTION) return this.settings(item.scopeUri);
            const answer = await next({ items: [item] }, token);
            return Array.isArray(answer) ? (answer[0] as unknown) : null;
          }),
        ),
      // The library would send the defaults too.
      didChangeConfiguration: () => Promise.resolve(),
    };
  }
}
