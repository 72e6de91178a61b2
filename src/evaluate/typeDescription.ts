import {
  bare,
  type EnumType,
  type FlagsType,
  type FunctionType,
  type Member,
  type Method,
  type StructType,
  type Type,
} from '../program/types.ts';
import { enumeratorLabel } from './scope.ts';
import { LayoutColumns } from './typeLayout.ts';
import { baseName, declare, formatTypeName, parameterList, type TypeLanguage } from './typeNames.ts';

export interface TypeDescriptionOptions {
  readonly language?: TypeLanguage;
  /** `ptype/o`: offsets, sizes and holes. */
  readonly offsets?: boolean;
  /** `ptype/x`: offsets in hexadecimal. */
  readonly hexadecimal?: boolean;
  /** `ptype/m`, `/t`: without methods, without nested typedefs. */
  readonly methods?: boolean;
  readonly typedefs?: boolean;
  /** `set print type nested-type-limit`: how deep definitions of nested types are written. */
  readonly nestedTypes?: number;
  /** Finds the definition of what is only declared. */
  readonly complete?: (type: StructType) => StructType;
}

/** A type in full, as `ptype` shows it after `type = `: typedefs resolved, the innermost struct, union or enum with its body. */
export function describeType(type: Type, options: TypeDescriptionOptions = {}): string {
  return new Description(options).describe(type);
}

/** The declaration of a symbol, as `info variables` shows it: with the body of a type only where that has no name. */
export function declareSymbol(type: Type, name: string, options: TypeDescriptionOptions = {}): string {
  return new Description(options).declareSymbol(type, name);
}

/** Typedefs are seen through, up to the name of a base type: `ptype` shows what is really there. */
function withoutTypedefs(type: Type): Type {
  switch (type.kind) {
    case 'typedef':
      return withoutTypedefs(type.target);
    case 'pointer':
    case 'reference':
    case 'qualified':
    case 'memberPointer': {
      const target = withoutTypedefs(type.target);
      return target === type.target ? type : { ...type, target };
    }
    case 'array': {
      const element = withoutTypedefs(type.element);
      return element === type.element ? type : { ...type, element };
    }
    case 'function': {
      const returns = withoutTypedefs(type.returns);
      return returns === type.returns ? type : { ...type, returns };
    }
    default:
      return type;
  }
}

class Description {
  readonly #language: TypeLanguage;
  readonly #columns: LayoutColumns | undefined;
  /** How deep nested types are still written. */
  #nestedLeft: number;

  constructor(readonly options: TypeDescriptionOptions) {
    this.#language = options.language ?? 'c';
    this.#nestedLeft = options.nestedTypes ?? 0;
    this.#columns = options.offsets ? new LayoutColumns(options.hexadecimal ?? false) : undefined;
  }

  describe(type: Type): string {
    return this.#declare(withoutTypedefs(type), '', 1, 0, 0);
  }

  declareSymbol(type: Type, name: string): string {
    return this.#declare(type, name, 0, 0, 0);
  }

  /** `show` > 0: bodies are written; 0: only of what has no name; < 0: never. `level` is the indentation, `offset` (bits) where the type lies. */
  #declare(type: Type, name: string, show: number, level: number, offset: number): string {
    return declare(type, name, (base) => this.#base(base, show, level, offset), this.#language);
  }

  #base(type: Type, show: number, level: number, offset: number): string {
    if (type.kind === 'struct') return this.#struct(this.options.complete?.(type) ?? type, show, level, offset);
    // A layout shows what is inside structs, not the enumerators.
    if (type.kind === 'flags') return this.#flags(type);
    if (type.kind === 'enum') return this.#enum(type, this.#columns ? 0 : show);
    return baseName(type, this.#language);
  }

