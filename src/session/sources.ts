import { existsSync, readFileSync } from 'node:fs';
import { basename, isAbsolute, join, normalize } from 'node:path';
import type { SourceFile } from '../program/symbols.ts';
import type { Settings } from './settings.ts';

export interface PathSubstitution {
  readonly from: string;
  readonly to: string;
}

/** Where sources are looked for unless `directory` says more. */
export const defaultSourcePath: readonly string[] = ['$cdir', '$cwd'];

/** Source text by file, found along gdb's source path: `directory`'s folders, then the compilation directory, then the current one. */
export class SourceCache {
  readonly #settings: Settings;
  readonly #found = new Map<string, string | undefined>();
  readonly #lines = new Map<string, readonly string[]>();
  #path = defaultSourcePath;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Where files are looked for, in order: folders, `$cdir` for the compilation directory, `$cwd`. */
  get path(): readonly string[] {
    return this.#path;
  }
  set path(path: readonly string[]) {
    this.#path = path;
    this.#found.clear();
    this.#lines.clear();
  }

  /** Rules of `set substitute-path`, the first that fits counts. */
  get substitutions(): readonly PathSubstitution[] {
    return this.#substitutions;
  }
  set substitutions(rules: readonly PathSubstitution[]) {
    this.#substitutions = rules;
    this.#found.clear();
  }
  #substitutions: readonly PathSubstitution[] = [];

  /** Where the file is; undefined when it can't be found. */
  find(file: SourceFile): string | undefined {
    const key = `${file.directory}\0${file.name}`;
    if (!this.#found.has(key)) this.#found.set(key, this.#search(file));
    return this.#found.get(key);
  }

  /** The file's lines without their ends; undefined when it can't be found or read. */
  lines(file: SourceFile): readonly string[] | undefined {
    const path = this.find(file);
    if (path === undefined) return undefined;
    let lines = this.#lines.get(path);
    if (!lines) {
      try {
        const text = readFileSync(path, 'utf8');
        const split = text.split(/\r?\n/);
        if (split[split.length - 1] === '') split.pop();
        lines = split;
      } catch {
        return undefined;
      }
      this.#lines.set(path, lines);
    }
    return lines;
  }

  /** `18\t    for (…) {\n`; where the file is missing `18\tin t.c\n`, the first time with the reason. Past the end: `99\tin t.c`. */
  lineText(file: SourceFile, line: number): string {
    const lines = this.lines(file);
    if (!lines) {
      const name = this.displayName(file);
      if (this.#reported === file) return `${line}\tin ${name}\n`;
      this.#reported = file;
      return `${line}\t${name}: No such file or directory.\n`;
    }
    this.#reported = undefined;
    const text = lines[line - 1];
    return text === undefined ? `${line}\tin ${this.displayName(file)}\n` : `${line}\t${visible(text)}\n`;
  }
  #reported: SourceFile | undefined;

  /** The libraries are others now: what is missing of theirs is worth telling again. */
  forgetReport(isOfProgram: (file: SourceFile) => boolean): void {
    if (this.#reported && !isOfProgram(this.#reported)) this.#reported = undefined;
  }

  /** As `set filename-display` wants it. */
  displayName(file: SourceFile): string {
    switch (this.#settings.text('filename-display')) {
      case 'basename':
        return basename(file.name);
      case 'absolute':
        return file.fullName;
      default:
        return file.name;
    }
  }

  /** A rule holds for a whole folder: `/usr/src` is no part of `/usr/src2`. */
  #substituted(path: string): string {
    const rule = this.#substitutions.find(({ from }) => path === from || path.startsWith(`${from}/`));
    return rule ? rule.to + path.slice(rule.from.length) : path;
  }

  #search(file: SourceFile): string | undefined {
    const name = this.#substituted(file.name);
    const folders: Readonly<Record<string, string>> = { $cdir: this.#substituted(file.directory), $cwd: process.cwd() };
    const places = this.#path.map((place) => place.replace(/^\$c(dir|wd)(?=\/|$)/, (variable) => folders[variable]));
    if (isAbsolute(name) && existsSync(name)) return name;
    for (const place of places) {
      const path = isAbsolute(name) ? join(place, name) : normalize(join(place, name));
      if (existsSync(path)) return path;
    }
    for (const place of places) {
      const path = join(place, basename(file.name));
      if (existsSync(path)) return path;
    }
    return existsSync(file.fullName) ? file.fullName : undefined;
  }
}

/** Control characters as gdb shows them: `^[`; tabs stay. */
const visible = (text: string): string =>
  text.replace(/[\0-\x08\x0a-\x1f]/g, (letter) => `^${String.fromCharCode(letter.charCodeAt(0) + 64)}`);
