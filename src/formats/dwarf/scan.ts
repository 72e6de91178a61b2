import { Cursor } from '../../base/cursor.ts';
import { Form, Tag } from './constants.ts';
import { unknownAbbreviation } from './die.ts';
import { readOffset, skipForm } from './forms.ts';
import { compileScanPrograms, type ScanPrograms, Shape, Step } from './scanProgram.ts';
import type { UnitHeader } from './unit.ts';

/**
 * The named things of a unit, and where its code is, found in one pass over its DIEs: parallel arrays, in DIE order.
 * What is inside functions is left out, except functions and inlined instances where `bodies` were asked for.
 */
export interface Outline {
  readonly count: number;
  /** Offset in the unit's section. */
  readonly die: Uint32Array;
  /** Shape as in scanProgram.ts, DW_TAG_* in its low 16 bits. */
  readonly shape: Uint32Array;
  /** What `name` is: one of NameKind. */
  readonly nameKind: Uint8Array;
  /** Offset of the name in its table; of the DIE that it is the specification or instance of, where it has none of its own. */
  readonly name: Uint32Array;
  /** Index of the enclosing namespace, class or enumeration; -1 at the top. */
  readonly parent: Int32Array;
}

export const NameKind = {
  none: 0,
  /** .debug_str. */
  debugStr: 1,
  /** In the unit's own section. */
  inline: 2,
  lineStr: 3,
  /** .debug_str of the supplementary file. */
  supplementaryStr: 4,
  /** None; `name` is the origin's offset in .debug_info (in the unit's section for a type unit) … */
  origin: 5,
  /** … or in the supplementary file's. */
  supplementaryOrigin: 6,
} as const;

const programCache = new WeakMap<object, Map<string, ScanPrograms>>();

function programsOf(unit: UnitHeader): ScanPrograms {
  let cache = programCache.get(unit.file);
  if (!cache) {
    cache = new Map();
    programCache.set(unit.file, cache);
  }
  const key = `${unit.abbreviationsOffset} ${unit.version} ${unit.addressSize} ${unit.offsetSize}`;
  let programs = cache.get(key);
  if (!programs) {
    programs = compileScanPrograms(unit.file.section('.debug_abbrev'), unit.abbreviationsOffset, unit);
    cache.set(key, programs);
  }
  return programs;
}

/** Values of the attributes that a step met; one for all, as a scan runs to its end before the next begins. */
const met = { sibling: 0, nameKind: 0 as number, name: 0, flags: 0 };

/** Runs the program of one DIE from behind its code; returns where it ends. Wild lengths end beyond the unit, which the callers check. */
function runProgram(unit: UnitHeader, bytes: Uint8Array, programs: ScanPrograms, first: number, offset: number): number {
  const { operations } = programs;
  let at = offset;
  met.sibling = 0;
  met.nameKind = NameKind.none;
  met.flags = 0;
  for (let i = first; ; ) {
    switch (operations[i++]) {
      case Step.end:
        return at;
      case Step.skip:
        at += operations[i++];
        break;
      case Step.leb:
        while (bytes[at++] & 0x80);
        break;
      case Step.string:
        while (bytes[at++]);
        break;
      case Step.block1:
        at += 1 + bytes[at];
        break;
      case Step.block2:
        at += 2 + (bytes[at] | (bytes[at + 1] << 8));
        break;
      case Step.block4:
        at += 4 + u32(bytes, at);
        break;
      case Step.block: {
        let length = bytes[at++];
        if (length >= 0x80) {
          length &= 0x7f;
          let scale = 0x80;
          let byte: number;
          do {
            byte = bytes[at++];
            length += (byte & 0x7f) * scale;
            scale *= 0x80;
          } while (byte & 0x80);
        }
        at += length;
        break;
      }
      case Step.sibling4:
        met.sibling = unit.offset + u32(bytes, at);
        at += 4;
        break;
      case Step.nameStrp4:
        if (unit.offsetSize === 4) {
          met.nameKind = NameKind.debugStr;
          met.name = u32(bytes, at);
          at += 4;
        } else at = slowName(unit, Form.strp, at);
        break;
      case Step.nameInline:
        met.nameKind = NameKind.inline;
        met.name = at;
        while (bytes[at++]);
        break;
      case Step.nameOther:
        at = slowName(unit, operations[i++], at);
        break;
      case Step.origin4:
        if (met.nameKind === NameKind.none) {
          met.nameKind = NameKind.origin;
          met.name = unit.offset + u32(bytes, at);
        }
        at += 4;
        break;
      case Step.originOther:
        at = slowOrigin(unit, operations[i++], at);
        break;
      case Step.declarationFlag:
        if (bytes[at++]) met.flags |= Shape.declaration;
        break;
      case Step.externalFlag:
        if (bytes[at++]) met.flags |= Shape.external;
        break;
      default: {
        const cursor = new Cursor(bytes, at, unit.sectionName);
        skipForm(cursor, Form.indirect, unit);
        at = cursor.offset;
      }
    }
  }
}

