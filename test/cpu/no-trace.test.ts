// House rule 2: an instruction happens entirely or leaves no trace. Every recorded instruction that touches memory is executed with the
// edge of what it may touch at each place of its data, from both sides; whenever it faults, nothing may have changed.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Cpu } from '../../src/cpu/cpu.ts';
import { CS, DS, ES, type Insn, RBP, RDI, RSI, RSP, SS } from '../../src/isa/insn.ts';
import { decoded, execute, flatCpu } from '../support/flat-cpu.ts';
import { CODE, DATA, type State, stateBefore, WINDOW } from './native/inputs.ts';
import { parseRecorded, type Recorded } from './native/outcome.ts';

interface Decoded extends Recorded {
  readonly insn: Insn;
}

const RECORDED: readonly Decoded[] = parseRecorded(readFileSync('test/cpu/native/vectors.txt', 'utf8')).map((recorded) => ({
  ...recorded,
  insn: decoded(recorded.code, recorded.bits),
}));
const STATES = [0, 1];
const DATA_SEGMENTS = [DS, ES, SS];
const [EXPAND_UP, EXPAND_DOWN, READ_ONLY] = [0xc093, 0xc097, 0xc091];
/** The first address that is not canonical, and the first one above that is. */
const HOLE = [0x0000_8000_0000_0000n, 0xffff_8000_0000_0000n] as const;
const DISTANCES = [-17n, -12n, -8n, -4n, -1n, 4n];
const POINTERS = [RSP, RBP, RSI, RDI, 13] as const;

interface Bench {
  readonly cpu: Cpu;
  readonly busWrites: number[];
}
const IN_32_BITS = flatCpu(32, 0x40_0000);
const IN_64_BITS = flatCpu(64, 0x40_0000);

function load({ cpu, busWrites }: Bench, state: State): void {
  cpu.gpr.set(state.gpr);
  cpu.rflags = 2 | state.flags;
  cpu.rip = CODE;
  busWrites.length = 0;
  cpu.ram.bytes.fill(0, Number(DATA) - WINDOW, Number(DATA) + 2 * WINDOW);
  cpu.ram.bytes.set(state.data, Number(DATA));
}

/** All that an instruction could change. One iteration of a string is one instruction, so strings are left out here. */
const snapshot = ({ cpu, busWrites }: Bench): string => {
  const memory = cpu.ram.bytes.subarray(Number(DATA) - WINDOW, Number(DATA) + 2 * WINDOW);
  return [cpu.gpr.join(), cpu.rflags, cpu.rip, busWrites.length, Buffer.from(memory).toString('latin1')].join(' ');
};

/** What is left of a fault, if there was one. */
function traceOf(on: Bench, { insn, text }: Decoded, where: string): { faulted: boolean; trace: string[] } {
  const before = snapshot(on);
  const fault = execute(on.cpu, insn);
  return { faulted: fault !== undefined, trace: fault && snapshot(on) !== before ? [`${text}, ${where}: ${fault.vector}`] : [] };
}

function expectNoTrace(results: readonly { faulted: boolean; trace: string[] }[]): void {
  expect(results.flatMap(({ trace }) => trace)).toEqual([]);
  expect(results.some(({ faulted }) => faulted)).toBe(true);
}

const isSingle = ({ text }: Decoded): boolean => !text.startsWith('rep');
const inBits = (bits: number): Decoded[] => RECORDED.filter((recorded) => recorded.bits === bits && isSingle(recorded));

describe('a fault leaves no trace', () => {
  test.each([
    ['above', EXPAND_UP],
    ['below', EXPAND_DOWN],
  ])('when segments end %s, at any byte', (_side, attributes) => {
    const results = inBits(32).flatMap((recorded) =>
      STATES.flatMap((index) =>
        Array.from({ length: WINDOW }, (_, offset) => {
          for (const segment of DATA_SEGMENTS) IN_32_BITS.cpu.setSegment(segment, 8, 0n, Number(DATA) + offset, attributes);
          load(IN_32_BITS, stateBefore(recorded, index));
          return traceOf(IN_32_BITS, recorded, `limit ${offset}`);
        }),
      ),
    );
    expectNoTrace(results);
  });

  test.each([
    ['DS', DS],
    ['ES', ES],
    ['SS', SS],
  ])('when %s is read-only', (_name, readOnly) => {
    const results = inBits(32).map((recorded) => {
      for (const segment of DATA_SEGMENTS) {
        IN_32_BITS.cpu.setSegment(segment, 8, 0n, 0xffff_ffff, segment === readOnly ? READ_ONLY : EXPAND_UP);
      }
      load(IN_32_BITS, stateBefore(recorded, 0));
      return traceOf(IN_32_BITS, recorded, 'read-only');
    });
    expectNoTrace(results);
  });

  test('when a branch goes beyond the end of code', () => {
    for (const segment of DATA_SEGMENTS) IN_32_BITS.cpu.setSegment(segment, 8, 0n, 0xffff_ffff, EXPAND_UP);
    IN_32_BITS.cpu.setSegment(CS, 8, 0n, Number(CODE) + 0x10, 0xc09b);
    const results = inBits(32).flatMap((recorded) =>
      STATES.map((index) => {
        load(IN_32_BITS, stateBefore(recorded, index));
        return traceOf(IN_32_BITS, recorded, 'end of code');
      }),
    );
    IN_32_BITS.cpu.setSegment(CS, 8, 0n, 0xffff_ffff, 0xc09b);
    expectNoTrace(results);
  });

  test.each([
    ['below', HOLE[0]],
    ['above', HOLE[1]],
  ])('when data lie across the edge of canonical addresses, from %s', (_side, edge) => {
    const results = inBits(64).flatMap((recorded) =>
      POINTERS.flatMap((pointer) =>
        DISTANCES.map((distance) => {
          load(IN_64_BITS, stateBefore(recorded, 0));
          // One pointer is near the edge, the others stay in RAM.
          IN_64_BITS.cpu.gpr[pointer] = edge + distance;
          return traceOf(IN_64_BITS, recorded, `register ${pointer} at ${distance}`);
        }),
      ),
    );
    expectNoTrace(results);
  });
});
