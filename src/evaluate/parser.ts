import { SondeError } from '../base/errors.ts';
import type { Block, FunctionSymbol, MinimalSymbol, Symbol as ProgramSymbol } from '../program/symbols.ts';
import type { Type } from '../program/types.ts';
import { bare } from '../program/types.ts';
import { builtin } from './builtinTypes.ts';
import type { EvaluationContext } from './context.ts';
import { nextToken, type Token } from './lexer.ts';
import { integerValue } from './makeValue.ts';
import { type Found, findGlobal, findMinimal, findName, unknownSymbol } from './scope.ts';
import type { BinaryOperator, Node } from './syntax.ts';
import { isTypeStart, parseType } from './typeParser.ts';

/** Binding powers, gdb's grammar: `@` binds tighter than shifts and looser than `+`. */
const binaryPower: Record<string, number> = {
  '||': 4,
  '&&': 5,
  '|': 6,
  '^': 7,
  '&': 8,
  '==': 9,
  '!=': 9,
  '<': 10,
  '>': 10,
  '<=': 10,
  '>=': 10,
  '<<': 11,
  '>>': 11,
  '@': 12,
  '+': 13,
  '-': 13,
  '*': 14,
  '/': 14,
  '%': 14,
};
const power = { comma: 1, assignment: 2, conditional: 3, unary: 15 };
const assignments = new Set(['=', '+=', '-=', '*=', '/=', '%=', '|=', '&=', '^=', '<<=', '>>=']);

export interface Parsed {
  readonly tree: Node;
  readonly innermostBlock: Block | undefined;
}

/** Parses a whole expression, or a type's name. Unknown names and bad syntax are errors in gdb's words. */
export function parse(text: string, context: EvaluationContext, typeOf: (tree: Node) => Type): Parsed {
  const parser = new Parser(text, context, typeOf);
  const tree = parser.whole();
  return { tree, innermostBlock: parser.innermostBlock };
}

/** Nesting deeper than any person writes: refused before the stack overflows. */
const maximumDepth = 400;

/** The tokens and what names mean; typeParser.ts shares it. */
export class Parser {
  token: Token;
  innermostBlock: Block | undefined;
  #depth = 0;
  #names = new Map<string, Found | undefined>();

  constructor(
    readonly text: string,
    readonly context: EvaluationContext,
    /** For `typeof (expression)`. */
    readonly typeOf: (tree: Node) => Type,
  ) {
    this.token = nextToken(text, 0, context.limits.inputRadix);
  }

  whole(): Node {
    const tree: Node = isTypeStart(this) ? { kind: 'type', type: parseType(this) } : this.expression(power.comma);
    if (this.at(')')) throw new SondeError('Junk after end of expression.');
    if (this.token.kind !== 'end') throw this.syntaxError();
    return tree;
  }

