import { Cursor } from '../../base/cursor.ts';
import { At, Form, Tag } from './constants.ts';
import { type Encoding, fixedSize, unknownForm } from './forms.ts';

/**
 * How to walk over the DIEs of one abbreviation table as fast as possible: per abbreviation a little program in which runs of
 * attributes of fixed size have become one addition. Made straight from the bytes of .debug_abbrev.
 */
export interface ScanPrograms {
  /** Start of the program of an abbreviation code in `operations`; -1: no such code. */
  readonly start: Int32Array;
  /** By code: DW_TAG_* in bits 0-15, then the bits of `Shape`. */
  readonly shape: Int32Array;
  readonly operations: Int32Array;
}

export const Shape = {
  tagMask: 0xffff,
  hasChildren: 1 << 16,
  declaration: 1 << 17,
  external: 1 << 18,
  inline: 1 << 19,
  hasCode: 1 << 20,
} as const;

/** Operations; an operand follows where said. */
export const Step = {
  end: 0,
  /** + bytes. */
  skip: 1,
  leb: 2,
  string: 3,
  block1: 4,
  block2: 5,
  block4: 6,
  block: 7,
  indirect: 8,
  /** DW_AT_sibling as DW_FORM_ref4. */
  sibling4: 9,
  /** DW_AT_name: a string here, an offset of .debug_str (4 bytes), of another table (+ form, size in the operand) or an index (+ form). */
  nameInline: 10,
  nameStrp4: 11,
  nameOther: 12,
  /** DW_AT_specification or DW_AT_abstract_origin as DW_FORM_ref4, or + another form. */
  origin4: 13,
  originOther: 14,
  /** DW_AT_declaration and DW_AT_external as DW_FORM_flag. */
  declarationFlag: 15,
  externalFlag: 16,
} as const;

/** Abbreviation codes are dense; a table with wilder ones is damaged. */
const maxCode = 1 << 20;

export function compileScanPrograms(section: Uint8Array, offset: number, encoding: Encoding): ScanPrograms {
  const cursor = new Cursor(section, offset, '.debug_abbrev');
  const start: number[] = [];
  const shapes: number[] = [];
  const operations: number[] = [];
  while (!cursor.atEnd) {
    const code = cursor.ulebNumber();
    if (code === 0 || code > maxCode) break;
    while (start.length <= code) {
      start.push(-1);
      shapes.push(0);
    }
    start[code] = operations.length;
    shapes[code] = compileAbbreviation(cursor, operations, encoding);
  }
  return { start: Int32Array.from(start), shape: Int32Array.from(shapes), operations: Int32Array.from(operations) };
}

/** Returns the shape. */
function compileAbbreviation(cursor: Cursor, operations: number[], encoding: Encoding): number {
  let shape = cursor.ulebNumber() & Shape.tagMask;
  const named = namedTags.has(shape);
  if (cursor.u8() !== 0) shape |= Shape.hasChildren;
  let skip = 0;
  for (;;) {
    const attribute = cursor.ulebNumber();
    const form = cursor.ulebNumber();
    if (attribute === 0 && form === 0) break;
    if (form === Form.implicitConst) cursor.slebNumber();
    if (attribute === At.lowPc || attribute === At.ranges || attribute === At.location || attribute === At.constValue)
      shape |= Shape.hasCode;
    else if (attribute === At.inline) shape |= Shape.inline;
    else if (form === Form.flagPresent) {
      if (attribute === At.declaration) shape |= Shape.declaration;
      else if (attribute === At.external) shape |= Shape.external;
    }
    const size = fixedSize(form, encoding);
    const special = specialStep(attribute, form, named);
    if (special === undefined && size !== undefined) {
      skip += size;
      continue;
    }
    if (skip > 0) operations.push(Step.skip, skip);
    skip = 0;
    if (special !== undefined) {
      operations.push(special);
      if (special === Step.nameOther || special === Step.originOther) operations.push(form);
    } else operations.push(plainStep(form, cursor));
  }
  if (skip > 0) operations.push(Step.skip, skip);
  operations.push(Step.end);
  return shape;
}

/** Tags whose names make the index. */
const namedTags: ReadonlySet<number> = new Set([
  Tag.subprogram,
  Tag.variable,
  Tag.constant,
  Tag.structureType,
  Tag.classType,
  Tag.unionType,
  Tag.interfaceType,
  Tag.enumerationType,
  Tag.enumerator,
  Tag.typedef,
  Tag.baseType,
  Tag.unspecifiedType,
  Tag.templateAlias,
  Tag.namespace,
  Tag.module,
]);

function specialStep(attribute: number, form: number, named: boolean): number | undefined {
  switch (attribute) {
    case At.sibling:
      return form === Form.ref4 ? Step.sibling4 : undefined;
    case At.name:
      if (!named) return undefined;
      return form === Form.strp ? Step.nameStrp4 : form === Form.string ? Step.nameInline : Step.nameOther;
    case At.specification:
    case At.abstractOrigin:
      return form === Form.ref4 ? Step.origin4 : Step.originOther;
    case At.declaration:
      return form === Form.flag ? Step.declarationFlag : undefined;
    case At.external:
      return form === Form.flag ? Step.externalFlag : undefined;
    default:
      return undefined;
  }
}

function plainStep(form: number, cursor: Cursor): number {
  switch (form) {
    case Form.sdata:
    case Form.udata:
    case Form.refUdata:
    case Form.strx:
    case Form.addrx:
    case Form.loclistx:
    case Form.rnglistx:
    case Form.gnuAddrIndex:
    case Form.gnuStrIndex:
      return Step.leb;
    case Form.string:
      return Step.string;
    case Form.block1:
      return Step.block1;
    case Form.block2:
      return Step.block2;
    case Form.block4:
      return Step.block4;
    case Form.block:
    case Form.exprloc:
      return Step.block;
    case Form.indirect:
      return Step.indirect;
    default:
      throw unknownForm(form, cursor);
  }
}
