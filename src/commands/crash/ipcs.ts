import { type IpcKind, type IpcObject, ipcObjects } from '../../kernel/ipcObjects.ts';
import { type CrashCommand, crashResult } from './command.ts';
import { parseOptions } from './options.ts';
import { taskNamed } from './taskSelection.ts';
import { pointer } from './taskText.ts';

/** How each kind is shown: crash's order, heading, and what follows the permissions. */
const tables: readonly {
  readonly kind: IpcKind;
  readonly letters: string;
  readonly heading: string;
  readonly rest: (found: IpcObject) => string;
  readonly facts: (found: IpcObject) => Record<string, unknown>;
}[] = [
  {
    kind: 'memory',
    letters: 'mM',
    heading: 'SHMID_KERNEL     KEY      SHMID      UID   PERMS BYTES      NATTCH STATUS\n',
    rest: ({ object, mode }) =>
      `${String(object.number('shm_segsz')).padEnd(10)} ${String(object.number('shm_nattch')).padEnd(6)} ${statusText(mode)}`,
    facts: ({ object }) => ({ bytes: object.number('shm_segsz'), attached: object.number('shm_nattch') }),
  },
  {
    kind: 'semaphores',
    letters: 's',
    heading: 'SEM_ARRAY        KEY      SEMID      UID   PERMS NSEMS     \n',
    rest: ({ object }) => String(object.number('sem_nsems')).padEnd(10),
    facts: ({ object }) => ({ semaphores: object.number('sem_nsems') }),
  },
  {
    kind: 'messages',
    letters: 'q',
    heading: 'MSG_QUEUE        KEY      MSQID      UID   PERMS USED-BYTES   MESSAGES    \n',
    rest: ({ object }) => `${String(object.number('q_cbytes')).padEnd(12)} ${String(object.number('q_qnum')).padEnd(12)}`,
    facts: ({ object }) => ({ bytes: object.number('q_cbytes'), messages: object.number('q_qnum') }),
  },
];

/** SHM_DEST, SHM_LOCKED (include/linux/shm.h). */
const statusText = (mode: number): string =>
  [mode & 0o1000 ? 'dest' : '', mode & 0o2000 ? 'locked' : ''].filter((word) => word !== '').join(' ');

export const ipcs: CrashCommand = {
  name: 'ipcs',
  summary: 'System V IPC facilities',
  synopsis: '[-smMq] [-n pid|task] [id | addr]',
  help: `Shared memory, semaphores and message queues; with an id or an address only that one.
  -m, -s, -q  only shared memory, semaphores, message queues.
  -n          those of this task's namespace.`,
  run(args, { session, emit }) {
    const options = parseOptions(args, 'smMqn:');
    const { kernel } = session;
    const task = options.value('n');
    const proxy = task === undefined ? undefined : taskNamed(session, task).object.follow('nsproxy', 'nsproxy');
    const namespace = proxy ? proxy.pointer('ipc_ns') : kernel.symbol('init_ipc_ns');
    const [word] = options.rest;
    const chosen = tables.filter(({ letters }) => [...letters].some((letter) => options.has(letter)));
    let any = false;
    for (const { kind, heading, rest, facts } of chosen.length > 0 ? chosen : tables) {
      const list = ipcObjects(kernel, namespace, kind).filter((found) => word === undefined || isNamed(found, word));
      if (word !== undefined && list.length === 0) continue;
      any = true;
      const lines = list.map((found) => `${lineStart(found)} ${rest(found)}\n`);
      emit(
        crashResult(
          kind,
          () => list.map((found) => ({ id: found.id, key: found.key, uid: found.uid, mode: found.mode.toString(8), ...facts(found) })),
          () => `${heading}${list.length === 0 ? '(none allocated)\n' : lines.join('')}\n`,
        ),
      );
    }
    if (!any) emit({ kind: 'text', data: null, text: () => `invalid id or address: ${word}\n\n` });
  },
};

const lineStart = ({ object, key, id, uid, mode }: IpcObject): string =>
  `${pointer(object.address)} ${key.toString(16).padStart(8, '0')} ${String(id).padEnd(10)} ${String(uid).padEnd(5)} ${(mode & 0o777).toString(8).padEnd(5)}`;

const isNamed = ({ id, object }: IpcObject, word: string): boolean =>
  String(id) === word || pointer(object.address) === word.replace(/^0x/, '');
