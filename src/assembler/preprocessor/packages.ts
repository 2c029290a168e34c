// NASM's packages for `%use`, as far as they are only macros. The others are refused by name: `%ifusable` gives no answer about them
// that would differ from NASM's. NASM manual, chapter 6.
import type { Percent, Piece } from '../language/lex.ts';
import { isWord } from './pieces.ts';
import type { Preprocessor } from './preprocessor.ts';
import { textOf } from '../language/tokens.ts';

/** The legacy registers in the order of their numbers. */
const LEGACY = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const low = (name: string): string => (name.endsWith('x') ? `${name[0]}l` : `${name}l`);

/** Registers by number: `r0` is rax, `r0d` eax, `r0w` ax, `r0b` and `r0l` al, `r0h` ah. */
const ALTERNATIVE_REGISTERS: readonly (readonly [string, string])[] = [
  ...LEGACY.flatMap((name, number) => [
    [`r${number}`, `r${name}`], [`r${number}d`, `e${name}`], [`r${number}w`, name], [`r${number}b`, low(name)], [`r${number}l`, low(name)],
  ] as const),
  ...LEGACY.slice(0, 4).map((name, number) => [`r${number}h`, `${name[0]}h`] as const),
  ...Array.from({ length: 8 }, (_, index) => [`r${index + 8}l`, `r${index + 8}b`] as const),
];

const LOGARITHMS = ['ilog2e', 'ilog2w', 'ilog2f', 'ilog2c'];

/** The lines of each, by its name. */
export const PACKAGES: Readonly<Record<string, string>> = {
  altreg: ['%define __?USE_ALTREG?__', ...ALTERNATIVE_REGISTERS.map(([name, register]) => `%idefine ${name} ${register}`)].join('\n'),
  ifunc: [
    '%define __?USE_IFUNC?__',
    ...LOGARITHMS.map((name) => `%idefine ${name}(x) __?${name}?__(x)`),
    '%idefine ilog2(x) __?ilog2e?__(x)',
  ].join('\n'),
};

const NOT_HERE: ReadonlySet<string> = new Set(['fp', 'masm', 'smartalign', 'vtern']);

/** The package that is named behind a directive; undefined if there is none, and after a report. */
export const packageIn = (state: Preprocessor, pieces: readonly Piece[], { text, origin, lower }: Percent): string | undefined => {
  const [piece] = state.expandSingle(pieces);
  const name = isWord(piece) ? piece.text : piece?.kind === 'string' ? textOf(piece) : undefined;
  const known = name?.toLowerCase() ?? '';
  if (name === undefined) state.reporter.error(origin, `'${text}' expects the name of a package`);
  else if (Object.hasOwn(PACKAGES, known)) return known;
  else if (NOT_HERE.has(known)) state.reporter.error(origin, `the package '${name}' is not supported`);
  else if (lower === 'use') state.reporter.error(origin, `there is no package '${name}'`);
  return undefined;
};
