// The text of a number → its value. The base stands in front (`0x`, `$`) or behind (`h`); when both could be meant the larger
// base wins, so `0b1h` is hexadecimal and `0b1b` nothing. NASM manual 3.4.1.

const BASES: Readonly<Record<string, number>> = { b: 2, y: 2, o: 8, q: 8, d: 10, t: 10, h: 16, x: 16 };

/** Longer ones have more bits than any operand; a limit keeps hostile sources cheap. */
const LONGEST = 256;

/** Whether the text of a number is that of a floating-point constant. */
export const isFloat = (text: string): boolean =>
  text.includes('.') || /^0[xh].*p/i.test(text) || /^[0-9][0-9_]*e[+-]?[0-9_]+$/i.test(text);

/** The number, of any size, or undefined if the text is none. */
export const parseNumber = (text: string): bigint | undefined => {
  const lower = text.toLowerCase();
  if (lower.length > LONGEST) return undefined;
  const dollar = lower.length > 1 && lower[0] === '$';
  const prefix = dollar ? 16 : lower.length > 2 && lower[0] === '0' ? (BASES[lower[1]] ?? 0) : 0;
  const suffix = lower.length > 1 ? (BASES[lower.at(-1) ?? ''] ?? 0) : 0;
  if (prefix > suffix) return digits(lower.slice(dollar ? 1 : 2), prefix);
  if (suffix > prefix) return digits(lower.slice(0, -1), suffix);
  return digits(lower, 10);
};

const DIGITS: Readonly<Record<number, RegExp>> = { 2: /^[01]*$/, 8: /^[0-7]*$/, 10: /^[0-9]*$/, 16: /^[0-9a-f]*$/ };
const LITERAL: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 10: '', 16: '0x' };

const digits = (text: string, base: number): bigint | undefined => {
  const bare = text.includes('_') ? text.replaceAll('_', '') : text;
  return DIGITS[base].test(bare) ? BigInt(`${LITERAL[base]}${bare || '0'}`) : undefined;
};
