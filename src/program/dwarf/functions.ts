import type { Address } from '../../base/address.ts';
import { At, Tag } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';
import { type LinkRange, rangesOf } from '../../formats/dwarf/ranges.ts';
import type { Module } from '../module.ts';
import type { AddressRange, Block, CallSite, FunctionSymbol, Location, SourceFile } from '../symbols.ts';
import type { FunctionType } from '../types.ts';
import { toRun, toRunRanges } from './address.ts';
import { inheritedFlag, linkageNameOf } from './attributes.ts';
import { DwarfBlock } from './blocks.ts';
import { readCallSites } from './callSites.ts';
import { declaredAt } from './declarations.ts';
import { locationOf } from './locations.ts';
import { signature } from './scopedNames.ts';
import type { DwarfUnit } from './unit.ts';

/** A function with code, or an inlined instance. What it holds is read when asked for. */
export class DwarfFunction implements FunctionSymbol {
  readonly kind = 'function';
  readonly #die: Die;
  #ranges: readonly LinkRange[] | undefined;
  #block: DwarfBlock | undefined;
  #callSites: readonly CallSite[] | undefined;
  #name: string | undefined;

  constructor(
    readonly unit: DwarfUnit,
    die: Die,
    /** Of an inlined instance: the block it is in. */
    readonly enclosing?: Block,
  ) {
    this.#die = die;
  }

  get module(): Module {
    return this.unit.module;
  }
  /** In C gdb goes by the assembler's name where the source gave one: `__GI__IO_puts` for glibc's `_IO_puts`. */
  get name(): string {
    this.#name ??= (this.unit.language === 'c' ? this.linkageName : undefined) ?? this.unit.debug.qualifiedName(this.#die) ?? '';
    return this.#name;
  }
  get signature(): string | undefined {
    return this.unit.language === 'c++' ? signature(this.name, this.type) : undefined;
  }
  get linkageName(): string | undefined {
    return linkageNameOf(this.#die);
  }
  get file(): SourceFile | undefined {
    return declaredAt(this.unit, this.#die).file;
  }
  get line(): number {
    return declaredAt(this.unit, this.#die).line;
  }
  get type(): FunctionType {
    return this.unit.debug.typeReader.typeOf(this.#die) as FunctionType;
  }
  get external(): boolean {
    return inheritedFlag(this.#die, At.external);
  }
  get prototyped(): boolean {
    return this.type.prototyped;
  }
  get artificial(): boolean {
    return inheritedFlag(this.#die, At.artificial);
  }
  get position(): number {
    return this.#die.key;
  }
  get doesNotReturn(): boolean {
    return inheritedFlag(this.#die, At.noreturn);
  }

  /** Link-time. */
  get linkRanges(): readonly LinkRange[] {
    this.#ranges ??= rangesOf(this.#die);
    return this.#ranges;
  }
  get ranges(): readonly AddressRange[] {
    return toRunRanges(this.module, this.linkRanges);
  }
  /** Where the first range begins. DW_AT_entry_pc of an inlined instance may be in none: gdb goes by the ranges too. */
  get entry(): Address {
    return toRun(this.module, this.linkRanges[0]?.low ?? 0);
  }
  get block(): DwarfBlock {
    this.#block ??= new DwarfBlock(this.unit, this.#die, this.enclosing, this);
    return this.#block;
  }
  get frameBase(): Location | undefined {
    return this.#die.has(At.frameBase) ? locationOf(this.unit, this.#die, At.frameBase) : undefined;
  }

  get inlinedAt(): FunctionSymbol['inlinedAt'] {
    const die = this.#die;
    if (die.tag !== Tag.inlinedSubroutine) return undefined;
    const file = die.number(At.callFile);
    return {
      file: file === undefined ? undefined : this.unit.fileNumbered(file),
      line: die.number(At.callLine) ?? 0,
      column: die.number(At.callColumn) ?? 0,
    };
  }

  get callSites(): readonly CallSite[] {
    this.#callSites ??= readCallSites(this.unit, this.#die);
    return this.#callSites;
  }

  /** The abstract instance, which its inlined instances share. */
  get origin(): Die | undefined {
    return this.#die.reference(At.abstractOrigin);
  }

  /** Whether it was made of this DIE. */
  isOf(die: Die): boolean {
    return this.#die.unit === die.unit && this.#die.offset === die.offset;
  }
}
