import { type LoadedModule, loadedModules } from '../../kernel/modules.ts';
import { type CrashCommand, crashResult } from './command.ts';
import { parseOptions } from './options.ts';
import { pointer } from './taskText.ts';

export const mod: CrashCommand = {
  name: 'mod',
  summary: 'module information',
  synopsis: '[-t]',
  help: `The modules that are loaded: struct module, name, where the code begins, size. Their symbols and types come from the kernel's memory,
so there are no object files to load.
  -t  only those that taint the kernel, and how.`,
  run(args, { session: { kernel }, emit }) {
    const options = parseOptions(args, 't');
    const modules = loadedModules(kernel).sort((a, b) => (baseOf(a) < baseOf(b) ? -1 : 1));
    const data = () =>
      modules.map((one) => ({
        module: `0x${one.object.address.toString(16)}`,
        name: one.name,
        base: `0x${baseOf(one).toString(16)}`,
        size: sizeOf(one),
      }));
    if (!options.has('t')) {
      const heading = '     MODULE       NAME                         BASE          SIZE  OBJECT FILE\n';
      emit(crashResult('modules', data, () => heading + modules.map(line).join('')));
      return;
    }
    const tainting = modules.map((one) => ({ name: one.name, taints: one.object.value('taints') })).filter(({ taints }) => taints !== 0n);
    const rows = () => tainting.map(({ name, taints }) => `${name.padEnd(20)} ${taints.toString(16)}\n`).join('');
    emit(
      crashResult(
        'tainting modules',
        () => tainting.map(({ name, taints }) => ({ name, taints: `0x${taints.toString(16)}` })),
        () => (tainting.length === 0 ? 'no tainted modules\n' : `NAME                 TAINTS\n${rows()}`),
      ),
    );
  },
};

const baseOf = ({ regions }: LoadedModule): bigint => regions[0]?.base ?? 0n;
const sizeOf = ({ regions }: LoadedModule): number => regions[0]?.size ?? 0;

const line = (one: LoadedModule): string =>
  `${pointer(one.object.address)}  ${one.name.padEnd(21)}  ${pointer(baseOf(one))}  ${String(sizeOf(one)).padStart(6)}  (not loaded)  [CONFIG_KALLSYMS]\n`;
