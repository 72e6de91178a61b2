import { At, Tag } from '../../formats/dwarf/constants.ts';
import type { Die } from '../../formats/dwarf/die.ts';
import { type LinkRange, rangesOf } from '../../formats/dwarf/ranges.ts';
import type { AddressRange, Block, LabelSymbol, Symbol, VariableSymbol } from '../symbols.ts';
import { holds, toRunRanges } from './address.ts';
import { inheritedName, withOrigins } from './attributes.ts';
import { DwarfFunction } from './functions.ts';
import { inDictionaryOrder } from './symbolHash.ts';
import type { DwarfUnit } from './unit.ts';
import { DwarfTypeSymbol, DwarfVariable, enumeratorSymbol, labelSymbol } from './variables.ts';

/** Blocks nested deeper than this belong to a damaged file. */
const deepest = 256;

interface Contents {
  readonly symbols: readonly Symbol[];
  readonly variables: readonly VariableSymbol[];
  readonly types: readonly Symbol[];
  readonly labels: readonly LabelSymbol[];
  readonly children: readonly DwarfBlock[];
}

/** What the children of a DIE are read into. */
interface Collected {
  readonly symbols: Symbol[];
  readonly children: DwarfBlock[];
}

/** A function, an inlined instance or a DW_TAG_lexical_block. Its children are read when something of it is asked for. */
export class DwarfBlock implements Block {
  readonly #unit: DwarfUnit;
  readonly #die: Die;
  readonly #depth: number;
  readonly #function: DwarfFunction | undefined;
  #ranges: readonly LinkRange[] | undefined;
  #contents: Contents | undefined;

  constructor(
    unit: DwarfUnit,
    die: Die,
    readonly parent: Block | undefined,
    ofFunction: DwarfFunction | undefined,
  ) {
    this.#unit = unit;
    this.#die = die;
    this.#function = ofFunction;
    this.#depth = parent instanceof DwarfBlock ? parent.#depth + 1 : 0;
  }

  get function(): DwarfFunction | undefined {
    return this.#function;
  }
  get linkRanges(): readonly LinkRange[] {
    this.#ranges ??= rangesOf(this.#die);
    return this.#ranges;
  }
  get ranges(): readonly AddressRange[] {
    return toRunRanges(this.#unit.module, this.linkRanges);
  }
  get symbols(): readonly Symbol[] {
    return this.#read.symbols;
  }
  get variables(): readonly VariableSymbol[] {
    return this.#read.variables;
  }
  get types(): readonly Symbol[] {
    return this.#read.types;
  }
  get labels(): readonly LabelSymbol[] {
    return this.#read.labels;
  }
  get children(): readonly DwarfBlock[] {
    return this.#read.children;
  }

  /** The innermost block that holds a link-time address, this one included. */
  innermost(link: number): DwarfBlock {
    const child = this.children.find(({ linkRanges }) => holds(linkRanges, link));
    return child ? child.innermost(link) : this;
  }

  get #read(): Contents {
    this.#contents ??= this.#readContents();
    return this.#contents;
  }

  #readContents(): Contents {
    const collected: Collected = { symbols: [], children: [] };
    if (this.#depth < deepest) this.#readChildren(this.#die, collected, 0);
    // gdb keeps a function's own symbols in order and hashes those of nested blocks; `info locals` shows it.
    const symbols = this.#function ? collected.symbols : inDictionaryOrder(collected.symbols, this.#unit.language);
    return {
      symbols,
      variables: symbols.filter((symbol) => symbol.kind === 'variable'),
      types: symbols.filter(({ kind }) => kind === 'type' || kind === 'enumerator'),
      labels: symbols.filter((symbol) => symbol.kind === 'label').filter(({ optimizedOut }) => !optimizedOut),
      children: collected.children,
    };
  }

  #readChildren(die: Die, contents: Collected, nesting: number): void {
    const seen = new Set<number>();
    const origin = die.reference(At.abstractOrigin);
    // clang gives concrete scopes no origin: one at the same place among its siblings as a scope of the abstract instance is that scope.
    const abstract = [...(origin?.children() ?? [])];
    let place = 0;
    for (const child of die.children()) {
      for (const { key } of withOrigins(child)) seen.add(key);
      if (child.tag !== Tag.callSite && child.tag !== Tag.gnuCallSite) {
        const counterpart = abstract[place++];
        if (child.tag === Tag.lexicalBlock && counterpart?.tag === Tag.lexicalBlock && !child.has(At.abstractOrigin))
          seen.add(counterpart.key);
      }
      this.#readChild(child, contents, nesting);
    }
    if (origin) this.#inherit(origin, seen, contents, nesting);
  }

  /** What the abstract instance has and the concrete one does not mention was optimized out altogether, but still has a name and a type. */
  #inherit(origin: Die, seen: ReadonlySet<number>, contents: Collected, nesting: number): void {
    for (const child of origin.children()) if (!seen.has(child.key)) this.#readChild(child, contents, nesting);
  }

  #readChild(die: Die, contents: Collected, nesting: number): void {
    const unit = this.#unit;
    switch (die.tag) {
      case Tag.formalParameter:
      case Tag.variable:
      case Tag.constant: {
        const name = inheritedName(die);
        if (name !== undefined) contents.symbols.push(new DwarfVariable(unit, die, name));
        return;
      }
      case Tag.structureType:
      case Tag.classType:
      case Tag.unionType:
      case Tag.typedef:
      case Tag.baseType: {
        const name = die.string(At.name);
        if (name !== undefined) contents.symbols.push(new DwarfTypeSymbol(unit, die, name));
        return;
      }
      case Tag.enumerationType: {
        const name = die.string(At.name);
        if (name !== undefined) contents.symbols.push(new DwarfTypeSymbol(unit, die, name));
        for (const child of die.children()) if (child.tag === Tag.enumerator) contents.symbols.push(enumeratorSymbol(unit, die, child));
        return;
      }
      case Tag.label: {
        const label = labelSymbol(unit, die);
        if (label) contents.symbols.push(label);
        return;
      }
      case Tag.inlinedSubroutine: {
        const instance = new DwarfFunction(unit, die, this);
        if (instance.linkRanges.length > 0) contents.children.push(instance.block);
        return;
      }
      case Tag.lexicalBlock:
      case Tag.tryBlock:
      case Tag.catchBlock:
        // Without addresses it is no scope of its own: its names belong to the block around it.
        if (!die.has(At.lowPc) && !die.has(At.ranges)) {
          if (nesting < deepest) this.#readChildren(die, contents, nesting + 1);
          return;
        }
        contents.children.push(new DwarfBlock(unit, die, this, undefined));
    }
  }
}
