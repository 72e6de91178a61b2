import { SondeError } from '../../base/errors.ts';
import { compile, formatTypeName } from '../../evaluate/index.ts';
import { variableType } from '../../kernel/kernelProgram.ts';
import { bare, resolveTypedef, type StructType, type Type } from '../../program/types.ts';
import { type CrashCommand, type CrashContext, crashResult, UsageError } from './command.ts';
import { parseOptions } from './options.ts';
import { structDeclaration } from './structDeclaration.ts';
import { splitReference, structNamed } from './structValue.ts';

export const whatis: CrashCommand = {
  name: 'whatis',
  summary: 'search symbol table for data or type information',
  synopsis: '[[-o] [struct | union | typedef | symbol]]',
  help: `The declaration of a structure, union, enum, typedef, variable or function; the type of an expression.
  -o  the offsets of members.`,
  run(args, context) {
    const options = parseOptions(args, 'o');
    const words = options.rest.filter((word, index) => index > 0 || !/^(struct|union|enum)$/.test(word));
    const wanted = words.join(' ');
    if (wanted === '') throw new UsageError('');
    const { kernel } = context.session;
    const { name, members } = splitReference(wanted);
    const struct = structNamed(kernel, name);
    const text =
      (struct && members.length < 2 ? structure(struct, members[0], options.has('o')) : undefined) ??
      enumeration(wanted, context) ??
      typedef(wanted, context) ??
      declaration(wanted, context) ??
      typeOf(wanted, context);
    if (text === undefined) throw new UsageError(`cannot resolve: ${wanted}`);
    context.emit(
      crashResult(
        'type',
        () => ({ name: wanted, text }),
        () => text,
      ),
    );
  },
};

function structure(type: Type, member: string | undefined, hasOffsets: boolean): string | undefined {
  const offsets = hasOffsets || member !== undefined ? { base: 0n, asAddresses: false } : undefined;
  const text = structDeclaration(type, { offsets, member });
  return text === undefined || member !== undefined ? text : `${text}SIZE: ${(bare(type) as StructType).size}\n`;
}

/** An enum with its enumerators, or one of those: `enum pid_type = 0`. */
function enumeration(name: string, { session: { kernel } }: CrashContext): string | undefined {
  const type = kernel.types.enumeration(name);
  if (type) return `enum ${name} {\n${type.enumerators.map((one) => `  ${one.name} = ${one.value}\n`).join('')}};\n`;
  const found = kernel.types.enumeratorNamed(name);
  return found && `${formatTypeName(found.type)} = ${found.value}\n`;
}

function typedef(name: string, { session: { kernel } }: CrashContext): string | undefined {
  const type = kernel.types.named(name);
  if (type?.kind !== 'typedef') return undefined;
  return `typedef ${formatTypeName(resolveTypedef(type), 'c', name)};\nSIZE: ${type.size}\n`;
}

/** Of a variable or function. */
function declaration(name: string, { session: { kernel } }: CrashContext): string | undefined {
  if (kernel.symbols.named(name).length === 0) return undefined;
  const type = variableType(kernel, name) ?? kernel.types.functionType(name);
  return type && `${formatTypeName(type, 'c', name)};\n`;
}

function typeOf(text: string, { session }: CrashContext): string | undefined {
  const context = session.evaluationContext();
  try {
    return `${formatTypeName(compile(text, context).typeOf(context))}\n`;
  } catch (error) {
    if (error instanceof SondeError) return undefined;
    throw error;
  }
}
