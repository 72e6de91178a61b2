import type { Address } from '../base/address.ts';
import type { Module } from './module.ts';
import type { FunctionType, Type } from './types.ts';

/**
 * Symbols of the program under study. Every address that a symbol hands out is a *run-time* address:
 * the link-time address plus its module's current bias (0 before the program runs), read afresh at
 * each access, so a symbol outlives `run` and relocation.
 */
export type Symbol = FunctionSymbol | VariableSymbol | TypeSymbol | EnumeratorSymbol | LabelSymbol;

export interface SymbolBase {
  readonly name: string;
  readonly module: Module;
  readonly unit: Unit;
  /** Where it is declared; file as DWARF spells it. 0 where unknown. */
  readonly file?: SourceFile;
  readonly line: number;
}

/** Half-open [low, high), run-time. */
export interface AddressRange {
  readonly low: Address;
  readonly high: Address;
}

/** A function with code: a DW_TAG_subprogram, or one inlined instance of it. */
export interface FunctionSymbol extends SymbolBase {
  readonly kind: 'function';
  /** C++: the name with its parameters, `ns::f(int)`; `name` is without them. */
  readonly signature?: string;
  readonly linkageName?: string;
  readonly type: FunctionType;
  readonly external: boolean;
  /** Lowest address of the first range; where a breakpoint by name starts from. */
  readonly entry: Address;
  readonly ranges: readonly AddressRange[];
  /** The outermost block: parameters and locals. */
  readonly block: Block;
  /** DW_AT_frame_base of this function (never of an inlined instance: those use the enclosing function's). */
  readonly frameBase?: Location;
  /** Set on an inlined instance: where it was called from, in the enclosing function. */
  readonly inlinedAt?: { readonly file?: SourceFile; readonly line: number; readonly column: number };
  readonly prototyped: boolean;
  readonly artificial: boolean;
  /** Where its description stands in the debug information: symbols of one name come in this order. */
  readonly position: number;
  /** DW_AT_noreturn. */
  readonly doesNotReturn: boolean;
  /** DW_TAG_call_site entries, by return address: for entry values and tail calls. */
  readonly callSites: readonly CallSite[];
}

export interface CallSite {
  /** Run-time address after the call instruction. */
  readonly returnAddress: Address;
  readonly tailCall: boolean;
  /** Statically known callee. */
  readonly target?: { readonly name: string; readonly linkageName?: string; readonly entry?: Address };
  /** DW_AT_call_target of an indirect call: the callee's address, in the caller's frame. */
  readonly targetExpression?: Uint8Array;
  /** Parameter location expression (what the callee names, e.g. DW_OP_reg5) → value expression in the *caller's* frame. */
  readonly parameters: readonly CallSiteParameter[];
}

export interface CallSiteParameter {
  readonly location: Uint8Array;
  readonly value?: Uint8Array;
  /** What the location points to, where that is known. */
  readonly dataValue?: Uint8Array;
  /** Offset in .debug_info of the callee's parameter, for DW_OP_GNU_parameter_ref: `location` is then empty. */
  readonly parameterDie?: number;
}

export interface VariableSymbol extends SymbolBase {
  readonly kind: 'variable';
  readonly linkageName?: string;
  readonly type: Type;
  readonly isParameter: boolean;
  readonly external: boolean;
  /** `extern` without a definition here: `location` is that of the definition elsewhere. */
  readonly isDeclared?: boolean;
  readonly artificial: boolean;
  /** Where its value is; `absent` is gdb's `<optimized out>`. */
  readonly location: Location;
}

/**
 * Where a value is, as DWARF says it, not yet evaluated. `program/` knows nothing of frames;
 * `evaluate/` runs the expression in one.
 */
export type Location =
  | { readonly kind: 'expression'; readonly bytes: Uint8Array; readonly unit: Unit }
  /** Pick by pc: the first entry whose range holds it. Run-time addresses, made when asked for. */
  | {
      readonly kind: 'list';
      readonly entries: () => readonly LocationEntry[];
      /** The list as it is written: base addresses (link-time, as gdb shows them) and empty ranges too. */
      readonly rows: () => readonly (LocationEntry | { readonly base: Address })[];
      readonly unit: Unit;
    }
  /** DW_AT_const_value. */
  | { readonly kind: 'constant'; readonly value: bigint | Uint8Array }
  | { readonly kind: 'absent' };

