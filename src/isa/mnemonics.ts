// Mnemonics → the rows that the assembler may take, in the table's order, with the synonyms that NASM knows.

import type { Form } from './form.ts';
import { allForms } from './forms.ts';
import { CONDITIONS } from './names.ts';

/** Other names of a mnemonic. Those of conditions (JZ for JE) are computed. */
const SYNONYMS: Readonly<Record<string, string>> = {
  sal: 'shl',
  retn: 'ret',
  retnd: 'retd',
  retnq: 'retq',
  xlat: 'xlatb',
  loopz: 'loope',
  loopnz: 'loopne',
  int03: 'int3',
  int01: 'int1',
  icebp: 'int1',
  ud2a: 'ud2',
};

const buildIndex = (): ReadonlyMap<string, readonly Form[]> => {
  const index = new Map<string, Form[]>();
  for (const form of allForms()) {
    if (form.use === 'decode') continue;
    const names = form.condition < 0 ? [form.mnemonic] : CONDITIONS[form.condition].map((name) => withCondition(form, name));
    for (const name of names) {
      const forms = index.get(name);
      if (forms) forms.push(form);
      else index.set(name, [form]);
    }
  }
  for (const [synonym, name] of Object.entries(SYNONYMS)) index.set(synonym, index.get(name)!);
  return index;
};

const withCondition = ({ mnemonic, condition }: Form, name: string): string =>
  mnemonic.slice(0, mnemonic.length - CONDITIONS[condition][0].length) + name;

let index: ReadonlyMap<string, readonly Form[]> | undefined;

/** The rows of a mnemonic (lower case), none if there is no such instruction. */
export const formsNamed = (mnemonic: string): readonly Form[] => (index ??= buildIndex()).get(mnemonic) ?? [];

/** Whether `word` (any case) is an instruction. */
export const isMnemonic = (word: string): boolean => formsNamed(word.toLowerCase()).length > 0;