  advance(): Token {
    const token = this.token;
    this.token = nextToken(this.text, token.end, this.context.limits.inputRadix);
    return token;
  }
  /** The token after the current one, not consumed. */
  peek(): Token {
    return nextToken(this.text, this.token.end, this.context.limits.inputRadix);
  }
  /** Goes back to a token seen before. */
  rewind(token: Token): void {
    this.token = token;
  }
  at(operator: string): boolean {
    return this.token.kind === 'operator' && this.token.text === operator;
  }
  accept(operator: string): boolean {
    if (!this.at(operator)) return false;
    this.advance();
    return true;
  }
  expect(operator: string): void {
    if (!this.accept(operator)) throw this.syntaxError();
  }
  syntaxError(): SondeError {
    return new SondeError(`A syntax error in expression, near \`${this.text.slice(this.token.start)}'.`);
  }
  /** What a plain name means here; looked up once. */
  meaning(name: string): Found | undefined {
    if (!this.#names.has(name)) this.#names.set(name, findName(name, this.context));
    return this.#names.get(name);
  }
  deeper<T>(parsePart: () => T): T {
    if (++this.#depth > maximumDepth) throw new SondeError('Expression is nested too deeply.');
    const part = parsePart();
    this.#depth--;
    return part;
  }

  expression(minimum: number): Node {
    return this.deeper(() => {
      let left = this.unary();
      for (;;) {
        const next = this.#infix(left, minimum);
        if (!next) return left;
        left = next;
      }
    });
  }

  #infix(left: Node, minimum: number): Node | undefined {
    if (this.token.kind !== 'operator') return undefined;
    const operator = this.token.text;
    if (operator === ',') {
      if (minimum > power.comma) return undefined;
      this.advance();
      return { kind: 'comma', left, right: this.expression(power.comma + 1) };
    }
    if (assignments.has(operator)) {
      if (minimum > power.assignment) return undefined;
      this.advance();
      const combined = operator === '=' ? undefined : (operator.slice(0, -1) as BinaryOperator);
      return { kind: 'assign', operator: combined, left, right: this.expression(power.assignment) };
    }
    if (operator === '?') {
      if (minimum > power.conditional) return undefined;
      this.advance();
      const whenTrue = this.expression(power.comma);
      this.expect(':');
      return { kind: 'conditional', condition: left, whenTrue, whenFalse: this.expression(power.conditional) };
    }
    const binds = binaryPower[operator];
    if (binds === undefined || binds < minimum) return undefined;
    this.advance();
    const right = this.expression(binds + 1);
    if (operator === '&&' || operator === '||') return { kind: 'logical', operator, left, right };
    return { kind: 'binary', operator: operator as BinaryOperator, left, right };
  }

  unary(): Node {
    return this.deeper(() => this.#unary());
  }

  #unary(): Node {
    const token = this.token;
    if (token.kind === 'operator') {
      switch (token.text) {
        case '-':
        case '+':
        case '!':
        case '~':
        case '*':
        case '&':
          this.advance();
          return { kind: 'unary', operator: token.text, operand: this.unary() };
        case '++':
        case '--':
          this.advance();
          return { kind: 'increment', step: token.text === '++' ? 1 : -1, prefix: true, operand: this.unary() };
        case '{':
          return this.#braced();
        case '(':
          return this.#parenthesised();
      }
    }
    if (token.kind === 'name' && !token.quoted) {
      if (token.text === 'sizeof') return this.#sizeOf('sizeof');
      if (token.text === '_Alignof' || token.text === 'alignof') return this.#sizeOf('alignof');
    }
    return this.#postfix(this.#primary());
  }

  #sizeOf(kind: 'sizeof' | 'alignof'): Node {
    this.advance();
    if (this.at('(')) {
      const opening = this.advance();
      if (isTypeStart(this)) {
        const type = parseType(this);
        this.expect(')');
        return { kind, operand: { kind: 'type', type } };
      }
      this.rewind(opening);
    }
    if (kind === 'alignof') throw this.syntaxError();
    return { kind, operand: this.unary() };
  }

