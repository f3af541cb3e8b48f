import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { declaredKeys, explicitSettings, type Values } from '../src/settings';

describe('explicitSettings', () => {
  it('leaves out what nobody set, so that defaults stay with the server', () => {
    checkExplicit({ 'review.on': { default: 'save' } }, {});
  });

  it('nests dotted names as the server reads them', () => {
    checkExplicit(
      {
        'provider.model': { user: 'small' },
        'cache.ttl.review': { workspace: '1h' },
        'cache.ttl.explain': { folder: '2h' },
      },
      { provider: { model: 'small' }, cache: { ttl: { review: '1h', explain: '2h' } } },
    );
  });

  it('keeps a value that equals nothing: false, 0 and the empty list', () => {
    checkExplicit(
      { a: { user: false }, b: { user: 0 }, c: { user: [] } },
      { a: false, b: 0, c: [] },
    );
  });

  it('takes the narrowest level, but adds lists up', () => {
    checkExplicit(
      { 'review.on': { user: 'save', folder: 'manual' } },
      { review: { on: 'manual' } },
    );
    checkExplicit(
      { 'privacy.exclude': { default: ['z'], user: ['a', 'b'], workspace: [], folder: ['c'] } },
      { privacy: { exclude: ['a', 'b', 'c'] } },
    );
  });

  it('sends a value set to its own default: that too stands over other sources', () => {
    checkExplicit({ 'review.on': { default: 'save', user: 'save' } }, { review: { on: 'save' } });
  });

  it('keeps the path of the server to the extension', () => {
    checkExplicit({ serverPath: { user: '/opt/ai-lsp' } }, {});
  });
});

describe('declaredKeys', () => {
  it('lists the section of the manifest without its name', () => {
    const properties = { 'ai-lsp.serverPath': {}, 'ai-lsp.review.on': {}, 'editor.x': {} };
    const want = ['serverPath', 'review.on'];
    assert.deepEqual(declaredKeys({ contributes: { configuration: { properties } } }), want);
    assert.deepEqual(declaredKeys({ contributes: { configuration: [{ properties }, {}] } }), want);
  });

  it('is empty where the manifest declares nothing', () => {
    assert.deepEqual(declaredKeys({}), []);
  });
});

interface Levels {
  default?: unknown;
  user?: unknown;
  workspace?: unknown;
  folder?: unknown;
}

function checkExplicit(values: Record<string, Levels>, want: object): void {
  const config = {
    get: (key: string) => {
      const { default: fallback, user, workspace, folder } = values[key] ?? {};
      return folder ?? workspace ?? user ?? fallback;
    },
    inspect: (key: string) => ({
      key,
      defaultValue: values[key]?.default,
      globalValue: values[key]?.user,
      workspaceValue: values[key]?.workspace,
      workspaceFolderValue: values[key]?.folder,
    }),
  } as Values;
  assert.deepEqual(explicitSettings(config, Object.keys(values)), want);
}
