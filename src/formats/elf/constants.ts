/** Numbers of the ELF-64 specification (System V ABI, generic part, and its AMD64 supplement) that sonde reads. */
export const ELFCLASS64 = 2;
export const ELFDATA2LSB = 1;
export const EM_X86_64 = 62;

export const fileTypes = { relocatable: 1, executable: 2, shared: 3, core: 4 } as const;

export const segmentTypes = { load: 1, dynamic: 2, interpreter: 3, note: 4, tls: 7, gnuEhFrame: 0x6474e550, gnuStack: 0x6474e551 } as const;

export const sectionTypes = {
  null: 0,
  progBits: 1,
  symbolTable: 2,
  stringTable: 3,
  rela: 4,
  dynamic: 6,
  note: 7,
  noBits: 8,
  dynamicSymbols: 11,
} as const;
export const sectionFlags = { write: 1n, allocated: 2n, executable: 4n, compressed: 0x800n } as const;

export const compressionTypes = { zlib: 1, zstd: 2 } as const;

export const symbolTypes = { none: 0, object: 1, function: 2, section: 3, file: 4, common: 5, tls: 6, ifunc: 10 } as const;
export const symbolBindings = { local: 0, global: 1, weak: 2, gnuUnique: 10 } as const;
export const sectionIndex = { undefined: 0, absolute: 0xfff1, common: 0xfff2, extended: 0xffff } as const;

export const noteTypes = { gnuBuildId: 3 } as const;

/** Machines a user may meet by mistake, for the refusal's words (e_machine). */
export const machineNames: Readonly<Record<number, string>> = {
  3: 'Intel 80386',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC64',
  22: 'IBM S/390',
  40: 'ARM',
  62: 'x86-64',
  183: 'AArch64',
  243: 'RISC-V',
  258: 'LoongArch',
};
