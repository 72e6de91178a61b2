import type { Kernel } from '../../kernel/kernel.ts';
import {
  type FreeList,
  freeLists,
  type MemoryNode,
  memoryBlocks,
  memoryNodes,
  memorySections,
  pagesPerSection,
  type Zone,
} from '../../kernel/memoryNodes.ts';
import { pageStructure } from '../../kernel/pageFrame.ts';
import { type VirtualArea, virtualAreas } from '../../kernel/virtualAreas.ts';
import { type CrashContext, crashResult, UsageError } from './command.ts';
import { pointer } from './taskText.ts';

const pageSize = 4096;
const zoneHeader = 'ZONE  NAME        SIZE    FREE      MEM_MAP       START_PADDR  START_MAPNR\n';

/** `kmem -f`, and with every block `kmem -F`. */
export function freeMemory(everyBlock: boolean, { session: { kernel }, emit }: CrashContext): void {
  let counted = 0;
  const zones = memoryNodes(kernel).flatMap((node) => node.zones.map((zone) => ({ node, zone })));
  for (const { node, zone } of zones) {
    const lists = zone.spanned > 0 ? [...freeLists(zone)] : [];
    const free = lists.reduce((sum, { pages, order }) => sum + pages.length * 2 ** order, 0);
    counted += free;
    emit(
      crashResult(
        'free memory',
        () => ({
          node: node.id,
          zone: zone.name,
          free,
          lists: lists.map(({ order, head, pages }) => ({
            order,
            head: `0x${pointer(head)}`,
            blocks: everyBlock ? pages.map((page) => `0x${pointer(page)}`) : pages.length,
          })),
        }),
        () => `${zoneHeader}${zoneLine(kernel, node, zone)}${everyBlock ? lists.map(blockText).join('') : listTable(lists)}\n`,
      ),
    );
  }
  const said = Number(kernel.word(kernel.symbol('vm_zone_stat')));
  const verdict = said === counted ? 'verified' : `found ${counted}`;
  emit(
    crashResult(
      'free pages',
      () => ({ counter: said, counted }),
      () => `nr_free_pages: ${said}  (${verdict})\n`,
    ),
  );
}

function zoneLine(kernel: Kernel, node: MemoryNode, zone: Zone): string {
  const isThere = zone.spanned > 0;
  const free = Number(kernel.word(zone.object.addressOf('vm_stat')));
  const map = isThere ? pointer(pageStructure(kernel, zone.start * pageSize)?.address ?? 0n) : centred('0', 16);
  const physical = isThere ? (zone.start * pageSize).toString(16) : '0';
  const number = isThere ? zone.start - node.start : 0;
  return `${String(zone.index).padStart(3)}   ${zone.name.padEnd(9)} ${String(zone.spanned).padStart(7)} ${String(free).padStart(7)}  ${map} ${centred(physical, 14)} ${centred(String(number), 12)}\n`;
}

/** As crash centres: one more blank after than before where it does not come out even. */
function centred(text: string, width: number): string {
  const left = Math.floor((width - text.length) / 2);
  return `${' '.repeat(Math.max(left, 0))}${text}`.padEnd(width);
}

const areaCell = ({ order, head }: FreeList): string =>
  `${String(order).padStart(3)}  ${`${4 * 2 ** order}k`.padStart(7)}  ${pointer(head)}`;

const listTable = (lists: readonly FreeList[]): string =>
  lists.length === 0
    ? ''
    : `AREA    SIZE  FREE_AREA_STRUCT  BLOCKS  PAGES\n${lists
        .map((list) => `${areaCell(list)}  ${blockCount(list)}  ${String(list.pages.length * 2 ** list.order).padStart(5)}\n`)
        .join('')}`;

const blockCount = ({ pages }: FreeList): string => String(pages.length).padStart(6);

const blockText = (list: FreeList): string =>
  `AREA    SIZE  FREE_AREA_STRUCT\n${areaCell(list)}  \n${list.pages.map((page) => `${pointer(page)}\n`).join('')}`;

/** The free block that a frame is in. */
export function freeBlock(kernel: Kernel, physical: number): { zone: Zone; node: MemoryNode; list: FreeList; page: bigint } | undefined {
  const frame = Math.floor(physical / pageSize);
  const size = BigInt(kernel.layouts.size('page'));
  const target = pageStructure(kernel, physical)?.address;
  if (target === undefined) return undefined;
  for (const node of memoryNodes(kernel)) {
    for (const zone of node.zones) {
      if (frame < zone.start || frame >= zone.start + zone.spanned) continue;
      for (const list of freeLists(zone)) {
        const page = list.pages.find((first) => target >= first && target < first + (size << BigInt(list.order)));
        if (page !== undefined) return { node, zone, list, page };
      }
    }
  }
  return undefined;
}

/** `kmem -f ADDRESS`: nothing where the page is in use. */
export function freePagesOf(words: readonly string[], { session: { kernel }, emit }: CrashContext): void {
  for (const word of words) {
    if (!/^(0x)?[0-9a-f]{1,16}$/i.test(word)) throw new UsageError('');
    const address = BigInt(`0x${word.replace(/^0x/i, '')}`);
    const physical = address >> 63n ? kernel.memory.translate(address) : Number(address);
    const found = physical === undefined ? undefined : freeBlock(kernel, physical);
    if (!found) continue;
    emit(
      crashResult(
        'free block',
        () => ({ zone: found.zone.name, order: found.list.order, page: `0x${pointer(found.page)}` }),
        () => freeBlockText(kernel, found),
      ),
    );
  }
}

