import { SondeError } from '../../base/errors.ts';
import { type CrashCommand, type CrashContext, UsageError } from './command.ts';
import { showAddress } from './kmemAddress.ts';
import { hugePagePools, memoryUse, pageFlags, perCpuOffsets, statisticsOfAll, zoneStatistics } from './kmemInfo.ts';
import { freeMemory, freePagesOf, nodes, vmallocAreas } from './kmemLists.ts';
import { allPages, pagesAt } from './kmemPages.ts';
import { slabReferences } from './kmemSlabs.ts';
import { parseOptions } from './options.ts';

/** Letters of which only one may be given, and what each shows; words that follow are addresses, names or flags. */
const views: readonly {
  readonly letter: string;
  readonly takesWords: boolean;
  readonly run: (words: readonly string[], context: CrashContext) => void;
}[] = [
  { letter: 'i', takesWords: false, run: (_, context) => memoryUse(context) },
  { letter: 'f', takesWords: true, run: (words, context) => (words.length > 0 ? freePagesOf(words, context) : freeMemory(false, context)) },
  { letter: 'F', takesWords: false, run: (_, context) => freeMemory(true, context) },
  { letter: 'v', takesWords: true, run: vmallocAreas },
  { letter: 'V', takesWords: false, run: (_, context) => statisticsOfAll(context) },
  { letter: 'o', takesWords: false, run: (_, context) => perCpuOffsets(context) },
  { letter: 'h', takesWords: false, run: (_, context) => hugePagePools(context) },
  { letter: 'p', takesWords: true, run: (words, context) => (words.length > 0 ? pagesAt(words, context) : allPages(context)) },
  { letter: 'g', takesWords: true, run: pageFlags },
];

export const kmem: CrashCommand = {
  name: 'kmem',
  summary: 'kernel memory',
  synopsis: `[-f|-F|-c|-C|-i[=shared]|-v|-V|-n|-z|-o|-h] [-p | -m member[,member]]
     [[-s|-S|-S=cpu[s]|-r] [slab] [-I slab[,slab]]] [-g [flags]] [[-P] address]]`,
  help: `How the kernel uses memory, and what an address belongs to.

  address  what it is: a symbol, an object of a slab cache, a task or its stack, a range of vmalloc, a page.
  -P addr  the address is physical, whatever it looks like.
  -i       memory in use, as "free" and /proc/meminfo tell it.
  -f       free blocks by zone, order and migrate type; with an address, the block that it is in.     -F  each block.
  -p       every page frame, or those of the addresses.    -g flags  the names of a page's flags.
  -s name  slab caches, or one, or the one of an address.  -S  every slab and object of it; -S=0,1 of these CPUs.
  -I a,b   without these caches.
  -v       ranges of vmalloc.          -n  memory nodes, zones, sections, blocks.    -z  zones and their counters.
  -V       counters of zones, nodes and events.   -h  pools of huge pages.   -o  where each CPU's variables are.`,
  run(args, context) {
    const words = args.map((word) => (word.startsWith('-i=') ? '-i' : word));
    const cpus = words.find((word) => word.startsWith('-S='))?.slice(3);
    const options = parseOptions(
      words.map((word) => (word.startsWith('-S=') ? '-S' : word)),
      'fFcCivVnzohpm:sSrI:gP:L:',
    );
    const { rest } = options;
    const missing = ['c', 'C', 'r', 'm', 'L'].find((letter) => options.has(letter));
    if (missing) throw new SondeError(`-${missing} option not supported or applicable on this architecture or kernel`);
    const asked = views.filter(({ letter }) => options.has(letter));
    const slabs = options.has('S') ? 'S' : options.has('s') ? 's' : undefined;
    if (asked.length + (slabs ? 1 : 0) > 1) throw new UsageError('only one flag allowed!');
    if (asked.some(({ takesWords }) => !takesWords) && rest.length > 0)
      throw new UsageError('no address arguments allowed with this option');
    if (options.has('n')) nodes(context);
    if (options.has('z')) zoneStatistics(context);
    for (const { run } of asked) run(rest, context);
    if (slabs) return slabReferences({ words: rest, everything: slabs === 'S', ignored: options.value('I')?.split(','), cpus }, context);
    if (asked.length > 0 || options.has('n') || options.has('z')) return;
    const physical = options.value('P');
    if (physical !== undefined) return showAddress(physical, true, context);
    if (rest.length === 0) throw new UsageError('');
    for (const word of rest) showAddress(word, false, context);
  },
};
