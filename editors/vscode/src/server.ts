import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

/** Where the program was looked for, in the words of a message to the user. */
export class ServerMissingError extends Error {
  override readonly name = 'ServerMissingError';
}

/**
 * Finds the `ai-lsp` program and returns its absolute path.
 *
 * @param configured the setting `ai-lsp.serverPath`; empty means PATH decides
 * @param env the environment whose PATH is searched
 * @param platform as in `process.platform`; Windows adds `.exe` to the name
 * @throws ServerMissingError if there is no such executable file
 */
export function findServer(
  configured: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): string {
  const wanted = configured.trim();
  if (wanted !== '') return fromSetting(wanted);

  const file = platform === 'win32' ? 'ai-lsp.exe' : 'ai-lsp';
  // An entry that is not absolute would depend on the folder VS Code was
  // started in, which may be a workspace that carries a program of that name.
  const folders = searchPath(env).filter((folder) => isAbsolute(folder));
  const found = folders.map((folder) => join(folder, file)).find(isExecutable);
  if (found === undefined) {
    throw new ServerMissingError(
      'AI Review needs the ai-lsp program, which is not on PATH. ' +
        'Install it, or set "ai-lsp.serverPath" to where it is; then run "AI Review: Restart Server".',
    );
  }
  return found;
}

function fromSetting(wanted: string): string {
  const path = wanted.startsWith('~/') ? join(homedir(), wanted.slice(2)) : wanted;
  if (isAbsolute(path) && isExecutable(path)) return path;

  const fault = isAbsolute(path) ? 'is not a program that can be run' : 'is not an absolute path';
  throw new ServerMissingError(
    `AI Review cannot start: "ai-lsp.serverPath" is "${wanted}", which ${fault}. ` +
      'Correct the setting, or leave it empty to use ai-lsp from PATH.',
  );
}

function searchPath(env: NodeJS.ProcessEnv): string[] {
  // Windows spells it Path, and a copied environment is case-sensitive.
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH');
  return (key === undefined ? '' : (env[key] ?? '')).split(delimiter);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
