// Bundles the extension into out/extension.js; with --test, the plain node
// tests into out/test, where nothing of VS Code is at hand.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

const testing = process.argv.includes('--test');
const outdir = testing ? 'out/test' : 'out';

await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: [testing ? 'test/*.test.ts' : 'src/extension.ts'],
  outdir,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  minify: !testing,
  sourcemap: testing ? 'inline' : false,
  logLevel: 'warning',
});
