// The numbers of the behaviours: boundaries (B), shadows (S), NMI (N), local APIC (A), HLT (H), performance counters (P),
// precision (X). test/README.md says in a line what each is about.

const count = (letter: string, last: number): string[] => Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);

/** `name` stands behind its plain number: A7a behind A7. */
const withVariant = (numbers: readonly string[], name: string): string[] =>
  numbers.flatMap((number) => (number === name.slice(0, -1) ? [number, name] : [number]));

export const NUMBERS: readonly string[] = [
  ...count('B', 9),
  ...count('S', 9),
  ...count('N', 7),
  ...withVariant(count('A', 16), 'A7a'),
  ...count('H', 4),
  ...withVariant(count('P', 10), 'P3a'),
  ...count('X', 7),
];
