/**
 * The import rule of docs/architecture.md: imports go down the storeys, never up; within a storey rooms know each other
 * only where `knows` says so. A violation's text names the room that was entered and why that is wrong.
 */
const rooms = {
  base: { knows: [], refuses: 'it is the ground: it knows no other room' },
  linux: { knows: ['base'], refuses: 'it is the ground: it must not know what its calls are used for' },
  arch: { knows: ['base'], refuses: 'it is tables about a processor and knows nothing else' },
  formats: { knows: ['base', 'arch'], refuses: 'it turns bytes into structures and must not know where they come from or who asks' },
  program: { knows: ['base', 'arch', 'formats'], refuses: 'it says what a program is, not how one runs' },
  targets: {
    knows: ['base', 'linux', 'arch', 'formats', 'program'],
    refuses: 'it is where memory and registers come from; it must not know commands, text or frames',
  },
  unwind: { knows: ['base', 'arch', 'formats', 'program', 'targets'], refuses: 'it makes frames and must not know who asks for them' },
  evaluate: {
    knows: ['base', 'arch', 'formats', 'program', 'targets', 'unwind'],
    refuses: 'it computes values and must not know breakpoints, threads or commands',
  },
  kernel: {
    knows: ['base', 'arch', 'formats', 'program', 'targets', 'unwind', 'evaluate'],
    refuses: 'it knows kernel structures, not how a dump is stored or shown',
  },
  memory: {
    knows: ['base', 'linux', 'arch', 'formats', 'program', 'targets', 'kernel'],
    refuses: 'it knows pages and heaps, not debugging',
  },
  session: {
    knows: ['base', 'linux', 'arch', 'formats', 'program', 'targets', 'unwind', 'evaluate', 'kernel'],
    refuses: 'it is one debugging session; words and protocols are above it',
  },
  commands: {
    knows: ['base', 'linux', 'arch', 'formats', 'program', 'targets', 'unwind', 'evaluate', 'kernel', 'memory', 'session'],
    refuses: 'a command returns a result; terminals, colours and sockets are the surfaces’',
  },
  surfaces: {
    knows: ['base', 'linux', 'session', 'commands'],
    refuses: 'it shows results and takes input; targets and formats are reached through a session',
  },
};

/** `node:` modules and the FFI by room: the middle of the house does no input or output, so it runs anywhere. */
const pureRooms = ['base', 'arch', 'formats', 'program', 'unwind', 'evaluate', 'kernel'];

/** What a room is to others. */
const nature = {
  base: 'the ground',
  linux: 'the operating system',
  arch: 'the processor’s tables',
  formats: 'file formats',
  program: 'programs and their symbols',
  targets: 'sources of memory and registers',
  unwind: 'frames',
  evaluate: 'expressions and values',
  kernel: 'Linux kernel structures',
  memory: 'memory analysis',
  session: 'the debugging session',
  commands: 'the vocabulary',
  surfaces: 'the outside of the house',
};

const source = (room) => ({ path: `^src/${room}/`, pathNot: '[.]test[.]ts$' });

const entrances = Object.entries(rooms).flatMap(([from, { knows, refuses }]) =>
  Object.keys(rooms)
    .filter((to) => to !== from && !knows.includes(to))
    .map((to) => ({
      name: `${from}-enters-${to}`,
      comment: `${from}/ entered ${to}/ (${nature[to]}): ${refuses}.`,
      severity: 'error',
      from: source(from),
      to: { path: `^src/${to}/` },
    })),
);

module.exports = {
  forbidden: [
    ...entrances,
    {
      name: 'room-enters-main',
      comment: 'A room entered src/main.ts: that is the front door, nothing inside may depend on it.',
      severity: 'error',
      from: { path: '^src/[^/]+/' },
      to: { path: '^src/main[.]ts$' },
    },
    {
      name: 'new-room',
      comment: `A folder of src/ that .dependency-cruiser.cjs does not know was entered: give it its storey there and in docs/architecture.md.`,
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(rooms).join('|')})/` },
    },
    ...pureRooms.map((room) => ({
      name: `${room}-does-io`,
      comment: `${room}/ imported a node: module: bytes are handed in, this room does no input or output of its own.`,
      severity: 'error',
      from: source(room),
      // node:module only loads a package when it is first needed.
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?module$' },
    })),
    {
      name: 'ffi-outside-linux',
      comment: 'koffi was imported outside of linux/: that is the only room that calls the operating system directly.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/linux/' },
      to: { path: '(^|/)koffi(/|$)' },
    },
    {
      name: 'unresolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
