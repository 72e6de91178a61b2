import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A command file: what both debuggers are fed, in units that are compared one by one. */
export interface PeerScript {
  readonly name: string;
  /** Names of programs built from examples/ and test/programs/, or paths of installed ones. */
  readonly programs: readonly string[];
  readonly variants: readonly string[];
  /** What follows the program on the command line: `-c core`, `-ex …`. */
  readonly options: readonly string[];
  /** A unit is a command with its body (`commands` … `end`) and the empty lines that repeat it. */
  readonly commands: readonly string[];
}

export const allVariants = ['gcc-O0', 'gcc-Og', 'gcc-O2', 'clang-O0', 'clang-Og', 'clang-O2'] as const;

/** Every script: those in scripts/, and the demo's session. */
export function scriptPaths(root: string): string[] {
  const folder = join(root, 'test/peer/scripts');
  const names = readdirSync(folder).filter((name) => name.endsWith('.gdb'));
  return [join(root, 'examples/session.gdb'), ...names.sort().map((name) => join(folder, name))];
}

const opensBody = /^\s*(commands|define|document|if|while|python)\b/;

/**
 * Reads `# programs:`, `# variants:` and `# options:` (lines at the top) and the commands. `<enter>` is an empty line: it repeats the
 * command before it. Other lines with `#` are comments; blank lines separate.
 */
export function readScript(path: string): PeerScript {
  const header = new Map<string, string[]>();
  const commands: string[] = [];
  let depth = 0;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const field = /^#\s*(programs|variants|options):\s*(.*)$/.exec(line);
    if (field) header.set(field[1], field[2].split(/\s+/).filter(Boolean));
    if (line.startsWith('#') || line.trim() === '') continue;
    const text = line === '<enter>' ? '' : line;
    if (depth > 0 || line === '<enter>') commands.push(`${commands.pop()}\n${text}`);
    else commands.push(text);
    if (opensBody.test(line)) depth++;
    else if (depth > 0 && line.trim() === 'end') depth--;
  }
  const programs = header.get('programs');
  if (!programs) throw new Error(`${path}: no \`# programs:\` line`);
  const named = header.get('variants') ?? ['all'];
  const variants = named[0] === 'all' ? allVariants : named;
  return { name: basename(path, '.gdb'), programs, variants, options: header.get('options') ?? [], commands };
}