export interface LocationEntry extends AddressRange {
  readonly bytes: Uint8Array;
}

export interface TypeSymbol extends SymbolBase {
  readonly kind: 'type';
  readonly type: Type;
}

export interface EnumeratorSymbol extends SymbolBase {
  readonly kind: 'enumerator';
  readonly type: Type;
  readonly value: bigint;
}

export interface LabelSymbol extends SymbolBase {
  readonly kind: 'label';
  readonly address: Address;
  /** Its code is gone: it is found among a block's `symbols` only, and has no address. */
  readonly optimizedOut?: boolean;
}

/** A lexical block. A function's outermost block has `function`; so has an inlined instance's. */
export interface Block {
  readonly ranges: readonly AddressRange[];
  /** Enclosing block, up to the function's own; undefined there (go on with `function.unit` for file statics). */
  readonly parent: Block | undefined;
  /** Set on the outermost block of a function or of an inlined instance. */
  readonly function: FunctionSymbol | undefined;
  /** Directly in this block, in declaration order: parameters, then locals, statics, local types. */
  readonly variables: readonly VariableSymbol[];
  readonly types: readonly Symbol[];
  readonly labels: readonly LabelSymbol[];
  /** All of them in gdb's order. */
  readonly symbols?: readonly Symbol[];
  /** Nested blocks and inlined instances, in address order as DWARF gives them. */
  readonly children: readonly Block[];
}

/** A compilation unit. */
export interface Unit {
  readonly module: Module;
  /** As DW_AT_name spells it. */
  readonly name: string;
  readonly directory: string;
  readonly producer: string;
  readonly language: Language;
  readonly version: 2 | 3 | 4 | 5;
  readonly hasMacros: boolean;
  readonly ranges: readonly AddressRange[];
  /** File-level symbols of this unit (functions, variables, types, enumerators). Reading them parses the unit. */
  readonly symbols: readonly Symbol[];
  /** For location expressions: address size is 8; DW_OP_addrx/constx look-ups, DW_OP_call, DW_OP_*_type. */
  readonly expressionHelp: ExpressionHelp;
  /** Files this unit's line table mentions. */
  readonly files: readonly SourceFile[];
}

export interface ExpressionHelp {
  /** DW_OP_addrx, DW_OP_GNU_addr_index: link-time address. */
  addressAt(index: number): Address;
  /** Base type at a unit-relative DIE offset: DW_OP_convert, DW_OP_const_type, …; undefined for offset 0. */
  baseType(offset: number): Type | undefined;
  /** Location of the DIE at a section offset (DW_OP_call*, DW_OP_implicit_pointer), and its type. */
  dieLocation(sectionOffset: number): { location: Location; type: Type | undefined } | undefined;
  /** DW_OP_GNU_variable_value etc. refer by section offset; this turns a unit-relative one into it. */
  readonly unitOffset: number;
  /** Bytes of a DIE reference in an expression (DW_OP_implicit_pointer, DW_OP_call_ref). */
  readonly referenceSize: 4 | 8;
}

export type Language = 'c' | 'c++' | 'asm' | 'rust' | 'go' | 'fortran' | 'minimal' | 'other';

/** One source file as debug info names it. Same object for the same path within a module. */
export interface SourceFile {
  /** As gdb prints it in `at FILE:LINE`: DW_AT_name's spelling, or the line table's name (+ dir if relative to another). */
  readonly name: string;
  /** Compilation directory. */
  readonly directory: string;
  /** Absolute, `.` and `..` squeezed. */
  readonly fullName: string;
}

/** A row of the line table with its extent, run-time addresses: gdb's symtab_and_line. */
export interface LineEntry {
  readonly file: SourceFile;
  /** 0: code without a line. */
  readonly line: number;
  readonly low: Address;
  /** First address that belongs to a later entry of another line (entries with is_stmt false and same line are joined as gdb does). */
  readonly high: Address;
  readonly isStatement: boolean;
  readonly unit: Unit;
}

/** An ELF symbol: gdb's minimal symbol. */
export interface MinimalSymbol {
  readonly name: string;
  readonly module: Module;
  readonly address: Address;
  readonly size: number;
  readonly kind: 'text' | 'data' | 'bss' | 'absolute' | 'ifunc' | 'tls' | 'plt';
  readonly global: boolean;
}