  /** `{type} address`, or the array `{1, 2, 3}`. */
  #braced(): Node {
    this.advance();
    if (!isTypeStart(this)) {
      const elements: Node[] = [];
      do elements.push(this.expression(power.assignment));
      while (this.accept(','));
      this.expect('}');
      return this.#postfix({ kind: 'array', elements });
    }
    const type = parseType(this);
    this.expect('}');
    return { kind: 'memory', type, operand: this.unary() };
  }

  #parenthesised(): Node {
    this.advance();
    if (!isTypeStart(this)) {
      const inner = this.expression(power.comma);
      this.expect(')');
      return this.#postfix(inner);
    }
    const type = parseType(this);
    this.expect(')');
    // A type in parentheses is a cast if an operand follows, else the type itself: `whatis (int)`.
    if (this.token.kind === 'end' || (this.token.kind === 'operator' && !operandStarts.has(this.token.text))) return { kind: 'type', type };
    return { kind: 'cast', type, operand: this.unary(), how: 'cast' };
  }

  #postfix(start: Node): Node {
    let node = start;
    for (;;) {
      if (this.accept('[')) {
        const index = this.expression(power.comma);
        this.expect(']');
        node = { kind: 'index', object: node, index };
      } else if (this.accept('.')) node = { kind: 'member', object: node, name: this.#memberName(), arrow: false };
      else if (this.accept('->')) node = { kind: 'member', object: node, name: this.#memberName(), arrow: true };
      else if (this.accept('.*')) node = { kind: 'member pointer', object: node, pointer: this.unary(), arrow: false };
      else if (this.accept('->*')) node = { kind: 'member pointer', object: node, pointer: this.unary(), arrow: true };
      else if (this.accept('(')) node = { kind: 'call', callee: node, args: this.#callArguments() };
      else if (this.accept('++')) node = { kind: 'increment', step: 1, prefix: false, operand: node };
      else if (this.accept('--')) node = { kind: 'increment', step: -1, prefix: false, operand: node };
      else return node;
    }
  }

  /** `x`, or `Base::x` with the qualification kept. */
  #memberName(): string {
    let name = '';
    for (;;) {
      if (this.accept('~')) name += '~';
      if (this.token.kind !== 'name') throw this.syntaxError();
      name += this.token.text;
      this.advance();
      if (!this.accept('::')) return name;
      name += '::';
    }
  }

  #callArguments(): Node[] {
    const args: Node[] = [];
    if (this.accept(')')) return args;
    do args.push(isTypeStart(this) ? { kind: 'type', type: parseType(this) } : this.expression(power.assignment));
    while (this.accept(','));
    this.expect(')');
    return args;
  }

  #primary(): Node {
    const token = this.token;
    switch (token.kind) {
      case 'number':
      case 'string':
      case 'character':
        this.advance();
        return { kind: 'constant', value: token.value };
      case 'dollar':
        this.advance();
        return dollar(token.text);
      case 'name':
        return this.#name(token.text, token.quoted);
      case 'operator':
        if (token.text === '(') return this.#parenthesised();
        if (this.accept('::')) return this.#globalName();
        // In front of everything gdb's grammar takes it for the beginning of something, and complains of what follows.
        if (this.token.start === 0 && !/^@\s*entry\b/.test(this.text)) this.accept('@');
    }
    throw this.syntaxError();
  }

  /** `::name` */
  #globalName(): Node {
    if (this.token.kind !== 'name') throw this.syntaxError();
    const name = this.#qualifiedName(this.token.text);
    const symbol = findGlobal(name, this.context, undefined);
    if (!symbol) throw unknownSymbol(name, this.context);
    return this.#symbolNode(name, { symbol, block: undefined });
  }

  #name(name: string, quoted: boolean): Node {
    if (this.context.language === 'c++' && !quoted) {
      const special = this.#cppWord(name);
      if (special) return special;
    }
    if (this.peek().kind === 'operator' && this.#peekIs('::')) return this.#scoped(name, quoted);
    if (this.context.language === 'c++') {
      const templated = this.#templateName();
      if (templated) return templated;
    }
    this.advance();
    const found = this.meaning(name);
    if (found) return this.#symbolNode(name, found);
    const implicit = this.#memberOfThis(name);
    if (implicit) return implicit;
    const minimal = findMinimal(name, this.context);
    if (minimal) return minimalNode(minimal, this.context);
    throw quoted ? new SondeError('Invalid character constant.') : unknownSymbol(name, this.context);
  }

  #peekIs(operator: string): boolean {
    const next = this.peek();
    return next.kind === 'operator' && next.text === operator;
  }

  #cppWord(name: string): Node | undefined {
    if (name === 'true' || name === 'false') {
      this.advance();
      return { kind: 'constant', value: integerValue(builtin.bool, name === 'true') };
    }
    if (name === 'nullptr') {
      this.advance();
      return { kind: 'constant', value: integerValue(builtin.long, 0) };
    }
    const how = castWords[name];
    if (!how || !this.#peekIs('<')) return undefined;
    this.advance();
    this.expect('<');
    const type = parseType(this);
    this.expect('>');
    this.expect('(');
    const operand = this.expression(power.comma);
    this.expect(')');
    return { kind: 'cast', type, operand, how };
  }

  /** `a::b`: of a function's block, of a file, of a class or a namespace. */
  #scoped(name: string, quoted: boolean): Node {
    const found = this.meaning(name);
    if (found?.symbol.kind === 'function') {
      this.advance();
      this.advance();
      return this.#inFunction(found.symbol);
    }
    const files = this.context.program.modules.flatMap((module) => module.debug?.sourceFiles(name) ?? []);
    if (files.length > 0) {
      this.advance();
      this.advance();
      if (this.token.kind !== 'name') throw this.syntaxError();
      const wanted = this.token.text;
      const fileNames = new Set(files.map((file) => file.fullName));
      const inFile = (symbol: ProgramSymbol): boolean => symbol.file !== undefined && fileNames.has(symbol.file.fullName);
      const { program } = this.context;
      const symbol = [...program.variables(wanted), ...program.functions(wanted), ...program.enumerators(wanted)].find(inFile);
      if (!symbol) throw new SondeError(`No symbol "${wanted}" in specified context.`);
      if (symbol.kind === 'function' && this.#peekIs('::')) {
        this.advance();
        this.advance();
        return this.#inFunction(symbol);
      }
      this.advance();
      return this.#symbolNode(wanted, { symbol, block: undefined });
    }
    if (quoted && this.context.language !== 'c++') throw unknownSymbol(name, this.context);
    const full = this.#qualifiedName(name);
    const symbol = findGlobal(full, this.context, undefined);
    if (symbol) return this.#symbolNode(full, { symbol, block: undefined });
    const staticMember = this.#staticMember(full);
    if (staticMember) return staticMember;
    const minimal = findMinimal(full, this.context);
    if (minimal) return { kind: 'minimal symbol', symbol: minimal };
    const last = full.lastIndexOf('::');
    if (this.context.program.types(full.slice(0, last)).length > 0) throw new SondeError(`There is no field named ${full.slice(last + 2)}`);
    if (isNamespace(full.slice(0, last), this.context))
      throw new SondeError(`No symbol "${full.slice(last + 2)}" in namespace "${full.slice(0, last)}".`);
    throw this.meaning(name)
      ? new SondeError(`No symbol "${full.slice(last + 2)}" in specified context.`)
      : unknownSymbol(full.split('::')[0], this.context);
  }

  /** Consumes `a::b::c` from the current name on. */
  #qualifiedName(first: string): string {
    let name = first;
    this.advance();
    while (this.at('::')) {
      this.advance();
      if (this.accept('~')) name += '::~';
      else name += '::';
      if (this.token.kind !== 'name') throw this.syntaxError();
      name += this.token.text;
      this.advance();
    }
    return name;
  }

  #inFunction(scope: FunctionSymbol): Node {
    if (this.token.kind !== 'name') throw this.syntaxError();
    const wanted = this.token.text;
    const search = (block: Block): Found | undefined => {
      const symbol = block.variables.find((variable) => variable.name === wanted);
      if (symbol) return { symbol, block };
      for (const child of block.children) {
        const inner = child.function ? undefined : search(child);
        if (inner) return inner;
      }
      return undefined;
    };
    const found = search(scope.block);
    if (found) {
      this.advance();
      return this.#symbolNode(wanted, found);
    }
    const symbol = findGlobal(wanted, this.context, scope.unit);
    if (!symbol) throw new SondeError(`No symbol "${wanted}" in specified context.`);
    this.advance();
    return this.#symbolNode(wanted, { symbol, block: undefined });
  }

  /** `Class::member`, a static one: found as a member of `Class`. */
  #staticMember(full: string): Node | undefined {
    const last = full.lastIndexOf('::');
    const [owner] = this.context.program.types(full.slice(0, last));
    const type = owner && bare(owner.type);
    if (type?.kind !== 'struct') return undefined;
    const member = type.members.find((candidate) => candidate.name === full.slice(last + 2));
    if (!member?.isStatic) return undefined;
    if (member.constant !== undefined) return { kind: 'constant', value: integerValue(member.type, member.constant) };
    const minimal = member.linkageName ? findMinimal(member.linkageName, this.context) : undefined;
    if (!minimal) return undefined;
    const address: Node = { kind: 'constant', value: integerValue(builtin.unsignedLong, minimal.address) };
    return { kind: 'memory', type: member.type, operand: address };
  }

  /** `vector<int>` and the like: the longest text up to a closing `>` that is a known name. */
  #templateName(): Node | undefined {
    const start = this.token.start;
    if (this.text[this.token.end] !== '<') return undefined;
    let depth = 0;
    for (let end = this.token.end; end < this.text.length; end++) {
      if (this.text[end] === '<') depth++;
      if (this.text[end] !== '>' || --depth > 0) continue;
      const name = this.text.slice(start, end + 1);
      const found = this.meaning(name);
      if (!found) return undefined;
      this.token = nextToken(this.text, end + 1, this.context.limits.inputRadix);
      return this.#symbolNode(name, found);
    }
    return undefined;
  }

  /** In a C++ member function, a name may be a member of `*this`. */
  #memberOfThis(name: string): Node | undefined {
    if (this.context.language !== 'c++' || name === 'this') return undefined;
    const self = this.meaning('this');
    if (self?.symbol.kind !== 'variable') return undefined;
    const pointer = bare(self.symbol.type);
    const type = pointer.kind === 'pointer' ? bare(pointer.target) : pointer;
    if (type.kind !== 'struct' || !hasMember(type, name)) return undefined;
    return { kind: 'member', object: this.#symbolNode('this', self), name, arrow: true };
  }

  #symbolNode(name: string, { symbol, block }: Found): Node {
    switch (symbol.kind) {
      case 'variable': {
        if (block) this.#noteBlock(block);
        const entry = /^@entry(?![A-Za-z0-9_$])/.exec(this.text.slice(this.token.start));
        if (entry && this.at('@')) {
          this.advance();
          this.advance();
          if (!symbol.isParameter) throw new SondeError(`@entry can be used only for function parameters, not for variable "${name}"`);
          return { kind: 'entry value', symbol, block };
        }
        return { kind: 'variable', symbol, block };
      }
      case 'function':
        return { kind: 'function', symbol };
      case 'enumerator':
        return { kind: 'enumerator', symbol };
      case 'type':
        return { kind: 'type', type: symbol.type };
      case 'label':
        throw unknownSymbol(name, this.context);
    }
  }

  /** Of nested blocks the inner one decides where an expression makes sense. */
  #noteBlock(block: Block): void {
    for (let at = this.innermostBlock; at; at = at.parent) if (at === block) return;
    this.innermostBlock = block;
  }
}