export function freeBlockText(
  kernel: Kernel,
  { zone, node, list, page }: { zone: Zone; node: MemoryNode; list: FreeList; page: bigint },
): string {
  return `${zoneHeader}${zoneLine(kernel, node, zone)}AREA    SIZE  FREE_AREA_STRUCT\n${areaCell(list)}  \n${pointer(page)}  \n\n`;
}

/** `kmem -n`. */
export function nodes({ session: { kernel }, emit }: CrashContext): void {
  const all = memoryNodes(kernel);
  const sections = memorySections(kernel);
  const blocks = memoryBlocks(kernel);
  emit(
    crashResult(
      'memory nodes',
      () => ({
        nodes: all.map(({ id, object, start, spanned, zones }) => ({
          id,
          address: `0x${pointer(object.address)}`,
          start,
          spanned,
          zones: zones.map(({ name, start: first, spanned: size, present }) => ({ name, start: first, spanned: size, present })),
        })),
        sections: sections.map(({ number, address, state }) => ({ number, address: `0x${pointer(address)}`, state })),
        blocks: blocks.map(({ name, start, end, state }) => ({ name, start, end, state })),
      }),
      () => `${all.map((node) => nodeText(kernel, node)).join('')}${sectionText(kernel, sections)}${blockTable(blocks)}`,
    ),
  );
}

function nodeText(kernel: Kernel, node: MemoryNode): string {
  const zones = node.zones.map(({ object }) => pointer(object.address));
  const map = pointer(pageStructure(kernel, node.start * pageSize)?.address ?? 0n);
  const rest = zones.slice(1).map((zone) => `${' '.repeat(52)}${zone}\n`);
  const rows = node.zones.map(({ index, name, spanned, start }) => {
    const place = spanned > 0 ? pointer(pageStructure(kernel, start * pageSize)?.address ?? 0n) : '0';
    const first = spanned > 0 ? start : 0;
    return `${String(index).padStart(3)}   ${name.padEnd(9)} ${String(spanned).padStart(8)}  ${place.padStart(16)} ${(first * pageSize).toString(16).padStart(12)} ${String(first).padStart(12)}\n`;
  });
  return `NODE    SIZE      PGLIST_DATA       BOOTMEM_DATA       NODE_ZONES   
${String(node.id).padStart(3)}  ${String(node.spanned).padStart(8)}   ${pointer(node.object.address)}        ----        ${zones[0]}
${rest.join('')}    MEM_MAP          START_PADDR    START_MAPNR
${map}  ${centred((node.start * pageSize).toString(16), 14)} ${centred(String(node.start), 13)}

ZONE  NAME         SIZE       MEM_MAP      START_PADDR  START_MAPNR
${rows.join('')}
${'-'.repeat(67)}

`;
}

function sectionText(kernel: Kernel, sections: ReturnType<typeof memorySections>): string {
  const size = kernel.layouts.size('page');
  const lines = sections.map(({ number, address, codedMap, state }) => {
    const map = codedMap + BigInt(number * pagesPerSection * size);
    return `${String(number).padStart(2)}  ${pointer(address)}  ${pointer(codedMap)}  ${pointer(map)}  ${state.padEnd(4)}  ${String(number * pagesPerSection).padEnd(16)}\n`;
  });
  return `NR      SECTION        CODED_MEM_MAP        MEM_MAP       STATE PFN\n${lines.join('')}`;
}

function blockTable(blocks: ReturnType<typeof memoryBlocks>): string {
  if (blocks.length === 0) return '';
  const lines = blocks.map(
    ({ address, name, start, end, node, state, firstSection }) =>
      ` ${pointer(address)}   ${name.padEnd(9)} ${start.toString(16).padStart(9)} - ${end.toString(16).padStart(8)}  ${String(node).padEnd(4)} ${state}  ${String(firstSection).padEnd(12)}\n`,
  );
  return `\n   MEM_BLOCK        NAME        PHYSICAL RANGE     NODE  STATE   START_SECTION_NO\n${lines.join('')}`;
}

const areaHeader = '   VMAP_AREA         VM_STRUCT                 ADDRESS RANGE                SIZE\n';
const areaLine = ({ object, vmStruct, start, end }: VirtualArea): string =>
  `${pointer(object.address)}  ${pointer(vmStruct)}  ${pointer(start)} - ${pointer(end)} ${String(end - start).padStart(8)}\n`;

/** `kmem -v`, or the range that an address lies in. */
export function vmallocAreas(words: readonly string[], { session: { kernel }, emit }: CrashContext): void {
  const wanted = words.map((word) => {
    if (!/^(0x)?[0-9a-f]{1,16}$/i.test(word)) throw new UsageError('');
    return BigInt(`0x${word.replace(/^0x/i, '')}`);
  });
  const areas = virtualAreas(kernel).filter(
    ({ start, end }) => wanted.length === 0 || wanted.some((address) => address >= start && address < end),
  );
  emit(
    crashResult(
      'vmalloc areas',
      () => areas.map(areaData),
      () => `${areaHeader}${areas.map(areaLine).join('')}`,
    ),
  );
}

const areaData = ({ object, vmStruct, start, end }: VirtualArea) => ({
  vmapArea: `0x${pointer(object.address)}`,
  vmStruct: `0x${pointer(vmStruct)}`,
  start: `0x${pointer(start)}`,
  end: `0x${pointer(end)}`,
});

/** The range around an address, as `kmem ADDRESS` shows it. */
export function areaAround(kernel: Kernel, address: bigint): { data: unknown; text: string } | undefined {
  const area = virtualAreas(kernel).find(({ start, end }) => address >= start && address < end);
  return area && { data: areaData(area), text: `${areaHeader}${areaLine(area)}` };
}
