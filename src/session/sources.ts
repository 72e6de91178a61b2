/** To be written by its owner. */
export interface SourceCache {}
