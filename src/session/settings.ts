import { SondeError } from '../base/errors.ts';
import { settingTable } from './settingTable.ts';

/**
 * `set` and `show`: every setting is a row of `settingTable`; this keeps their values. Numbers use Infinity for `unlimited`.
 */
export interface SettingInfo {
  /** `print elements`: what follows `set` and `show`. */
  readonly name: string;
  readonly kind: SettingKind;
  readonly initial: SettingValue;
  /** `Set`/`Show` line of help without the verb: `whether to confirm potentially dangerous operations.` */
  readonly doc: string;
  /** What `show` prints, a whole sentence; `%` stands for the value. */
  readonly show: string;
  /** Of `enum`. */
  readonly choices?: readonly string[];
  /** `show` only. */
  readonly readOnly?: boolean;
}

/**
 * - boolean: on/off
 * - auto: on/off/auto
 * - unsigned: 0 and `unlimited` mean no limit; integer: any; count: negative is refused, -1 may be unlimited
 * - enum, string, filename (may be empty), required filename
 */
export type SettingKind = 'boolean' | 'auto' | 'unsigned' | 'integer' | 'zero unlimited' | 'count' | 'enum' | 'string' | 'filename';
export type SettingValue = boolean | number | string;

export class Settings {
  readonly #values = new Map<string, SettingValue>();
  readonly #listeners = new Map<string, (() => void)[]>();
  /** How often something was set: what was derived from settings is still right while this is the same. */
  changes = 0;

  get table(): readonly SettingInfo[] {
    return settingTable;
  }

  find(name: string): SettingInfo | undefined {
    return byName.get(name);
  }

  get(name: string): SettingValue {
    return this.#values.get(name) ?? require(name).initial;
  }
  boolean(name: string): boolean {
    return this.get(name) === true;
  }
  number(name: string): number {
    return this.get(name) as number;
  }
  text(name: string): string {
    return this.get(name) as string;
  }

  set(name: string, value: SettingValue): void {
    require(name);
    this.#values.set(name, value);
    this.changes++;
    for (const listener of this.#listeners.get(name) ?? []) listener();
  }

  /** Sets from what the user typed; throws gdb's sentences. */
  setFromText(name: string, text: string): void {
    const setting = require(name);
    if (setting.readOnly) throw new SondeError(`Cannot set ${name}.`);
    this.set(name, parseSetting(setting, text));
  }
  /** What the user's text would set it to; throws gdb's sentences. */
  parse(name: string, text: string): SettingValue {
    return parseSetting(require(name), text);
  }

  /** As `show` and `$_gdb_setting_str` print it: `on`, `unlimited`, `200`. */
  display(name: string): string {
    const value = this.get(name);
    if (typeof value === 'boolean') return value ? 'on' : 'off';
    return value === Infinity ? 'unlimited' : String(value);
  }

  showText(name: string): string {
    return require(name).show.replaceAll('%', () => this.display(name));
  }

  onChange(name: string, listener: () => void): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }
}

const byName = new Map(settingTable.map((setting) => [setting.name, setting]));

function require(name: string): SettingInfo {
  const setting = byName.get(name);
  if (!setting) throw new Error(`no setting is called ${name}`);
  return setting;
}

const truth: Readonly<Record<string, boolean>> = {
  on: true,
  yes: true,
  '1': true,
  enable: true,
  off: false,
  no: false,
  '0': false,
  disable: false,
};

function parseSetting(setting: SettingInfo, raw: string): SettingValue {
  const text = raw.trim();
  switch (setting.kind) {
    case 'boolean':
      return parseBoolean(text);
    case 'auto':
      if (text !== '' && ['auto', '-1'].some((word) => word.startsWith(text)) && text !== '-') return 'auto';
      try {
        return parseBoolean(text) ? 'on' : 'off';
      } catch {
        throw new SondeError('"on", "off" or "auto" expected.');
      }
    case 'unsigned':
    case 'integer':
    case 'zero unlimited':
    case 'count':
      return parseNumber(setting, text);
    case 'enum':
      return parseChoice(setting, text);
    default:
      return text;
  }
}

function parseBoolean(text: string): boolean {
  if (text === '') return true;
  const matches = new Set(
    Object.keys(truth)
      .filter((word) => word.startsWith(text))
      .map((word) => truth[word]),
  );
  if (matches.size !== 1 || text === 'o') throw new SondeError('"on" or "off" expected.');
  return [...matches][0];
}

function parseNumber({ kind }: SettingInfo, text: string): number {
  if (text === '')
    throw new SondeError(
      kind === 'unsigned' ? 'Argument required (integer to set it to, or "unlimited").' : 'Argument required (integer to set it to.).',
    );
  if (kind !== 'integer' && text.length > 0 && 'unlimited'.startsWith(text)) return Infinity;
  if (!/^[-+]?(0x[0-9a-f]+|\d+)$/i.test(text))
    throw new SondeError(/^[A-Za-z_]\w*$/.test(text) ? `No symbol "${text}" in current context.` : `Invalid number "${text}".`);
  const value = text.startsWith('-') ? -Number(text.slice(1)) : Number(text);
  if (kind === 'unsigned') {
    if (value < 0) throw new SondeError('integer -1 out of range'.replace('-1', String(value)));
    return value === 0 ? Infinity : value;
  }
  if (kind === 'zero unlimited' && value === 0) return Infinity;
  if (kind === 'count' && value === -1) return Infinity;
  if (kind === 'count' && value < 0) throw new SondeError('only -1 is allowed to set as unlimited');
  return value;
}

function parseChoice({ choices = [] }: SettingInfo, text: string): string {
  if (text === '') throw new SondeError(`Requires an argument. Valid arguments are ${choices.join(', ')}.`);
  if (choices.includes(text)) return text;
  const matches = choices.filter((choice) => choice.startsWith(text));
  if (matches.length === 0) throw new SondeError(`Undefined item: "${text}".`);
  if (matches.length > 1) throw new SondeError(`Ambiguous item "${text}".`);
  return matches[0];
}
