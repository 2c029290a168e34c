// A seed → a small program for NASM and us. Each kind is about a part of the language; `whole` is about all of it at once.

import { absolute, alignment, constant, otherSection, statement, structure } from './code.ts';
import { Draft } from './draft.ts';
import { BLOCKS, call } from './macros.ts';
import { randomJumps, randomSections } from './layouts.ts';

/** A source as its bytes, one character for each. */
export type Generate = (seed: number) => string;

const CPUS = ['386', '486', '586', '686', 'pentium', 'p6', 'x64', 'any'];

const header = (draft: Draft): string[] => [
  draft.pick([`bits ${draft.bits}`, `[bits ${draft.bits}]`, `BITS ${draft.bits}`, `use${draft.bits}`]),
  ...(draft.chance(40) ? [`org ${draft.pick(['0x7c00', '0x100', '0', '100h'])}`] : []),
  ...(draft.bits === 64 && draft.chance(40) ? [draft.pick(['default rel', 'default abs', 'DEFAULT REL'])] : []),
];

/** Code and data with labels between, without macros. */
const statements: Generate = (seed) => {
  const draft = new Draft(seed);
  const lines = header(draft);
  draft.labels = draft.some(2, 8, () => draft.fresh('l'));
  const ahead = [...draft.labels];
  while (ahead.length > 0) {
    if (draft.chance(25)) lines.push(`${ahead.shift()}${draft.pick([':', ':', ' :', ': nop', ': db 1'])}`);
    else if (draft.chance(8)) lines.push(...draft.pick([structure, absolute, otherSection])(draft));
    else if (draft.chance(10)) lines.push(draft.pick([constant, alignment])(draft));
    else if (draft.chance(3)) lines.push(`bits ${(draft.bits = draft.pick([16, 32, 64]))}`);
    else lines.push(statement(draft));
    if (draft.chance(6)) {
      const local = draft.fresh('.').replace(/\W+$/, '');
      lines.push(`${local}: nop`, `jmp ${local}`);
    }
  }
  return lines.join('\n');
};

/** Mostly the preprocessor. */
const macros: Generate = (seed) => {
  const draft = new Draft(seed);
  return [...header(draft), ...draft.some(3, 12, () => draft.pick(BLOCKS)(draft)).flat()].join('\n');
};

/** What neither the lines' words nor their order say: how they are written. */
const dressed = (draft: Draft, lines: readonly string[]): string => {
  const end = draft.pick(['\n', '\n', '\n', '\r\n', '\r']);
  const one = (line: string): string => {
    let text = line;
    if (draft.chance(5)) text = `${text} ; ${draft.pick(['a comment', "isn't it", '"', '\xe9\x84', '%if', '\\ '])}`;
    else if (draft.chance(4) && !/['"`;]/.test(text)) text = text.replace(/(?<=[,(]) ?/, ` \\${end}  `);
    if (draft.chance(30)) text = `${draft.pick(['\t', '  ', '        '])}${text}`;
    return draft.chance(3) ? `${text}${end}` : text;
  };
  const mark = draft.chance(3) ? `;\x1a` : '';
  return `${lines.map(one).join(end)}${draft.chance(80) ? end : ''}${mark}`;
};

const whole: Generate = (seed) => {
  const draft = new Draft(seed);
  const lines = header(draft);
  if (draft.chance(5)) lines.push(`cpu ${draft.pick(CPUS)}`);
  draft.labels = draft.some(1, 5, () => draft.fresh('l'));
  const ahead = [...draft.labels];
  for (let left = draft.between(4, 16); left > 0 || ahead.length > 0; left--) {
    if (ahead.length > 0 && draft.chance(30)) lines.push(`${ahead.shift()}:`);
    else if (draft.chance(40)) lines.push(statement(draft));
    else if (draft.chance(30)) lines.push(...draft.pick([structure, absolute, otherSection, call])(draft));
    else lines.push(...draft.pick(BLOCKS)(draft));
  }
  return dressed(draft, lines);
};

export const KINDS = { jumps: randomJumps, sections: randomSections, statements, macros, whole } satisfies Record<string, Generate>;
export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as Kind[];
