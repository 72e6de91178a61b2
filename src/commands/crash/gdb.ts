import { SondeError } from '../../base/errors.ts';
import { compile, describeType, formatTypeName, parsePrintFormat, splitFormat } from '../../evaluate/index.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { evaluated, show } from './p.ts';

export const gdb: CrashCommand = {
  name: 'gdb',
  summary: 'gdb commands on the kernel',
  synopsis: 'command ...',
  raw: true,
  help: 'print (p), whatis and ptype, over the kernel as crash has them: print/x, ptype struct list_head.',
  run([text], context) {
    const [, name, rest] = /^(\w+)\s*(.*)$/s.exec(text.trim()) ?? [];
    if (name === undefined) throw new UsageError('');
    const handler = handlers[name];
    if (!handler) throw new SondeError(`gdb request failed: ${text.trim()}: only print, whatis and ptype are known here`);
    handler(rest, context);
  },
};

const handlers: Readonly<Record<string, (text: string, context: CrashContext) => void>> = {
  p: print,
  print,
  whatis: (text, context) => showType(text, context, (type) => formatTypeName(type)),
  ptype: (text, context) => showType(text, context, (type) => describeType(type)),
};

function print(text: string, context: CrashContext): void {
  const { format, rest } = splitFormat(text);
  const evaluation = context.session.evaluationContext();
  show('', evaluated(rest, evaluation), evaluation, context, format === undefined ? undefined : parsePrintFormat(format, 'print'));
}

function showType(
  text: string,
  { session, emit }: CrashContext,
  describe: (type: ReturnType<ReturnType<typeof compile>['typeOf']>) => string,
): void {
  const context = session.evaluationContext();
  const shown = describe(compile(text, context).typeOf(context));
  emit(
    crashResult(
      'type',
      () => ({ type: shown }),
      () => `type = ${shown}\n`,
    ),
  );
}