const operandStarts = new Set(['(', '-', '+', '!', '~', '*', '&', '++', '--', '{', '::']);
const castWords: Record<string, 'cast' | 'reinterpret' | 'dynamic'> = {
  static_cast: 'cast',
  const_cast: 'cast',
  reinterpret_cast: 'reinterpret',
  dynamic_cast: 'dynamic',
};

/** `$`, `$$`, `$n`, `$$n`, or `$name`. */
function dollar(text: string): Node {
  if (text === '$') return { kind: 'history', from: 'last', number: 0 };
  if (text === '$$') return { kind: 'history', from: 'last', number: 1 };
  const match = /^\$(\$?)([0-9]+)$/.exec(text);
  if (match) return { kind: 'history', from: match[1] ? 'last' : 'first', number: Number(match[2]) };
  return { kind: 'dollar', name: text.slice(1) };
}

/** Another name of a function that debug info knows (`puts` of `_IO_puts`) has that function's type. */
function minimalNode(symbol: MinimalSymbol, context: EvaluationContext): Node {
  const known = symbol.kind === 'text' ? context.program.functionAt(symbol.address) : undefined;
  return known?.entry === symbol.address ? { kind: 'function', symbol: known } : { kind: 'minimal symbol', symbol };
}

/** There is no look-up of namespaces: any name inside tells. Only asked for an error's wording. */
function isNamespace(name: string, context: EvaluationContext): boolean {
  for (const { debug } of context.program.modules) {
    for (const candidate of debug?.allNames() ?? []) if (candidate.startsWith(`${name}::`)) return true;
  }
  return false;
}

function hasMember(type: Type, name: string): boolean {
  const plain = bare(type);
  if (plain.kind !== 'struct') return false;
  return (
    plain.members.some((member) => member.name === name || (member.name === undefined && hasMember(member.type, name))) ||
    plain.bases.some((base) => hasMember(base.type, name)) ||
    plain.methods.some((method) => method.name === name)
  );
}
