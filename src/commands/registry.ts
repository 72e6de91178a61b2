import { SondeError } from '../base/errors.ts';
import { wrapPoint } from '../base/wrap.ts';
import type { Session } from '../session/session.ts';
import { type Command, type Need, textResult } from './command.ts';

/** A command found for a line, and what follows its name. */
export interface Found {
  readonly command: Command;
  /** Without surrounding blanks. `print/x foo` gives `/x foo`. */
  readonly args: string;
}

/** A word of the command language and the words that may follow it: `info` → `breakpoints`, `line`, … */
interface Node {
  readonly children: Map<string, Node>;
  /** Of this word itself: undefined for a pure prefix. */
  command: Command | undefined;
  /** Short forms that win although they are ambiguous: `s` for step. */
  readonly aliases: Map<string, Node>;
  readonly path: string;
}

/** Characters of a command's name; anything else ends it: `x/4w`, `!ls`, `p*a`. */
const nameCharacters = /^[A-Za-z0-9_.-]+/;

/**
 * The vocabulary: finds commands by name, alias or unambiguous prefix, word by word (gdb's lookup_cmd). The rule lives here and nowhere else.
 */
export class Registry {
  readonly #root: Node = newNode('');
  readonly #commands: Command[] = [];

  constructor(commands: readonly Command[] = []) {
    for (const command of commands) this.add(command);
  }

  get commands(): readonly Command[] {
    return this.#commands;
  }

  /** A command of the same name is replaced: `define` may do that. */
  add(command: Command): void {
    const old = this.#commands.findIndex(({ name }) => name === command.name);
    if (old >= 0) this.#commands.splice(old, 1);
    this.#commands.push(command);
    const words = command.name.split(' ');
    const node = this.#grow(words);
    node.command = command;
    for (const alias of command.aliases ?? []) {
      const aliasWords = alias.split(' ');
      const parent = this.#grow(aliasWords.slice(0, -1));
      parent.aliases.set(aliasWords[aliasWords.length - 1], node);
    }
  }

  #grow(words: readonly string[]): Node {
    let node = this.#root;
    for (const word of words) {
      let child = node.children.get(word) ?? node.aliases.get(word);
      if (!child) {
        child = newNode(node.path === '' ? word : `${node.path} ${word}`);
        node.children.set(word, child);
      }
      node = child;
    }
    return node;
  }

  /** Is this exactly a command's name or alias? */
  has(name: string): boolean {
    return this.#commands.some((command) => command.name === name || command.aliases?.includes(name));
  }

  /** Undefined for an empty line or a comment. Throws gdb's `Undefined command` and `Ambiguous command`. */
  find(line: string): Found | undefined {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return undefined;
    if (text.startsWith('!'))
      return { command: this.#root.aliases.get('!')?.command ?? this.#undefined('', text), args: text.slice(1).trim() };
    if (text.startsWith('|'))
      return { command: this.#root.aliases.get('|')?.command ?? this.#undefined('', text), args: text.slice(1).trim() };
    let node = this.#root;
    let rest = text;
    for (;;) {
      const word = nameCharacters.exec(rest)?.[0];
      const next = word === undefined ? undefined : this.#step(node, word);
      if (!next) {
        if (node === this.#root) this.#undefined('', word ?? text);
        if (word !== undefined && (!node.command || node.command.prefixOnly)) this.#undefined(node.path, word);
        break;
      }
      node = next;
      rest = rest.slice((word as string).length).trimStart();
      if (node.children.size === 0) break;
    }
    return { command: node.command ?? prefixCommand(node.path), args: rest.trim() };
  }

  /** Sub-commands of a prefix word, not those of its sub-commands. */
  under(prefix: string): Command[] {
    const isDirect = ({ name }: Command) => name.startsWith(`${prefix} `) && !name.slice(prefix.length + 1).includes(' ');
    return this.#commands.filter(isDirect).sort(byName);
  }

  /** Names that may complete the last word of a partly typed line; undefined when the line already reaches a command's arguments. */
  completeName(line: string): { readonly words: readonly string[]; readonly from: number } | undefined {
    let node = this.#root;
    let from = line.length - line.trimStart().length;
    for (;;) {
      const rest = line.slice(from);
      const word = nameCharacters.exec(rest)?.[0] ?? '';
      if (from + word.length === line.length) {
        const names = [
          ...node.children.keys(),
          ...[...node.aliases].filter(([name, target]) => !target.path.split(' ').at(-1)?.startsWith(name)).map(([name]) => name),
        ];
        if (node.children.size === 0) return undefined;
        return { words: [...new Set(names.filter((name) => name.startsWith(word)))].sort(), from };
      }
      let next: Node | undefined;
      try {
        next = word === '' ? undefined : this.#step(node, word);
      } catch {
        return { words: [], from };
      }
      if (!next) return undefined;
      node = next;
      from += word.length;
      from += line.slice(from).length - line.slice(from).trimStart().length;
      if (!/\s/.test(line[from - 1] ?? '')) return undefined;
    }
  }

  /** Undefined: the word is no sub-command here. Throws where it is ambiguous. */
  #step(node: Node, word: string): Node | undefined {
    const exact = node.children.get(word) ?? node.aliases.get(word);
    if (exact) return exact;
    const names = [...node.children.keys()].filter((name) => name.startsWith(word));
    const aliases = [...node.aliases].filter(([name]) => name.startsWith(word));
    const targets = new Set([...names.map((name) => node.children.get(name) as Node), ...aliases.map(([, target]) => target)]);
    if (targets.size === 0) return undefined;
    if (targets.size === 1) return [...targets][0];
    const all = [...names, ...aliases.map(([name]) => name)].sort();
    const prefix = node.path === '' ? '' : `${node.path} `;
    throw new SondeError(`Ambiguous ${prefix}command "${word}": ${listSome(all)}.`);
  }

  #undefined(path: string, word: string): never {
    const prefix = path === '' ? '' : `${path} `;
    throw new SondeError(`Undefined ${prefix}command: "${word}".  Try "help${path === '' ? '' : ` ${path}`}".`);
  }
}

