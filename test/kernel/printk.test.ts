// printk: formats, and lines that stay whole whatever interrupts them.

import { expect, test } from 'vitest';
import { guest, runGuest } from './guest-run.ts';

test('formats are those of printf, with symbols for addresses', () => {
  const { texts } = runGuest(guest('printing'), 'scenario=formats', 2);
  const from = texts.findIndex((text) => text.startsWith('d='));
  const printed = texts.slice(from);
  expect(printed.slice(0, 4)).toEqual([
    'd=-42 u=18364758544493064720 x=fedcba9876543210',
    'width=[   42] zero=[00042] left=[42   ] hex=[0000000000000abc] [12345]',
    's=text [  text] [text  ] [te] c=z percent=%',
    'star=[   7] zero=0',
  ]);
  expect(printed[4]).toMatch(/^S=schedule\+0x4\/0x[0-9a-f]+ B=schedule\+0x4\/0x[0-9a-f]+$/);
  expect(printed[5]).toMatch(/^first=formats_init\+0x0\/0x[0-9a-f]+ \[formats\]$/);
  expect(printed[6]).toMatch(/^before=0x[0-9a-f]+$/); // a return address at a function's first byte belongs to the call in front of it
  expect(printed[7]).toBe('nowhere=0x1');
  expect(printed).toHaveLength(8); // the debug line is below the console's level
});

test('an NMI that prints in the middle of a line is heard after that line, and every line is whole', () => {
  const { texts } = runGuest(guest('printing'), 'scenario=interrupted', 4);
  const own = texts.filter((text) => /^line \d+ of a thread that an NMI may stop anywhere\.$/.test(text));
  const nmi = texts.filter((text) => /^nmi \d+ says this\.$/.test(text));
  expect(own).toHaveLength(40);
  expect(nmi.length).toBeGreaterThan(40);
  expect(texts.filter((text) => /line \d|thread that|nmi \d|says this/.test(text))).toHaveLength(own.length + nmi.length);
});
