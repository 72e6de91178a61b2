import { SondeError } from '../../base/errors.ts';
import type { EvaluationContext } from '../../evaluate/context.ts';
import { memoryValue } from '../../evaluate/makeValue.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Parsed } from './options.ts';
import { findMember, memberText, plainMemberText, splitReference, structNamed, structText } from './structValue.ts';

/** What `list` and `tree` show at each entry: the text for an address. */
export type EntryText = (address: bigint) => string;

/** Of `-s struct.member,…` and `-S`, as often as they are given. Throws SondeError for what this kernel does not have. */
export function entryText(kernel: Kernel, options: Parsed, evaluation: EvaluationContext): EntryText {
  const shown = options.given.filter(({ letter }) => letter === 's' || letter === 'S');
  const parts = shown.map(({ letter, value }) => partText(kernel, value, letter === 'S', evaluation));
  return (address) => parts.map((part) => part(address)).join('');
}

function partText(kernel: Kernel, reference: string, isPlain: boolean, evaluation: EvaluationContext): EntryText {
  const { name, members } = splitReference(reference);
  const type = structNamed(kernel, name);
  if (!type) throw new SondeError(members.length > 0 ? `Can't get offset of '${reference}'` : `invalid structure name: ${name}`);
  if (members.length === 0) return (address) => structText(type, name, address, evaluation);
  const write = isPlain ? plainMemberText : memberText;
  return (address) => {
    const struct = memoryValue(type, address, evaluation.memory);
    return members
      .map((path) => {
        const found = findMember(struct, path, evaluation);
        if (!found) throw new SondeError(`Can't get offset of '${name}.${path}'`);
        return write(path, found, evaluation);
      })
      .join('');
  };
}
