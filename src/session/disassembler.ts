import { createRequire } from 'node:module';
import { Disassembler } from '../arch/disassemble.ts';

let loaded: Disassembler | undefined;

/** The disassembler; its library is loaded when first asked for. */
export function disassembler(): Disassembler {
  loaded ??= new Disassembler(createRequire(import.meta.url)('iced-x86'));
  return loaded;
}
