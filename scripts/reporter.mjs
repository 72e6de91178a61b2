/**
 * Reporter for node's test runner: a line for each test file and for each failure, then what was skipped with its reason, then
 * `N passed, N failed, N skipped` alone on the last line.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const missing = new URL('../node_modules/.cache/missing', import.meta.url);

export default async function* report(source) {
  const files = new Map();
  const skipped = [];
  const total = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of source) {
    if (type === 'test:stderr' || type === 'test:stdout') {
      if (!data.message.startsWith('(node:')) yield data.message;
      continue;
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // A suite, or a test with subtests, is only the heading of what it holds; the outermost one is the file itself.
    if (type === 'test:pass' && (data.details.type === 'suite' || isFile(data))) continue;
    if (type === 'test:fail' && data.details.error?.failureType === 'subtestsFailed') continue;
    const file = relative(process.cwd(), data.file ?? data.name);
    const count = files.get(file) ?? { passed: 0, failed: 0, skipped: 0 };
    files.set(file, count);
    const kind = data.skip !== undefined || data.todo !== undefined ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
    count[kind]++;
    total[kind]++;
    if (kind === 'skipped') skipped.push(`${file}: ${data.name}: ${data.skip || data.todo || 'no reason given'}`);
    if (kind === 'failed') yield failure(file, data);
  }
  yield '\n';
  for (const [file, { passed, failed, skipped }] of [...files].sort()) {
    yield `${failed ? 'FAIL' : 'ok  '} ${file}  ${passed} passed${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}\n`;
  }
  const tools = existsSync(missing) ? readFileSync(missing, 'utf8').split('\n').filter(Boolean) : [];
  if (tools.length) yield `\nNot on this machine:\n${tools.map((line) => `  ${line}\n`).join('')}`;
  if (skipped.length) yield `\nSkipped:\n${skipped.map((line) => `  ${line}\n`).join('')}`;
  yield `\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`;
}

const isFile = (data) => data.nesting === 0 && data.file !== undefined && data.name === data.file;

function failure(file, { name, details }) {
  const error = details.error?.cause ?? details.error;
  const text = String(error?.stack ?? error?.message ?? error);
  return `\nFAIL ${file}: ${name}\n${text.replace(/^/gm, '  ')}\n`;
}
