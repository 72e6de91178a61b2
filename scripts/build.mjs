/**
 * Makes dist/: the bundle of src/main.ts, its loader, and V8's compiled code for both.
 *
 * Node 20 has no module.enableCompileCache, and compiling the bundle would take a third of a short run. So the bundle is one
 * function expression that loader.cjs runs through vm.Script with cached code. Packages stay outside: they are loaded
 * from node_modules when first needed (koffi is native, iced-x86 and xz are WebAssembly). Only zstddec is an ES module, which such code can't load.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

mkdirSync(dist, { recursive: true });
const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  write: false,
  bundle: true,
  external: ['koffi', 'iced-x86', 'xz-decompress'],
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

// The name holds the contents' hash: V8 checks little more than the length of a source against its cached code, and a
// sonde that is just starting must not see half of a new build.
const code = outputFiles[0].contents;
const name = `sonde-${createHash('sha256').update(code).digest('hex').slice(0, 12)}`;
writeFileSync(join(dist, `${name}.js`), code);
writeFileSync(join(dist, 'loader.new'), readFileSync(join(root, 'scripts/loader.cjs'), 'utf8').replace('BUNDLE', name));
renameSync(join(dist, 'loader.new'), join(dist, 'loader.cjs'));
warmUp();
removeOldBuilds();
console.log(`dist/${name}.js ${Math.round(code.length / 1024)} KB`);

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
      ...Array(400).fill('step'),
      'info locals',
      'up',
      'finish',
      'watch $sp',
      'continue',
      'delete',
      'info threads',
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

function removeOldBuilds() {
  for (const file of readdirSync(dist)) {
    const path = join(dist, file);
    if (file !== 'loader.cjs' && !file.startsWith(name) && Date.now() - statSync(path).mtimeMs > 60_000) rmSync(path, { force: true });
  }
}
