// What a real processor made of some 90,000 states (test/silicon) against translated code: each instruction that the translator has is a
// region of its own. Flags that the manual leaves undefined are the interpreter's, so that the engines cannot be told apart.

import { describe, expect, test } from 'vitest';
import { runUntil } from '../../src/cpu/step.ts';
import { decode } from '../../src/isa/decode.ts';
import { canEmit } from '../../src/translate/emitters/index.ts';
import { CODE, DATA, stateBefore, WINDOW } from '../silicon/inputs.ts';
import type { Recorded } from '../silicon/outcome.ts';
import { PLAIN } from '../silicon/recorded.ts';
import { bench } from './bench.ts';

const RECORDED = PLAIN.filter(({ code, bits }) => {
  const insn = decode(Uint8Array.from(code), 0, bits);
  return typeof insn !== 'string' && canEmit(insn);
});
const OTHER_FLAGS = 0x202;
const HLT = 0xf4;
/** More than any of the counts, so that a string goes to its end. */
const REPETITIONS = 10;
const BENCHES = { 32: [bench(32, false), bench(32, true)], 64: [bench(64, false), bench(64, true)] } as const;

const mnemonicOf = ({ text }: Recorded): string => text.replace(/^(?:(?:lock|rep|repe|repne|a16|a32|o16) )*/, '').split(' ')[0];

/** The states that the two engines leave differently. */
function differences(recorded: Recorded): string[] {
  const code = Uint8Array.from([...recorded.code, ...new Array(16).fill(HLT)]);
  for (const { cpu, translator } of BENCHES[recorded.bits]) {
    translator?.clear();
    cpu.ram.write(Number(CODE), code);
    cpu.ram.bytes.fill(HLT, Number(CODE) + 0x40, Number(CODE) + 0x41);
  }
  return recorded.outcomes.flatMap((_, index) => {
    const before = stateBefore(recorded, index);
    const [interpreted, translated] = BENCHES[recorded.bits].map(({ cpu, translator }) => {
      cpu.activity = 0;
      cpu.gpr.set(before.gpr);
      cpu.rflags = OTHER_FLAGS | before.flags;
      cpu.rip = CODE;
      const data = cpu.ram.bytes.subarray(Number(DATA) - WINDOW, Number(DATA) + 2 * WINDOW);
      data.fill(0);
      data.set(before.data, WINDOW);
      // The pages of the data are in the TLB, so that the first attempt is the translator's.
      for (const page of [DATA - 0x1000n, DATA]) {
        cpu.mmu.probeWrite(page, 8, 3);
        cpu.mmu.read(page, 8, 3);
      }
      const ticks = translator?.ticks ?? 0;
      runUntil(cpu, cpu.time + (recorded.text.startsWith('rep') ? REPETITIONS : 1));
      cpu.attention = false;
      if (translator && translator.ticks > ticks) ran.add(recorded);
      return [...cpu.gpr, cpu.rip, cpu.rflags, cpu.activity, Buffer.from(data).toString('hex')].join(' ');
    });
    return interpreted === translated ? [] : [`${recorded.text} #${index}: ${translated}, not ${interpreted}`];
  });
}

const ran = new Set<Recorded>();

describe('translated code does what the interpreter does, and so what a processor does', () => {
  const mnemonics = [...new Set(RECORDED.map(mnemonicOf))];
  test.each(mnemonics)('%s', (mnemonic) => {
    expect(RECORDED.filter((recorded) => mnemonicOf(recorded) === mnemonic).flatMap(differences)).toEqual([]);
  });
});

test('most of these instructions have run as translated code', () => {
  expect(ran.size).toBeGreaterThan(0.99 * RECORDED.length);
});
