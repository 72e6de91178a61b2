/**
 * Everything that is made equal before gdb's and sonde's texts are compared, each with its reason. Nothing else is touched:
 * addresses, stack addresses and thread pointers are compared as they are, since address randomisation is off.
 */
const normalisations: readonly { readonly pattern: RegExp; readonly to: string; readonly why: string }[] = [
  { pattern: /\((?:gdb|sonde)\) /g, to: '', why: 'the prompt is each tool’s own' },
  {
    pattern: /\bprocess \d+( {2,})/g,
    to: 'process PID  ',
    why: 'process ids are given by the kernel, and so is the width of their column',
  },
  { pattern: /\bprocess \d+/g, to: 'process PID', why: 'process ids are given by the kernel' },
  { pattern: /\bLWP \d+/g, to: 'LWP TID', why: 'thread ids are given by the kernel' },
  { pattern: /\bnative_thread_id = \d+/g, to: 'native_thread_id = TID', why: 'python’s own copy of a thread id' },
  { pattern: /\bpid \d+/g, to: 'pid PID', why: 'process ids are given by the kernel' },
  {
    pattern: /^\[Thread debugging using libthread_db enabled\]\n/gm,
    to: '',
    why: 'sonde reads thread lists itself and loads no libthread_db',
  },
  { pattern: /^Using host libthread_db library ".*"\.\n/gm, to: '', why: 'as above' },
  { pattern: /(\(LWP TID\)(?: "[^"]*")?) +/g, to: '$1 ', why: 'columns of info threads are as wide as the ids in them' },
  { pattern: /(?<=^ {2}Id {3}Target Id) +Frame $/gm, to: ' Frame', why: 'as above' },
  {
    pattern: /^(\n)?warning: Unexpected size of section `.reg-xstate\/\d+' in core file\.\n/gm,
    to: '',
    why: 'gdb 13.1 does not know the whole register state of processors with AMX',
  },
];

/** A command's output, ready to be compared. */
export function normalise(text: string): string {
  let result = text;
  for (const { pattern, to } of normalisations) result = result.replace(pattern, to);
  return result.trimEnd();
}
