let last = 0;

/** Numbers processes and cores in the order they were opened, as `info inferiors` shows them: `1 (native)`, `2 (core)`. */
export const nextConnection = (): number => ++last;
