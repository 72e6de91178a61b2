/**
 * Makes dist/: the bundle of src/main.ts, its loader, and V8's compiled code for both.
 *
 * Node 20 has no module.enableCompileCache, and compiling the bundle would take a third of a short run. So the bundle is one
 * function expression that loader.cjs runs through vm.Script with cached code. Packages stay outside: they are loaded
 * from node_modules when first needed (koffi is native, iced-x86 and the decompressors are WebAssembly).
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const bundle = join(dist, 'sonde.js');

mkdirSync(dist, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outfile: bundle,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  banner: { js: '(function (require, module, exports, importMetaUrl) {' },
  footer: { js: '})' },
  define: { 'import.meta.url': 'importMetaUrl' },
  legalComments: 'none',
  logLevel: 'warning',
});
copyFileSync(join(root, 'scripts/loader.cjs'), join(dist, 'loader.cjs'));
rmSync(join(dist, 'sonde.cache'), { force: true });
warmUp();
console.log(`dist/sonde.js ${Math.round(statSync(bundle).size / 1024)} KB`);

/** A typical short session; what V8 compiled for it becomes the cache. Without a compiler, a system program must do. */
function warmUp() {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-build-'));
  try {
    const program = join(folder, 'shapes');
    const compiled = spawnSync('gcc', ['-g', '-O1', join(root, 'examples/shapes.c'), '-o', program, '-lm']).status === 0;
    const commands = [
      'list main',
      'info line main',
      'break main',
      'run',
      'bt',
      'next',
      'step',
      'info locals',
      'finish',
      'x/2i $pc',
      'print 1+1',
      'kill',
    ];
    const run = spawnSync(
      process.execPath,
      [join(dist, 'loader.cjs'), '-nx', '-batch', ...commands.flatMap((command) => ['-ex', command]), compiled ? program : '/bin/true'],
      { env: { ...process.env, SONDE_WRITE_CODE_CACHE: '1' }, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', timeout: 20_000 },
    );
    if (run.error || run.signal)
      console.error(`build: the warm-up run failed, so sonde starts slower: ${run.error?.message ?? run.signal}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
