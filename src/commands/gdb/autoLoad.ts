import type { Command } from '../command.ts';

/** Which folders are trusted with scripts that are read unasked; the settings themselves are rows of the table. */
export const autoLoadCommands: readonly Command[] = [
  {
    name: 'add-auto-load-safe-path',
    group: 'support',
    summary: 'Add entries to the list of directories from which it is safe to auto-load files.',
    help: 'Usage: add-auto-load-safe-path [FILE|DIRECTORY|PATTERN]...\nEntries are separated by colons; with none the list becomes the default one again.',
    completes: 'file',
    run: (args, { session: { settings } }) => {
      const known = settings.text('auto-load safe-path');
      settings.set('auto-load safe-path', args === '' ? '$debugdir' : [known, args].filter((part) => part !== '').join(':'));
    },
  },
];
