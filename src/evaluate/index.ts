/** Everything other rooms use of `evaluate/`. README.md lists what each function promises. */
export { cast } from './casts.ts';
export { compile, evaluate } from './compile.ts';
export type { Compiled } from './compiled.ts';
export { parameterAtEntry } from './entryValues.ts';
export { framePointer, readRegister } from './evaluator.ts';
export { type Format, type FormatLetter, parseFormat, parsePrintFormat, requireKnownLetter, splitFormat } from './format.ts';
export { formatArgument, formatField, formatValue, readString, stringAt } from './formatValue.ts';
export { echoText, printfText } from './printf.ts';
export { symbolicAddress } from './symbolic.ts';
export { describeType } from './typeDescription.ts';
export { formatTypeName, withWrapPoints } from './typeNames.ts';
export { readVariable } from './variables.ts';
