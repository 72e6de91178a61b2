import { SondeError } from '../../base/errors.ts';
import { compile, describeType, formatTypeName, withWrapPoints } from '../../evaluate/index.ts';
import { completed } from '../../evaluate/scope.ts';
import type { StructType, Type } from '../../program/types.ts';
import type { Session } from '../../session/session.ts';
import { type Command, type CommandContext, type Result, textResult } from '../command.ts';

/** whatis and ptype: the type of an expression, or of a type's name. */
export const typeCommands: readonly Command[] = [
  {
    name: 'whatis',
    group: 'data',
    summary: 'Print data type of expression EXP.',
    help: 'Only one level of typedefs is unrolled.  See also "ptype".',
    completes: 'expression',
    repeats: true,
    run: whatis,
  },
  {
    name: 'ptype',
    group: 'data',
    summary: 'Print definition of type TYPE.',
    help:
      'Usage: ptype[/FLAGS] TYPE | EXPRESSION\nArgument may be any type (for example a type name defined by typedef,\nor "struct STRUCT-TAG" or "class CLASS-NAME" or "union UNION-TAG"\nor "enum ENUM-TAG") or an expression.\n\n' +
      'FLAGS:\n  /r    print in "raw" form; typedefs are not substituted\n  /m    do not print methods defined in a class\n  /M    print methods defined in a class\n  /t    do not print typedefs defined in a class\n  /T    print typedefs defined in a class\n' +
      '  /o    print offsets and sizes of fields in a struct (like pahole)\n  /x    use hexadecimal notation when displaying sizes and offsets\n        of struct members\n  /d    use decimal notation when displaying sizes and offsets\n        of struct members',
    completes: 'expression',
    repeats: true,
    run: ptype,
  },
];

interface Flags {
  offsets: boolean;
  hexadecimal: boolean;
  methods: boolean;
  typedefs: boolean;
  nestedTypes: number;
}

function parseFlags(args: string, session: Session): { flags: Flags; rest: string } {
  const { settings } = session;
  const flags: Flags = {
    offsets: false,
    hexadecimal: settings.boolean('print type hex'),
    methods: settings.boolean('print type methods'),
    typedefs: settings.boolean('print type typedefs'),
    nestedTypes: settings.number('print type nested-type-limit'),
  };
  const match = /^\/(\S*)\s*/.exec(args);
  if (!match) return { flags, rest: args };
  for (const letter of match[1]) {
    switch (letter) {
      case 'r':
        break;
      case 'm':
      case 'M':
        flags.methods = letter === 'M';
        break;
      case 't':
      case 'T':
        flags.typedefs = letter === 'T';
        break;
      case 'o':
        flags.offsets = true;
        break;
      case 'x':
      case 'd':
        flags.hexadecimal = letter === 'x';
        break;
      default:
        throw new SondeError(`unrecognized flag '${letter}'`);
    }
  }
  return { flags, rest: args.slice(match[0].length) };
}

/** An empty expression is the last value. */
function typeOf(text: string, session: Session): { type: Type; isTypeName: boolean } {
  if (text === '') return { type: session.values.get('last').type, isTypeName: false };
  const context = session.evaluationContext();
  const compiled = compile(text, context);
  return { type: compiled.typeOf(context), isTypeName: compiled.isType };
}

function whatis(args: string, context: CommandContext): void {
  const { session } = context;
  const { rest } = parseFlags(args, session);
  const { type, isTypeName } = typeOf(rest, session);
  const shown = isTypeName && type.kind === 'typedef' ? type.target : type;
  context.emit(typeResult(formatTypeName(shown, session.evaluationContext().language)));
}

function ptype(args: string, context: CommandContext): void {
  const { session } = context;
  const { flags, rest } = parseFlags(args, session);
  const { type } = typeOf(rest, session);
  const { language, program } = session.evaluationContext();
  const complete = (declared: StructType): StructType => completed(declared, { program });
  const isLayout = flags.offsets && hasLayout(type);
  const text = describeType(type, { ...flags, language, complete });
  context.emit(typeResult(text, isLayout ? '/* offset      |    size */  ' : ''));
}

/** The heading of the columns stands over structs and unions named as such, not over typedefs of them or pointers to them. */
function hasLayout(type: Type): boolean {
  let plain = type;
  while (plain.kind === 'qualified') plain = plain.target;
  return plain.kind === 'struct';
}

const typeResult = (text: string, before = ''): Result => textResult(`${before}type = ${withWrapPoints(text)}\n`, 'type');