  /** A register of flags, each with its bit. */
  #flags(type: FlagsType): string {
    return [`flag ${type.name} {`, ...type.flags.map(({ name, bit }) => `    bool${name === '' ? '' : ` ${name}`} @${bit};`), '}'].join(
      '\n',
    );
  }

  #enum(type: EnumType, show: number): string {
    const keyword = type.scoped ? 'enum class' : 'enum';
    const head = type.name === undefined ? keyword : `${keyword} ${type.name}`;
    if (show <= 0 && type.name !== undefined) return this.#language === 'c++' ? type.name : head;
    if (show < 0) return `${head} {...}`;
    let next = 0n;
    const items = type.enumerators.map(({ name, value }) => {
      const label = this.#language === 'c++' ? enumeratorLabel(type, name) : name;
      const text = value === next ? label : `${label} = ${value}`;
      next = value + 1n;
      return text;
    });
    // DWARF does not say whether the source names the integer type: in C++ it is always shown.
    return `${head} ${this.#language === 'c++' ? `: ${underlyingName(type)} ` : ''}{${items.join(', ')}}`;
  }

  #struct(type: StructType, show: number, level: number, offset: number): string {
    const name = type.name;
    if (show <= 0 && name !== undefined) return baseName(type, this.#language);
    const head = name === undefined ? type.keyword : `${type.keyword} ${name}`;
    if (show < 0) return `${head} {...}`;
    const indent = ' '.repeat(level + 4);
    const blank = this.#columns?.blank ?? '';
    const lines: string[] = [];
    this.#columns?.enter(type, offset, show > 0 && level > 0);
    this.#aliases = aliasesOf(type, this.options);
    if (type.declaration) lines.push(`${indent}<incomplete type>`);
    else if (type.members.length === 0 && this.#methods(type).length === 0 && this.#nested(type).length === 0)
      lines.push(`${blank}${indent}<no data fields>`);
    else lines.push(...this.#members(type, show, level, offset));
    lines.push(...this.#methodLines(type, level), ...this.#typedefLines(type, level), ...this.#nestedLines(type, show, level));
    const closing = this.#columns ? this.#columns.leave(type, level, show > 0) : [];
    const end = `${blank}${this.#columns && level === 0 ? '  ' : ''}${' '.repeat(level)}}`;
    return [`${head}${this.#templateText(type)}${this.#basesText(type)} {`, ...lines, ...closing, end].join('\n');
  }

  #templateText(type: StructType): string {
    const shown = type.templateArguments.filter(
      (argument) => argument.type !== undefined && argument.value === undefined && argument.name !== undefined,
    );
    if (shown.length === 0) return '';
    return ` [with ${shown.map((argument) => `${argument.name} = ${formatTypeName(argument.type as Type, this.#language)}`).join(', ')}]`;
  }

  #basesText(type: StructType): string {
    const bases = type.bases.map(
      (base) => `${base.accessibility}${base.virtual ? ' virtual' : ''} ${baseName(bare(base.type), this.#language)}`,
    );
    return bases.length > 0 ? ` : ${bases.join(', ')}` : '';
  }

  #members(type: StructType, show: number, level: number, offset: number): string[] {
    const lines: string[] = [];
    const indent = ' '.repeat(level + 4);
    const labels = new AccessLabels(type, this.#methods(type));
    for (const member of type.members) {
      if (isVptr(member) && !this.#columns) continue;
      const label = labels.before(member.accessibility);
      if (label) lines.push(`${this.#columns?.blank ?? ''}${' '.repeat(level + 2)}${label}:`);
      const memberOffset = offset + member.offset * 8;
      // A layout goes into every struct that lies in this one.
      const isNested = member.type.kind === 'struct';
      const innerShow = this.#columns && isNested ? show : show - 1;
      const prefix = this.#columns ? this.#columns.field(member) : [''];
      const declaration = this.#declare(this.#renamed(member.type), member.name ?? '', innerShow, level + 4, isNested ? memberOffset : 0);
      const text = `${member.isStatic ? 'static ' : ''}${declaration}${member.bitSize === undefined ? '' : ` : ${member.bitSize}`};`;
      lines.push(...prefix.slice(0, -1), `${prefix[prefix.length - 1]}${indent}${text}`);
    }
    this.#lastLabels = labels;
    return lines;
  }

  #lastLabels: AccessLabels | undefined;
  #aliases: ReadonlyMap<string, string> = new Map();

  /** Inside a class, types go by the names it gives them: template parameters and typedefs of its own. */
  #renamed(type: Type): Type {
    if (this.#aliases.size === 0) return type;
    const alias = this.#aliases.get(formatTypeName(type, this.#language));
    if (alias !== undefined) return { kind: 'typedef', name: alias, size: type.size, target: type };
    switch (type.kind) {
      case 'pointer':
      case 'reference':
      case 'qualified':
        return { ...type, target: this.#renamed(type.target) };
      case 'array':
        return { ...type, element: this.#renamed(type.element) };
      default:
        return type;
    }
  }

  #methods(type: StructType): readonly Method[] {
    if (this.options.methods === false || this.#columns) return [];
    return type.methods.filter((method) => !method.artificial);
  }

  #methodLines(type: StructType, level: number): string[] {
    const methods = this.#methods(type);
    const labels = this.#lastLabels ?? new AccessLabels(type, methods);
    const lines: string[] = [];
    if (methods.length > 0 && labels.isWritten) lines.push('');
    for (const method of methods) {
      const label = labels.always(method.accessibility);
      if (label) lines.push(`${' '.repeat(level + 2)}${label}:`);
      lines.push(`${' '.repeat(level + 4)}${this.#method(type, method)};`);
    }
    return lines;
  }

  #method(type: StructType, method: Method): string {
    const short = type.name?.replace(/<.*$/, '').split('::').pop() ?? '';
    const isSpecial = method.name === short || method.name.startsWith('~');
    const shown = method.type.parameters.filter((parameter) => !parameter.artificial);
    const parameters = parameterList(
      { ...method.type, parameters: shown.map(({ type: parameter }) => ({ type: this.#renamed(parameter) })) },
      'c++',
    );
    // gdb does not say of a destructor that it is virtual.
    const isDestructor = method.name.startsWith('~');
    const keyword = method.virtual && !isDestructor ? 'virtual ' : method.isStatic ? 'static ' : '';
    const returns = isSpecial ? '' : this.#returns(method.type);
    return `${keyword}${returns}${method.name}(${parameters})${isConstMethod(method) ? ' const' : ''}`;
  }

  #returns(type: FunctionType): string {
    const name = formatTypeName(this.#renamed(type.returns), this.#language);
    return /[*&]$/.test(name) ? name : `${name} `;
  }

  #nested(type: StructType): readonly Type[] {
    return this.options.typedefs === false ? [] : type.nested.filter((nested) => nested.kind === 'typedef');
  }

  #nestedLines(type: StructType, show: number, level: number): string[] {
    const types = type.nested.filter(({ kind }) => kind !== 'typedef');
    const left = this.#nestedLeft;
    if (types.length === 0 || left === 0) return [];
    const lines = type.members.length + this.#methods(type).length > 0 ? [''] : [];
    // Columns are for what lies in the struct; a definition lies nowhere.
    const plain = this.#columns ? new Description({ ...this.options, offsets: false, nestedTypes: left - 1 }) : this;
    this.#nestedLeft = left - 1;
    const start = `${this.#columns?.blank ?? ''}${' '.repeat(level + 4)}`;
    lines.push(...types.map((nested) => `${start}${plain.#declare(nested, '', show, level + 4, 0)};`));
    this.#nestedLeft = left;
    return lines;
  }

  #typedefLines(type: StructType, level: number): string[] {
    const typedefs = this.#nested(type);
    if (typedefs.length === 0) return [];
    const lines = type.members.length + this.#methods(type).length > 0 ? [''] : [];
    for (const nested of typedefs) {
      if (nested.kind !== 'typedef') continue;
      lines.push(`${' '.repeat(level + 4)}typedef ${formatTypeName(nested.target, this.#language, shortName(nested.name))};`);
    }
    return lines;
  }
}

/** The integer type that an enum is stored as. */
function underlyingName({ size, signed }: EnumType): string {
  const names: Readonly<Record<number, string>> = { 1: 'char', 2: 'short', 4: 'int', 8: 'long' };
  return `${signed ? (size === 1 ? 'signed ' : '') : 'unsigned '}${names[size] ?? 'int'}`;
}

function aliasesOf(type: StructType, options: TypeDescriptionOptions): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  for (const { name, type: meaning, value } of type.templateArguments) {
    if (name !== undefined && meaning && value === undefined) aliases.set(formatTypeName(meaning, options.language), name);
  }
  for (const nested of options.typedefs === false ? [] : type.nested) {
    if (nested.kind !== 'typedef') continue;
    aliases.set(formatTypeName(nested.target, options.language), shortName(nested.name));
    aliases.set(nested.name, shortName(nested.name));
  }
  return aliases;
}

const shortName = (name: string): string => name.split('::').pop() ?? name;

/** `const` after the parameters: the artificial `this` points to const. */
function isConstMethod(method: Method): boolean {
  const self = method.type.parameters[0];
  if (!self?.artificial) return false;
  const pointer = self.type.kind === 'qualified' ? self.type.target : self.type;
  return pointer.kind === 'pointer' && pointer.target.kind === 'qualified' && pointer.target.qualifier === 'const';
}

/** `public:` and the like, written where access changes; before fields not at all where everything is public, before methods always. */
class AccessLabels {
  #current: Member['accessibility'] | undefined;
  readonly #needed: boolean;

  constructor(type: StructType, methods: readonly Method[]) {
    const all = [
      ...type.members.map((member) => (isVptr(member) ? 'private' : (member.accessibility ?? 'public'))),
      ...methods.map((method) => method.accessibility),
    ];
    this.#needed = type.keyword === 'class' ? all.some((access) => access !== 'private') : all.some((access) => access !== 'public');
  }
  get isWritten(): boolean {
    return this.#current !== undefined;
  }
  before(access: Member['accessibility'] = 'public'): string | undefined {
    return this.#needed ? this.always(access) : undefined;
  }
  always(access: Member['accessibility'] = 'public'): string | undefined {
    if (access === this.#current) return undefined;
    this.#current = access;
    return access;
  }
}

const isVptr = (member: Member): boolean => member.name?.startsWith('_vptr') === true;
