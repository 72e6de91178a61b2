import { SondeError } from '../../base/errors.ts';
import { cpuCount } from '../../kernel/cpus.ts';
import {
  affinity,
  controllerName,
  type Interrupt,
  interruptCounts,
  interruptLimit,
  interrupts,
  interruptVectors,
  softInterrupts,
} from '../../kernel/interrupts.ts';
import { type CrashCommand, type CrashContext, crashResult } from './command.ts';
import { selectedCpus } from './cpuSelection.ts';
import { parseOptions } from './options.ts';
import { pointer } from './taskText.ts';

export const irq: CrashCommand = {
  name: 'irq',
  summary: 'IRQ data',
  synopsis: '[[[index ...] | -u ] | -d | -b | -a | -s [-c cpu]]',
  help: `Interrupts with their descriptors and handlers; all numbers, or those that are named.
  -u  only those in use.              -a  which CPUs each may go to.
  -s  how often each CPU had them; -c 0,2 of these CPUs.
  -b  soft interrupts' handlers.      -d  the processor's vectors.`,
  run(args, context) {
    const options = parseOptions(args, 'ubdasc:');
    if (options.has('d')) return vectors(context);
    if (options.has('b')) return soft(context);
    if (options.has('a')) return affinities(context);
    if (options.has('s')) return counts(options.value('c'), context);
    descriptors(options.rest, options.has('u'), context);
  },
};

const header = ' IRQ   IRQ_DESC/_DATA      IRQACTION      NAME\n';
const unused = '    (unused)    ';

function descriptors(words: readonly string[], onlyUsed: boolean, { session: { kernel }, emit }: CrashContext): void {
  const limit = interruptLimit(kernel);
  const known = interrupts(kernel);
  const numbers = words.length > 0 ? words.map((word) => numberOf(word, limit)) : Array.from({ length: limit }, (_, index) => index);
  let heading = header;
  for (const number of numbers) {
    const found = known.get(number);
    if (onlyUsed && !found) continue;
    const before = heading;
    heading = '';
    emit(
      crashResult(
        'interrupt',
        () => ({
          irq: number,
          descriptor: found && `0x${pointer(found.object.address)}`,
          actions: found?.actions.map(({ address, name }) => ({ address: `0x${pointer(address)}`, name })) ?? [],
        }),
        () => before + lineOf(number, found),
      ),
    );
  }
}

function numberOf(word: string, limit: number): number {
  const wrong = /\D/.exec(word)?.[0];
  if (wrong !== undefined) throw new SondeError(`${word}: "${wrong}" is not a digit 0 - 9`);
  const number = Number(word);
  if (number >= limit) throw new SondeError(`invalid IRQ value: ${number}  (${limit - 1} max)`);
  return number;
}

function lineOf(number: number, found: Interrupt | undefined): string {
  const start = `${String(number).padStart(3)}   ${found ? pointer(found.object.address) : unused}  `;
  if (!found || found.actions.length === 0) return `${start}${unused}\n`;
  return found.actions
    .map(({ address, name }, index) => `${index === 0 ? start : ' '.repeat(start.length)}${pointer(address)}  "${name}"\n`)
    .join('');
}

const inUse = (context: CrashContext): Interrupt[] =>
  [...interrupts(context.session.kernel).values()].filter(({ actions }) => actions.length > 0).sort((a, b) => a.number - b.number);

function affinities(context: CrashContext): void {
  const rows = inUse(context).map((interrupt) => ({ interrupt, cpus: affinity(interrupt) }));
  const lines = rows.map(
    ({ interrupt, cpus }) => `${String(interrupt.number).padStart(3)} ${namesOf(interrupt).padEnd(20)} ${rangesOf(cpus)}\n`,
  );
  context.emit(
    crashResult(
      'interrupt affinity',
      () => rows.map(({ interrupt, cpus }) => ({ irq: interrupt.number, name: namesOf(interrupt), cpus })),
      () => `IRQ NAME                 AFFINITY\n${lines.join('')}`,
    ),
  );
}

const namesOf = ({ actions }: Interrupt): string => actions.map(({ name }) => name).join(',');

/** `0-3,8`. */
function rangesOf(cpus: readonly number[]): string {
  const parts: string[] = [];
  for (let index = 0; index < cpus.length; index++) {
    const first = cpus[index];
    while (cpus[index + 1] === cpus[index] + 1) index++;
    parts.push(first === cpus[index] ? String(first) : `${first}-${cpus[index]}`);
  }
  return parts.join(',');
}

function counts(selection: string | undefined, context: CrashContext): void {
  const { kernel } = context.session;
  const cpus = selection === undefined ? Array.from({ length: cpuCount(kernel) }, (_, cpu) => cpu) : selectedCpus(kernel, selection);
  const rows = inUse(context).map((interrupt) => ({ interrupt, all: interruptCounts(interrupt), controller: controllerName(interrupt) }));
  const lines = rows.map(
    ({ interrupt, all, controller }) =>
      `${String(interrupt.number).padStart(3)}: ${cpus.map((cpu) => `${String(all[cpu]).padStart(10)} `).join('')} ${controller.padEnd(15)}  ${namesOf(interrupt)}\n`,
  );
  context.emit(
    crashResult(
      'interrupt counts',
      () =>
        rows.map(({ interrupt, all, controller }) => ({
          irq: interrupt.number,
          name: namesOf(interrupt),
          controller,
          counts: Object.fromEntries(cpus.map((cpu) => [cpu, all[cpu]])),
        })),
      () => `     ${cpus.map((cpu) => `${`CPU${cpu}`.padStart(10)} `).join('')}\n${lines.join('')}`,
    ),
  );
}

function soft({ session: { kernel }, emit }: CrashContext): void {
  const handlers = softInterrupts(kernel).map((address) => ({ address, name: kernel.symbols.nearest(address)?.symbol.name ?? '' }));
  const lines = handlers.map(({ address, name }, index) => `${`[${index}]`.padStart(7)}     ${pointer(address)}  <${name}>\n`);
  emit(
    crashResult(
      'soft interrupts',
      () => handlers.map(({ address, name }) => ({ handler: `0x${pointer(address)}`, name })),
      () => `SOFTIRQ_VEC      ACTION     \n${lines.join('')}`,
    ),
  );
}

function vectors({ session: { kernel }, emit }: CrashContext): void {
  const all = interruptVectors(kernel).map((address) => {
    const found = kernel.symbols.nearest(address);
    const name = found ? `${found.symbol.name}${found.offset === 0n ? '' : `+${found.offset}`}` : pointer(address);
    return { address, name };
  });
  emit(
    crashResult(
      'interrupt vectors',
      () => all.map(({ address, name }, vector) => ({ vector, handler: `0x${pointer(address)}`, name })),
      () => all.map(({ name }, vector) => `${`[${vector}]`.padStart(5)} ${name}\n`).join(''),
    ),
  );
}