/** A word that only leads to others lists them. */
export const prefixCommand = (name: string, more: Partial<Command> = {}): Command => ({
  name,
  group: 'support',
  summary: `Generic command for ${name} commands.`,
  prefixOnly: true,
  run: (_, { registry, emit }) => emit(textResult(subcommandList(registry, name))),
  ...more,
});

/** What `info` alone prints, and `help info` after its own text. */
export function subcommandList(registry: Registry, path: string): string {
  const point = wrapPoint(0);
  const more = `Type "help ${path}" followed by ${path} subcommand name for ${point}full ${point}documentation.`;
  return `List of ${path} subcommands:\n\n${commandLines(registry.under(path))}\n${more}\n${helpFooter}`;
}

/** Aliases from long to short, as gdb lists them. */
export const namesOf = ({ name, aliases = [] }: Command): string[] => [name, ...[...aliases].sort((a, b) => b.length - a.length)];

/** `info frame, info f -- All about the selected stack frame.` */
export const commandLines = (commands: readonly Command[]): string =>
  [...commands]
    .sort(byName)
    .map((command) => `${namesOf(command).join(`, ${wrapPoint(3)}`)} -- ${command.summary}\n`)
    .join('');

export const helpFooter = `Type "apropos word" to search for commands related to "word".
Type "apropos -v word" for full documentation of commands related to "word".
Command name abbreviations are allowed if unambiguous.
`;

const newNode = (path: string): Node => ({ children: new Map(), aliases: new Map(), command: undefined, path });
const byName = (a: Command, b: Command): number => (a.name < b.name ? -1 : 1);

/** gdb prints as many as fit in its buffer of 100 characters. */
function listSome(names: readonly string[]): string {
  let text = '';
  for (const name of names) {
    if (text.length + name.length + 6 > 100) return `${text}..`;
    text += text === '' ? name : `, ${name}`;
  }
  return text;
}

/** What must be there for a command to make sense: gdb's error texts, checked before it runs. */
export function checkNeeds(needs: readonly Need[] | undefined, session: Session): void {
  for (const need of needs ?? []) {
    const message = missing[need](session);
    if (message) throw new SondeError(message);
  }
}

const missing: Readonly<Record<Need, (session: Session) => string | false>> = {
  process: ({ live }) => !live && 'The program is not being run.',
  registers: ({ target }) => !target && 'The program has no registers now.',
  stack: ({ innermostFrame }) => !innermostFrame && 'No stack.',
  frame: ({ innermostFrame, selectedFrame }) => (!innermostFrame ? 'No stack.' : !selectedFrame && 'No frame selected.'),
  thread: ({ selectedThread }) => !selectedThread && 'No thread selected.',
};
