import { declare, formatTypeName } from '../../evaluate/typeNames.ts';
import { bare, type Member, type StructType, type Type } from '../../program/types.ts';

/** A line of a structure's declaration. */
interface Line {
  /** How deep it is in structures without names. */
  readonly depth: number;
  readonly text: string;
  /** Of a member: where it lies in the outermost structure, in bytes. */
  readonly member?: { readonly name: string; readonly offset: number };
}

/** `show`, as gdb counts: of what has no name, bodies are written down to 0; what is reached through a member's name counts one less. */
function* linesOf(struct: StructType, depth: number, offset: number, show = 1): Iterable<Line> {
  for (const member of struct.members) {
    const at = offset + member.offset + Math.floor((member.bitOffset ?? 0) / 8);
    const found = { name: member.name ?? '', offset: at };
    const inner = unnamed(member.type);
    if (!inner) {
      yield { depth, text: `${declared(member)};`, member: found };
      continue;
    }
    const innerShow = member.name === undefined ? show : show - 1;
    if (innerShow < 0) {
      yield { depth, text: `${declare(member.type, member.name ?? '', () => `${inner.keyword} {...}`, 'c')};`, member: found };
      continue;
    }
    // What stands around the braces: `struct {` … `} name[2];`
    yield { depth, text: `${inner.keyword} {` };
    yield* linesOf(inner, depth + 1, at, innerShow);
    const rest = declare(member.type, member.name ?? '', () => '}', 'c');
    yield { depth, text: `${rest};`, member: member.name === undefined ? undefined : found };
  }
}

const declared = ({ name, type, bitSize }: Member): string =>
  `${formatTypeName(type, 'c', name ?? '')}${bitSize === undefined ? '' : ` : ${bitSize}`}`;

/** The structure without a name that a member or an array of it is: it is declared in place. */
function unnamed(type: Type): StructType | undefined {
  if (type.kind === 'array') return unnamed(type.element);
  if (type.kind === 'qualified' || type.kind === 'pointer') return unnamed(type.target);
  return type.kind === 'struct' && type.name === undefined ? type : undefined;
}

export interface DeclarationOptions {
  /** Show offsets, counted from here. */
  readonly offsets?: { readonly base: bigint; readonly asAddresses: boolean };
  /** Only this member. */
  readonly member?: string;
}

/**
 * A structure's declaration as crash shows it, without its size: `struct list_head {` …; of a typedef of a structure without a name
 * `typedef struct {` … `} atomic_t;`. Undefined where it has no such member.
 */
export function structDeclaration(type: Type, options: DeclarationOptions = {}): string | undefined {
  const struct = bare(type) as StructType;
  const lines = [...linesOf(struct, 0, 0)].filter(({ member }) => options.member === undefined || member?.name === options.member);
  if (options.member !== undefined && lines.length === 0) return undefined;
  const typedef = type.kind === 'typedef' ? type.name : undefined;
  const head =
    struct.name === undefined && typedef !== undefined ? `typedef ${struct.keyword} {` : `${struct.keyword} ${struct.name ?? ''} {`;
  const tail = struct.name === undefined && typedef !== undefined ? `} ${typedef};` : '}';
  const width = options.offsets?.asAddresses ? 20 : String(struct.size).length + 4;
  const rows = lines.map((line) => row(line, width, options));
  return `${head}\n${rows.map((text) => `${text}\n`).join('')}${tail}\n`;
}

function row({ depth, text, member }: Line, width: number, { offsets }: DeclarationOptions): string {
  const indent = '    '.repeat(depth);
  if (!offsets) return `    ${indent}${text}`;
  const at = member && offsets.base + BigInt(member.offset);
  const column = at === undefined ? '' : `[${offsets.asAddresses ? at.toString(16) : at}]`;
  return `${column.padStart(width)} ${indent}${text}`;
}
