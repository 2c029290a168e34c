// House rule 2: an instruction happens entirely or leaves no trace. Every recorded instruction is executed with the edge of what it may
// touch near each of its data, from both sides; whenever it faults, nothing may have changed.

import { describe, test } from 'vitest';
import { CR0_PG, CR0_WP, CR4_PAE } from '../../src/cpu/identity/registers.ts';
import { CS, DS, ES, RBP, RDI, RSI, RSP, SS } from '../../src/isa/operand.ts';
import { type FlatCpu, flatCpu } from '../support/flat-cpu.ts';
import { CODE, DATA, stateBefore, WINDOW } from '../silicon/inputs.ts';
import { attempt, expectNoTrace, inBits, load } from '../silicon/trace.ts';

const RAM_BYTES = 0x40_0000;
const CODE_32 = 0xc09b;
const [EXPAND_UP, EXPAND_DOWN, READ_ONLY] = [0xc093, 0xc097, 0xc091];
const NO_LIMIT = 0xffff_ffff;
const POINTERS = [RSP, RBP, RSI, RDI, 13] as const;
/** From a pointer to the edge: in the middle of operands of all sizes. */
const DISTANCES = [-17, -12, -8, -3, 1, 4];

describe('a fault of segmentation leaves no trace', () => {
  const on = flatCpu(32, RAM_BYTES);
  const setData = (attributes: number, limit: number) => {
    for (const segment of [DS, ES, SS]) on.cpu.setSegment(segment, 8, 0n, limit, attributes);
  };

  test.each([
    ['above', EXPAND_UP],
    ['below', EXPAND_DOWN],
  ])('when segments end %s, at any byte', (_side, attributes) => {
    const attempts = inBits(32).flatMap((recorded) => {
      const before = stateBefore(recorded, 0);
      return Array.from({ length: WINDOW }, (_, offset) => {
        setData(attributes, Number(DATA) + offset);
        load(on, before);
        return attempt(on, recorded, `limit ${offset}`);
      });
    });
    expectNoTrace(attempts);
  });

  test.each([
    ['DS', DS],
    ['ES', ES],
    ['SS', SS],
  ])('when %s is read-only', (_name, readOnly) => {
    setData(EXPAND_UP, NO_LIMIT);
    on.cpu.setSegment(readOnly, 8, 0n, NO_LIMIT, READ_ONLY);
    const attempts = inBits(32).map((recorded) => {
      load(on, stateBefore(recorded, 0));
      return attempt(on, recorded, 'read-only');
    });
    expectNoTrace(attempts);
  });

  test('when a branch goes beyond the end of code', () => {
    setData(EXPAND_UP, NO_LIMIT);
    on.cpu.setSegment(CS, 8, 0n, Number(CODE) + 0x10, CODE_32);
    const attempts = inBits(32).flatMap((recorded) =>
      [0, 1].map((index) => {
        load(on, stateBefore(recorded, index));
        return attempt(on, recorded, 'end of code');
      }),
    );
    on.cpu.setSegment(CS, 8, 0n, NO_LIMIT, CODE_32);
    expectNoTrace(attempts);
  });
});

test.each([
  ['below', 0x0000_8000_0000_0000n],
  ['above', 0xffff_8000_0000_0000n],
])('an address that is not canonical leaves no trace, with the edge %s', (_side, edge) => {
  const on = flatCpu(64, RAM_BYTES);
  const attempts = inBits(64).flatMap((recorded) => {
    const before = stateBefore(recorded, 0);
    return POINTERS.flatMap((pointer) =>
      DISTANCES.map((distance) => {
        load(on, before);
        on.cpu.gpr[pointer] = edge + BigInt(distance);
        return attempt(on, recorded, `register ${pointer} at ${distance}`);
      }),
    );
  });
  expectNoTrace(attempts);
});

describe('X6, X7: a page fault leaves no trace', () => {
  const TABLES = 0x30_0000;
  const [PRESENT_READ_ONLY, ABSENT] = [5, 0];
  const pageTableEntry = (page: number): number => TABLES + 0x3000 + page * 8;

  /** All of RAM is mapped to itself for the user, but for one page. */
  function pagedCpu(page: number, entryBits: number): FlatCpu {
    const on = flatCpu(64, RAM_BYTES);
    const { cpu } = on;
    const put = (at: number, value: number): void => cpu.ram.view.setBigUint64(at, BigInt(value), true);
    put(TABLES, TABLES + 0x1000 + 7);
    put(TABLES + 0x1000, TABLES + 0x2000 + 7);
    put(TABLES + 0x2000, TABLES + 0x3000 + 7);
    put(TABLES + 0x2008, TABLES + 0x4000 + 7);
    for (let mapped = 0; mapped < RAM_BYTES / 0x1000; mapped++) {
      put(pageTableEntry(mapped), mapped * 0x1000 + (mapped === page ? entryBits : 7));
    }
    cpu.cr3 = BigInt(TABLES);
    cpu.cr4 = CR4_PAE;
    cpu.cr0 = (cpu.cr0 | CR0_PG | CR0_WP) >>> 0;
    cpu.setCpl(3);
    cpu.refresh();
    return on;
  }

  /** The edge between the pages before and after DATA, where the data are moved to. */
  const first = Number(DATA) / 0x1000;
  test.each([
    ['the second page is absent', first, ABSENT],
    ['the second page is read-only', first, PRESENT_READ_ONLY],
    ['the first page is absent', first - 1, ABSENT],
    ['the first page is read-only', first - 1, PRESENT_READ_ONLY],
  ])('when data lie on two pages and %s', (_which, page, entryBits) => {
    const on = pagedCpu(page, entryBits);
    const offsets = [64, 96, 128, 160, 192].flatMap((pointer) => [-12, -3, 1, 4].map((distance) => pointer + distance));
    const attempts = inBits(64).flatMap((recorded) => {
      const before = stateBefore(recorded, 0);
      return offsets.map((offset) => {
        load(on, before, -offset);
        return attempt(on, recorded, `edge at ${offset}`);
      });
    });
    expectNoTrace(attempts);
  });
});
