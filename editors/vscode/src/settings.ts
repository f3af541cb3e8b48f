import type { WorkspaceConfiguration } from 'vscode';

/** The section under which VS Code and the server both keep the settings. */
export const SECTION = 'ai-lsp';

/** Read by the extension alone; the server would report it as unknown. */
export const SERVER_PATH = 'serverPath';

/** The part of VS Code's configuration that this module asks. */
export type Values = Pick<WorkspaceConfiguration, 'get' | 'inspect'>;

/**
 * The settings somebody set, nested as the server reads them.
 *
 * Defaults stay out: the server has them, and sent by the editor they would
 * stand over the user's config.toml and the environment.
 *
 * @param config the configuration of {@link SECTION}
 * @param keys dotted names below the section, as the manifest declares them
 */
export function explicitSettings(config: Values, keys: readonly string[]): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const key of keys) {
    const value = key === SERVER_PATH ? undefined : explicitValue(config, key);
    if (value !== undefined) put(settings, key.split('.'), value);
  }
  return settings;
}

/** Names the settings of an extension's manifest, without the section. */
export function declaredKeys(manifest: unknown): string[] {
  const { contributes } = manifest as { contributes?: { configuration?: Block | Block[] } };
  const blocks = [contributes?.configuration ?? []].flat();
  return blocks
    .flatMap((block) => Object.keys(block.properties ?? {}))
    .filter((name) => name.startsWith(`${SECTION}.`))
    .map((name) => name.slice(SECTION.length + 1));
}

interface Block {
  properties?: Record<string, unknown>;
}

function explicitValue(config: Values, key: string): unknown {
  const found = config.inspect(key);
  const levels = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].filter(
    (value) => value !== undefined,
  );
  if (levels.length === 0) return undefined;
  // VS Code lets a workspace's list replace the user's, the server adds lists
  // up: code that is opened must not shorten what the user excludes.
  return levels.every((value) => Array.isArray(value)) ? levels.flat() : config.get(key);
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = (target[name] ??= {}) as Record<string, unknown>;
  put(inner, rest, value);
}
