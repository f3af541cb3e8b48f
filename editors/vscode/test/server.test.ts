import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findServer, ServerMissingError } from '../src/server';

describe('findServer', () => {
  let root: string;
  let bin: string;
  let program: string;

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'ai-lsp-'));
    bin = join(root, 'bin');
    program = join(bin, 'ai-lsp');
    mkdirSync(bin);
    mkdirSync(join(root, 'folder', 'ai-lsp'), { recursive: true });
    for (const file of [program, join(bin, 'ai-lsp.exe')]) {
      writeFileSync(file, '');
      chmodSync(file, 0o755);
    }
    writeFileSync(join(root, 'ai-lsp'), '', { mode: 0o644 });
  });
  after(() => {
    rmSync(root, { recursive: true });
  });

  it('takes the first program on PATH', () => {
    const PATH = ['/nowhere', bin].join(delimiter);
    assert.equal(findServer('', { PATH }, 'linux'), program);
  });

  it('adds .exe and reads Path on Windows', () => {
    assert.equal(findServer('', { Path: bin }, 'win32'), join(bin, 'ai-lsp.exe'));
  });

  it('takes the setting as it is, without the spaces around it', () => {
    assert.equal(findServer(` ${program} `, {}, 'linux'), program);
  });

  it('passes over folders, and files that cannot be run', { skip: isWindows() }, () => {
    const PATH = [root, join(root, 'folder')].join(delimiter);
    checkMissing('', { PATH }, /not on PATH/);
  });

  it('never looks in the current folder', () => {
    const before = process.cwd();
    process.chdir(bin);
    try {
      checkMissing('', { PATH: ['', '.'].join(delimiter) }, /not on PATH/);
    } finally {
      process.chdir(before);
    }
  });

  it('says what to do where there is no program', () => {
    checkMissing('', {}, /Install it, or set "ai-lsp.serverPath"/);
  });

  it('does not fall back to PATH where the setting is wrong', () => {
    checkMissing('/nowhere/ai-lsp', { PATH: bin }, /"\/nowhere\/ai-lsp", which is not a program/);
    checkMissing('bin/ai-lsp', { PATH: bin }, /is not an absolute path/);
  });
});

function checkMissing(configured: string, env: NodeJS.ProcessEnv, message: RegExp): void {
  assert.throws(
    () => findServer(configured, env, 'linux'),
    (error) => error instanceof ServerMissingError && message.test(error.message),
  );
}

/** There every file counts as one that can be run. */
function isWindows(): boolean {
  return process.platform === 'win32';
}
