import { At, Tag } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';
import type { FunctionType, Type } from '../types.ts';
import { owner } from './attributes.ts';
import { canonicalName, hasScopedNames } from './languages.ts';
import { type Entry, plainName } from './nameIndex.ts';
import type { DwarfUnit } from './unit.ts';

/** The name of a DIE with the namespaces and classes it is declared in: `ns::Class::method`. In C that is DW_AT_name. */
export function qualifiedName(unit: DwarfUnit, die: Die): string | undefined {
  const named = owner(die, At.name);
  const name = named?.string(At.name);
  if (!named || name === undefined) return nameForLinkage(die);
  const home = named.unit === unit.header ? unit : unit.debug.unitOf(named.unit);
  if (named.tag === Tag.baseType) return canonicalName(name);
  if (!hasScopedNames(home.language)) return name;
  const index = home.indexOf(named.offset);
  return canonicalName(index === undefined ? name : scopePrefix(home, index) + name);
}

/** `typedef struct { … } div_t` in C++: the struct has no name but for linkage, which is the typedef's, `5div_t`. */
const nameForLinkage = (die: Die): string | undefined => /^\d+([A-Za-z_]\w*)$/.exec(die.string(At.linkageName) ?? '')?.[1];

/** The same of an entry of an outline. */
export function qualifiedEntryName(unit: DwarfUnit, index: number): string | undefined {
  const name = plainName(unit, index);
  if (name === undefined) return undefined;
  const isBaseType = (unit.outline.shape[index] & 0xffff) === Tag.baseType;
  if (!isBaseType && !hasScopedNames(unit.language)) return name;
  return qualifiedName(unit, unit.dieOf(index));
}

function scopePrefix(unit: DwarfUnit, index: number): string {
  const { outline } = unit;
  let prefix = '';
  let parent = outline.parent[index];
  const isEnumerator = (outline.shape[index] & 0xffff) === Tag.enumerator;
  // Enumerators of a plain enumeration are in the scope around it.
  if (isEnumerator && parent >= 0 && !unit.dieOf(parent).flag(At.enumClass)) parent = outline.parent[parent];
  for (; parent >= 0; parent = outline.parent[parent]) {
    const isNamespace = (outline.shape[parent] & 0xffff) === Tag.namespace;
    const name = plainName(unit, parent) ?? (isNamespace ? '(anonymous namespace)' : undefined);
    if (name !== undefined) prefix = `${name}::${prefix}`;
  }
  return prefix;
}

/** `ns::f(int)` → `ns::f`. */
export function withoutParameters(name: string): string {
  if (!name.includes('(')) return name;
  const at = outsideTemplates(name, (rest) => rest.startsWith('(') && !rest.startsWith('(anonymous namespace)'));
  return at < 0 || /operator ?$/.test(name.slice(0, at)) ? name : name.slice(0, at);
}

/** `ns::f` → `f`. */
export function lastNameComponent(name: string): string {
  let rest = name;
  for (let at = 0; at >= 0; ) {
    at = rest.includes('::') ? outsideTemplates(rest, (tail) => tail.startsWith('::')) : -1;
    if (at >= 0) rest = rest.slice(at + 2);
  }
  return rest;
}

/** Index of the first place outside of `<>` where the test holds. */
function outsideTemplates(name: string, test: (rest: string) => boolean): number {
  let depth = 0;
  for (let i = 0; i < name.length; i++) {
    if (depth === 0 && test(name.slice(i))) return i;
    if (name[i] === '<' && !name.slice(0, i).endsWith('operator')) depth++;
    else if (name[i] === '>' && name[i - 1] !== '-' && depth > 0) depth--;
  }
  return -1;
}

/** Whether a name that a user wrote, `f`, `Class::f`, `ns::Class::f(int)`, means this entry: leading scopes may be left out. */
export function scopedNameMatches({ unit, index }: Entry, name: string): boolean {
  const wanted = name.startsWith('::') ? name.slice(2) : name;
  const qualified = qualifiedEntryName(unit, index) ?? '';
  const plain = withoutParameters(wanted);
  if (qualified !== plain && !qualified.endsWith(`::${plain}`)) return false;
  if (plain === wanted) return true;
  const type = unit.debug.typeReader.typeOf(unit.dieOf(index));
  return type.kind === 'function' && withoutSpaces(signature(plain, type)) === withoutSpaces(wanted);
}

const withoutSpaces = (text: string): string => text.replaceAll(' ', '');

/** A C++ function's name with its parameters, as gdb writes it: `ns::f(int, char const*)`. */
export function signature(name: string, type: FunctionType): string {
  const written = type.parameters.filter(({ artificial }) => !artificial).map((parameter) => typeText(parameter.type));
  if (type.varargs) written.push('...');
  const object = type.parameters[0];
  const self = object?.artificial && object.type.kind === 'qualified' ? object.type.target : object?.type;
  const isConst = object?.artificial && self?.kind === 'pointer' && self.target.kind === 'qualified' && self.target.qualifier === 'const';
  return `${name}(${written.join(', ')})${isConst ? ' const' : ''}`;
}

/** A type in the canonical C++ spelling, qualifiers behind what they qualify. */
function typeText(type: Type): string {
  switch (type.kind) {
    case 'pointer':
      return derived(type.target, '*');
    case 'reference':
      return derived(type.target, type.rvalue ? '&&' : '&');
    case 'qualified':
      return `${typeText(type.target)} ${type.qualifier === 'restrict' ? '__restrict' : type.qualifier}`;
    case 'array':
      return `${typeText(type.element)} [${type.count ?? ''}]`;
    case 'function':
      return `${typeText(type.returns)} (${type.parameters.map((parameter) => typeText(parameter.type)).join(', ')})`;
    case 'memberPointer':
      return type.target.kind === 'function'
        ? derived(type.target, `${typeText(type.container)}::*`)
        : `${typeText(type.target)} ${typeText(type.container)}::*`;
    // The name comes from the linker's, which knows no typedefs.
    case 'typedef':
      return typeText(type.target);
    default:
      return type.name ?? '{...}';
  }
}

function derived(target: Type, mark: string): string {
  if (target.kind === 'function')
    return `${typeText(target.returns)} (${mark})(${target.parameters.map((parameter) => typeText(parameter.type)).join(', ')})`;
  return `${typeText(target)}${mark}`;
}
