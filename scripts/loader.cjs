// Runs the bundle beside it with V8's compiled code from an earlier run (see build.mjs). A cache of another Node version is ignored by V8.
const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const v8 = require('node:v8');
const vm = require('node:vm');

// A session is short: V8's optimizing compiler would take more time than it saves, except in loops that go on for seconds.
v8.setFlagsFromString('--interrupt-budget=1000000');

const bundle = join(__dirname, 'BUNDLE.js');
const cache = bundle.replace(/js$/, 'cache');

const script = new vm.Script(readFileSync(bundle, 'latin1'), {
  filename: bundle,
  cachedData: cachedCode(),
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
if (process.env.SONDE_WRITE_CODE_CACHE) {
  process.once('exit', () => {
    writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
    renameSync(`${cache}.${process.pid}`, cache);
  });
}
script.runInThisContext()(require, module, exports, pathToFileURL(bundle).href);

function cachedCode() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}