const u32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;

function slowName(unit: UnitHeader, form: number, at: number): number {
  const cursor = new Cursor(unit.section, at, unit.sectionName);
  switch (form) {
    case Form.strp:
    case Form.lineStrp:
    case Form.gnuStrpAlt:
    case Form.strpSup:
      met.nameKind = form === Form.strp ? NameKind.debugStr : form === Form.lineStrp ? NameKind.lineStr : NameKind.supplementaryStr;
      met.name = readOffset(cursor, unit.offsetSize);
      return cursor.offset;
    case Form.strx:
    case Form.gnuStrIndex:
    case Form.strx1:
    case Form.strx2:
    case Form.strx3:
    case Form.strx4: {
      const index =
        form === Form.strx1
          ? cursor.u8()
          : form === Form.strx2
            ? cursor.u16()
            : form === Form.strx3
              ? cursor.u24()
              : form === Form.strx4
                ? cursor.u32()
                : cursor.ulebNumber();
      met.nameKind = NameKind.debugStr;
      met.name = unit.indexedString(index);
      return cursor.offset;
    }
    default:
      skipForm(cursor, form, unit);
      return cursor.offset;
  }
}

function slowOrigin(unit: UnitHeader, form: number, at: number): number {
  const cursor = new Cursor(unit.section, at, unit.sectionName);
  let origin = -1;
  if (form === Form.ref1) origin = unit.offset + cursor.u8();
  else if (form === Form.ref2) origin = unit.offset + cursor.u16();
  else if (form === Form.ref8) origin = unit.offset + cursor.u64Number();
  else if (form === Form.refUdata) origin = unit.offset + cursor.ulebNumber();
  else if (form === Form.refAddr) origin = readOffset(cursor, unit.version <= 2 ? unit.addressSize : unit.offsetSize);
  else if (form === Form.gnuRefAlt) origin = readOffset(cursor, unit.offsetSize);
  else if (form === Form.refSup4) origin = cursor.u32();
  else skipForm(cursor, form, unit);
  if (origin >= 0 && met.nameKind === NameKind.none) {
    met.nameKind = form === Form.gnuRefAlt || form === Form.refSup4 ? NameKind.supplementaryOrigin : NameKind.origin;
    met.name = origin;
  }
  return cursor.offset;
}

/** Offset behind the list of siblings that begins at `offset`, and all that they own. */
export function skipSubtree(unit: UnitHeader, offset: number): number {
  const bytes = unit.section;
  const programs = programsOf(unit);
  let depth = 1;
  for (let at = offset; at < unit.end; ) {
    const die = at;
    let code = bytes[at++];
    if (code >= 0x80) [code, at] = longCode(bytes, at, code);
    if (code === 0) {
      if (--depth === 0) return at;
      continue;
    }
    const first = programs.start[code] ?? -1;
    if (first < 0) throw unknownAbbreviation(code, unit, die);
    at = runProgram(unit, bytes, programs, first, at);
    if (programs.shape[code] & Shape.hasChildren) {
      if (met.sibling > at && met.sibling <= unit.end) at = met.sibling;
      else depth++;
    }
  }
  return unit.end;
}

function longCode(bytes: Uint8Array, offset: number, first: number): [code: number, offset: number] {
  let code = first & 0x7f;
  let at = offset;
  let byte: number;
  let scale = 0x80;
  do {
    byte = bytes[at++];
    code += (byte & 0x7f) * scale;
    scale *= 0x80;
  } while (byte & 0x80);
  return [code, at];
}

