import { type CrashCommand, type CrashContext, crashResult, synopsisText } from './command.ts';

export const help: CrashCommand = {
  name: 'help',
  summary: 'get help',
  synopsis: '[command | input | output]',
  help: 'Without arguments the commands are listed.',
  run([topic], context) {
    if (topic === undefined) return listCommands(context);
    const command = context.commands.find(({ name }) => name === topic);
    const alias = context.session.aliases.get(topic);
    if (!command && alias) return context.execute(`help ${alias.line.split(' ')[0]}`);
    const text = command ? commandHelp(command) : (topics[topic] ?? `No help data for "${topic}" is available.\n`);
    const data = command && { name: command.name, summary: command.summary, synopsis: command.synopsis, help: command.help };
    context.emit({ kind: 'help', data: data ?? text, text: () => text });
  },
};

const commandHelp = (command: CrashCommand): string => {
  const description = command.help ? `\nDESCRIPTION\n${command.help.replace(/^(?=.)/gm, '  ')}\n` : '';
  return `\nNAME\n  ${command.name} - ${command.summary}\n\nSYNOPSIS\n${synopsisText(command)}\n${description}\n`;
};

const topics: Readonly<Record<string, string>> = {
  input: `
  A line is a command with its arguments. Numbers are hexadecimal where an address is meant, decimal for pids and counts.
  # begins a comment; !command runs a shell command; < file runs the lines of a file, as does the start-up option -x file.
  alias gives names to lines, repeat runs a command again and again, foreach runs it for many tasks.

`,
  output: `
  command | shell command   sends what the command says to a shell command.
  command > file            writes it to a file, >> at the end of one.
  command --json            says it as one line of JSON for each result.
  set scroll on, off        a screenful at a time.
  set radix 10, 16          how numbers in structures are shown.

`,
};

const columns = 5;

function listCommands({ commands, emit }: CrashContext): void {
  const names = commands.map(({ name }) => name).sort();
  const rows = Math.ceil(names.length / columns);
  const text = () => {
    const lines = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => (names[column * rows + row] ?? '').padEnd(15))
        .join('')
        .trimEnd(),
    );
    return `\n${lines.join('\n')}\n\nFor help on any command above, enter "help <command>".
For help on input options, enter "help input".
For help on output options, enter "help output".\n\n`;
  };
  emit(crashResult('commands', () => names, text));
}
