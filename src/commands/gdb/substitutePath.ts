import { SondeError } from '../../base/errors.ts';
import type { PathSubstitution } from '../../session/sources.ts';
import type { Command, CommandContext } from '../command.ts';

/** set, unset and show substitute-path: source folders that have moved since the compiler saw them. */
export const substitutePathCommands: readonly Command[] = [
  {
    name: 'set substitute-path',
    group: 'files',
    summary: 'Add a substitution rule to rewrite the source directories.',
    help: 'Usage: set substitute-path FROM TO\nAdd a substitution rule replacing FROM into TO in source file names.\nIf a substitution rule was previously set for FROM, the old rule\nis replaced by the new one.',
    completes: 'file',
    run: add,
  },
  {
    name: 'unset substitute-path',
    group: 'files',
    summary: 'Delete one or all substitution rules rewriting the source directories.',
    help: 'Usage: unset substitute-path [FROM]\nDelete the rule for substituting FROM in source directories.  If FROM\nis not specified, all substituting rules are deleted.\nIf the debugger cannot find a rule for FROM, it will display a warning.',
    completes: 'file',
    run: remove,
  },
  {
    name: 'show substitute-path',
    group: 'status',
    summary: 'Show one or all substitution rules rewriting the source directories.',
    help: 'Usage: show substitute-path [FROM]\nPrint the rule for substituting FROM in source directories. If FROM\nis not specified, print all substitution rules.',
    completes: 'file',
    run: show,
  },
];

const withoutSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path);

function add(args: string, { session }: CommandContext): void {
  const words = args.split(/\s+/).filter((word) => word !== '');
  if (words.length !== 2) throw new SondeError(`Incorrect usage, too ${words.length > 2 ? 'many' : 'few'} arguments in command`);
  const [from, to] = words.map(withoutSlash);
  const { sources } = session;
  sources.substitutions = [...sources.substitutions.filter((rule) => rule.from !== from), { from, to }];
}

async function remove(args: string, { session, query }: CommandContext): Promise<void> {
  const { sources } = session;
  const from = args.trim();
  if (from === '') {
    if (!(await query('Delete all source path substitution rules? '))) throw new SondeError('Canceled');
    sources.substitutions = [];
    return;
  }
  if (!sources.substitutions.some((rule) => rule.from === from)) throw new SondeError(`No substitution rule defined for \`${from}'`);
  sources.substitutions = sources.substitutions.filter((rule) => rule.from !== from);
}

function show(args: string, { session, emit }: CommandContext): void {
  const from = args.trim();
  const rules = session.sources.substitutions.filter((rule) => from === '' || rule.from === from);
  const title = from === '' ? 'List of all source path substitution rules:' : `Source path substitution rule matching \`${from}':`;
  emit({ kind: 'substitutions', data: rules, text: () => `${title}\n${rules.map(line).join('')}` });
}

const line = ({ from, to }: PathSubstitution): string => `  \`${from}' -> \`${to}'.\n`;