/** What the walk does with a DIE of a tag: keep it, and go into its children as a scope of names, as code, or not at all. */
const enum Treatment {
  pass = 0,
  keep = 1,
  scope = 2,
  code = 3,
  inlined = 4,
}

const treatments = new Uint8Array(0x10000);
for (const tag of [
  Tag.variable,
  Tag.constant,
  Tag.enumerator,
  Tag.typedef,
  Tag.baseType,
  Tag.unspecifiedType,
  Tag.templateAlias,
  Tag.importedUnit,
]) {
  treatments[tag] = Treatment.keep;
}
for (const tag of [Tag.structureType, Tag.classType, Tag.unionType, Tag.interfaceType, Tag.enumerationType, Tag.namespace, Tag.module]) {
  treatments[tag] = Treatment.scope;
}
treatments[Tag.subprogram] = Treatment.code;
treatments[Tag.inlinedSubroutine] = Treatment.inlined;

/** Grows as a scan needs it; reused by the next one. */
const scratch = {
  die: new Uint32Array(4096),
  shape: new Uint32Array(4096),
  nameKind: new Uint8Array(4096),
  name: new Uint32Array(4096),
  parent: new Int32Array(4096),
};

function grow(): void {
  const twice = <T extends Uint32Array | Uint8Array | Int32Array>(array: T, bigger: T): T => {
    bigger.set(array);
    return bigger;
  };
  const length = scratch.die.length * 2;
  scratch.die = twice(scratch.die, new Uint32Array(length));
  scratch.shape = twice(scratch.shape, new Uint32Array(length));
  scratch.nameKind = twice(scratch.nameKind, new Uint8Array(length));
  scratch.name = twice(scratch.name, new Uint32Array(length));
  scratch.parent = twice(scratch.parent, new Int32Array(length));
}

/** A scope's parent field of the entry it hides behind: what is under a function belongs to no scope. */
const inCode = -2;

/** Throws FormatError for a unit that can't be walked. */
export function scanUnit(unit: UnitHeader, options: { readonly bodies: boolean }): Outline {
  const bytes = unit.section;
  const programs = programsOf(unit);
  /** By depth: index of the enclosing scope's entry, -1, or `inCode`. */
  const scopes: number[] = [-1];
  let depth = 0;
  let count = 0;
  for (let at = unit.firstDie; at < unit.end; ) {
    const die = at;
    let code = bytes[at++];
    if (code >= 0x80) [code, at] = longCode(bytes, at, code);
    if (code === 0) {
      if (--depth <= 0) break;
      continue;
    }
    const first = programs.start[code] ?? -1;
    if (first < 0) throw unknownAbbreviation(code, unit, die);
    at = runProgram(unit, bytes, programs, first, at);
    const shape = programs.shape[code];
    const treatment = treatments[shape & Shape.tagMask];
    const scope = scopes[depth];
    let inner = scope;
    if (treatment !== Treatment.pass && (scope !== inCode || (options.bodies && treatment >= Treatment.code))) {
      if (treatment !== Treatment.inlined || options.bodies) {
        if (count === scratch.die.length) grow();
        scratch.die[count] = die;
        scratch.shape[count] = shape | met.flags;
        scratch.nameKind[count] = met.nameKind;
        scratch.name[count] = met.name;
        scratch.parent[count] = scope === inCode ? -1 : scope;
        if (treatment === Treatment.scope) inner = count;
        count++;
      }
    }
    if (treatment >= Treatment.code) inner = inCode;
    if (shape & Shape.hasChildren) {
      if (inner === inCode && !options.bodies && met.sibling > at && met.sibling <= unit.end) at = met.sibling;
      else scopes[++depth] = inner;
    } else if (depth === 0) break;
  }
  return {
    count,
    die: scratch.die.slice(0, count),
    shape: scratch.shape.slice(0, count),
    nameKind: scratch.nameKind.slice(0, count),
    name: scratch.name.slice(0, count),
    parent: scratch.parent.slice(0, count),
  };
}
