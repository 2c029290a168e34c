// The local APIC, by the A numbers of the trap-order specification and SDM vol. 3, chapter 10.

import { describe, expect, test } from 'vitest';
import type { ApicMessage } from '../../src/device/ipi.ts';
import { setUpLapic } from './lapic-bench.ts';

const ID = 0x20;
const VERSION = 0x30;
const TPR = 0x80;
const PPR = 0xa0;
const EOI = 0xb0;
const LDR = 0xd0;
const SVR = 0xf0;
const ISR = 0x100;
const TMR = 0x180;
const IRR = 0x200;
const ESR = 0x280;
const ICR = 0x300;
const ICR_HIGH = 0x310;
const LVT_PERFMON = 0x340;
const LVT_LINT0 = 0x350;
const LVT_LINT1 = 0x360;
const LVT_ERROR = 0x370;
const MASKED = 0x1_0000;
const NMI = 0x400;

const fixed = (vector: number, level = false): ApicMessage => ({
  delivery: 'fixed',
  vector,
  level,
  destination: { kind: 'physical', id: 0 },
});

/** The register word and bit of a vector. */
const bitOf = (base: number, vector: number) => ({ offset: base + (vector >> 5) * 16, bit: 2 ** (vector & 31) });

describe('requests and priorities', () => {
  test('A1 a request sets IRR, two of one vector are one, and delivery moves it to ISR', () => {
    const { lapic, read } = setUpLapic();
    const irr = bitOf(IRR, 0x41);
    const isr = bitOf(ISR, 0x41);
    lapic.receive(fixed(0x41));
    lapic.receive(fixed(0x41));
    expect(read(irr.offset)).toBe(irr.bit);
    expect(lapic.pendingVector).toBe(0x41);
    expect(lapic.acknowledge()).toBe(0x41);
    expect(read(irr.offset)).toBe(0);
    expect(read(isr.offset)).toBe(isr.bit);
    expect(lapic.pendingVector).toBe(-1);
  });

  test('A1 a request of the vector in service waits for its EOI', () => {
    const { lapic, write } = setUpLapic();
    lapic.receive(fixed(0x41));
    lapic.acknowledge();
    lapic.receive(fixed(0x41));
    expect(lapic.pendingVector).toBe(-1);
    write(EOI, 0);
    expect(lapic.pendingVector).toBe(0x41);
  });

  test.each([
    { tpr: 0x00, served: undefined, ppr: 0x00 },
    { tpr: 0x35, served: undefined, ppr: 0x35 },
    { tpr: 0x35, served: 0x41, ppr: 0x40 },
    { tpr: 0x45, served: 0x51, ppr: 0x50 },
    { tpr: 0x00, served: 0xef, ppr: 0xe0 },
  ])('A2 TPR $tpr with $served in service makes PPR $ppr', ({ tpr, served, ppr }) => {
    const { lapic, read, write } = setUpLapic();
    if (served !== undefined) {
      lapic.receive(fixed(served));
      lapic.acknowledge();
    }
    write(TPR, tpr);
    expect(read(PPR)).toBe(ppr);
  });

  test('A2 on equal classes PPR is TPR', () => {
    const { lapic, read, write } = setUpLapic();
    lapic.receive(fixed(0x41));
    lapic.acknowledge();
    write(TPR, 0x45);
    expect(read(PPR)).toBe(0x45);
  });

  test('A2 only a class above PPR is delivered', () => {
    const { lapic, write } = setUpLapic();
    write(TPR, 0x50);
    lapic.receive(fixed(0x5f));
    expect(lapic.pendingVector).toBe(-1);
    lapic.receive(fixed(0x60));
    expect(lapic.pendingVector).toBe(0x60);
  });

  test('A3 a higher class nests; an equal or lower one waits for EOI', () => {
    const { lapic, write } = setUpLapic();
    lapic.receive(fixed(0x51));
    lapic.acknowledge();
    for (const vector of [0x41, 0x5f]) lapic.receive(fixed(vector));
    expect(lapic.pendingVector).toBe(-1);
    lapic.receive(fixed(0x61));
    expect(lapic.acknowledge()).toBe(0x61);
    write(EOI, 0);
    expect(lapic.pendingVector).toBe(-1);
    write(EOI, 0);
    expect(lapic.acknowledge()).toBe(0x5f);
  });

  test('A4 EOI clears the highest ISR bit and releases the next', () => {
    const { lapic, read, write } = setUpLapic();
    for (const vector of [0x41, 0x61]) {
      lapic.receive(fixed(vector));
      lapic.acknowledge();
    }
    lapic.receive(fixed(0x52));
    write(EOI, 0);
    expect(read(bitOf(ISR, 0x61).offset)).toBe(0);
    expect(read(bitOf(ISR, 0x41).offset)).toBe(bitOf(ISR, 0x41).bit);
    expect(lapic.pendingVector).toBe(0x52);
  });

  test('A4 EOI with nothing in service does nothing', () => {
    const { lapic, write, eois } = setUpLapic();
    lapic.receive(fixed(0x41, true));
    write(EOI, 0);
    expect(lapic.pendingVector).toBe(0x41);
    expect(eois).toEqual([]);
  });

  test('A4 the EOI of a level-triggered interrupt is broadcast, that of an edge is not', () => {
    const { lapic, read, write, eois } = setUpLapic();
    lapic.receive(fixed(0x41, true));
    expect(read(bitOf(TMR, 0x41).offset)).toBe(bitOf(TMR, 0x41).bit);
    lapic.acknowledge();
    write(EOI, 0);
    expect(eois).toEqual([0x41]);
    lapic.receive(fixed(0x41));
    lapic.acknowledge();
    write(EOI, 0);
    expect(eois).toEqual([0x41]);
  });

  test('A5 CR8 is TPR[7:4]; raising it holds lower classes, lowering it releases them', () => {
    const { lapic, read, write, changes } = setUpLapic();
    write(TPR, 0x3f);
    expect(lapic.taskPriority).toBe(3);
    lapic.receive(fixed(0x41));
    lapic.taskPriority = 4;
    expect(read(TPR)).toBe(0x40);
    expect(lapic.pendingVector).toBe(-1);
    const before = changes.length;
    lapic.taskPriority = 3;
    expect(lapic.pendingVector).toBe(0x41);
    expect(changes.slice(before)).toEqual([0x41]);
  });

  test('A13 a request that has vanished is acknowledged with the spurious vector and nothing in service', () => {
    const { lapic, read, write } = setUpLapic();
    write(SVR, 0x1ee);
    lapic.receive(fixed(0x41));
    lapic.taskPriority = 15;
    expect(lapic.acknowledge()).toBe(0xee);
    expect(read(bitOf(ISR, 0xee).offset)).toBe(0);
    expect(read(bitOf(IRR, 0x41).offset)).toBe(bitOf(IRR, 0x41).bit);
  });
});

describe('local interrupts', () => {
  test('A8 LINT1 in NMI mode makes an NMI, whatever TPR says, with no IRR bit', () => {
    const { lapic, read, write, nmis } = setUpLapic();
    lapic.taskPriority = 15;
    write(LVT_LINT1, NMI | 0x41);
    lapic.signal(1);
    expect(nmis()).toBe(1);
    expect(read(bitOf(IRR, 0x41).offset)).toBe(0);
    expect(lapic.pendingVector).toBe(-1);
  });

  test('A8 the three ways to an NMI: LINT1, LVT_PERFMON, ICR', () => {
    const { lapic, write, nmis } = setUpLapic();
    for (const lvt of [LVT_LINT1, LVT_PERFMON]) write(lvt, NMI);
    lapic.signal(1);
    lapic.performanceInterrupt();
    lapic.receive({ delivery: 'nmi', vector: 0x41, level: false, destination: { kind: 'all' } });
    expect(nmis()).toBe(3);
    expect(lapic.pendingVector).toBe(-1);
  });

  test('LINT0 in fixed mode requests its vector; masked it does not, also not later', () => {
    const { lapic, write } = setUpLapic();
    lapic.signal(0);
    write(LVT_LINT0, MASKED | 0x41);
    lapic.signal(0);
    write(LVT_LINT0, 0x41);
    expect(lapic.pendingVector).toBe(-1);
    lapic.signal(0);
    expect(lapic.pendingVector).toBe(0x41);
  });

  test('A9 delivery of a performance interrupt masks LVT_PERFMON; none comes until software unmasks it', () => {
    const { lapic, read, write, nmis } = setUpLapic();
    write(LVT_PERFMON, NMI);
    lapic.performanceInterrupt();
    expect(read(LVT_PERFMON)).toBe(MASKED | NMI);
    lapic.performanceInterrupt();
    expect(nmis()).toBe(1);
    write(LVT_PERFMON, NMI);
    expect(nmis()).toBe(1); // P5: what was lost does not come by unmasking
    lapic.performanceInterrupt();
    expect(nmis()).toBe(2);
  });

  test('A9 a performance interrupt with a vector is masked likewise', () => {
    const { lapic, read, write } = setUpLapic();
    write(LVT_PERFMON, 0x41);
    lapic.performanceInterrupt();
    expect(lapic.pendingVector).toBe(0x41);
    expect(read(LVT_PERFMON)).toBe(MASKED | 0x41);
  });

  test('A12 software-disabling masks every LVT, and they cannot be unmasked', () => {
    const { lapic, read, write, nmis } = setUpLapic();
    write(LVT_LINT1, NMI);
    write(SVR, 0xff);
    expect(read(LVT_LINT1)).toBe(MASKED | NMI);
    write(LVT_LINT1, NMI);
    expect(read(LVT_LINT1)).toBe(MASKED | NMI);
    lapic.signal(1);
    expect(nmis()).toBe(0);
    write(SVR, 0x1ff);
    expect(read(LVT_LINT1)).toBe(MASKED | NMI);
  });

  test('A12 a software-disabled APIC takes INIT, NMI and SIPI, but no fixed interrupt; one already pending is kept', () => {
    const { lapic, write, nmis, inits, sipis } = setUpLapic();
    lapic.receive(fixed(0x41));
    write(SVR, 0xff);
    lapic.receive(fixed(0x51));
    expect(lapic.pendingVector).toBe(0x41);
    const to = { level: false, destination: { kind: 'all' } } as const;
    lapic.receive({ delivery: 'nmi', vector: 0, ...to });
    lapic.receive({ delivery: 'init', vector: 0, ...to });
    lapic.receive({ delivery: 'start-up', vector: 0x9a, ...to });
    expect([nmis(), inits(), sipis]).toEqual([1, 1, [0x9a]]);
  });
});

describe('errors', () => {
  test('A14 a received illegal vector sets ESR bit 6, which a write of ESR makes visible', () => {
    const { lapic, read, write } = setUpLapic();
    lapic.receive(fixed(15));
    expect(lapic.pendingVector).toBe(-1);
    expect(read(ESR)).toBe(0);
    write(ESR, 0);
    expect(read(ESR)).toBe(0x40);
    write(ESR, 0);
    expect(read(ESR)).toBe(0);
  });

  test('A14 an illegal vector in ICR sets ESR bit 5 and sends nothing', () => {
    const { read, write, sent } = setUpLapic();
    write(ICR, 0x0f);
    write(ESR, 0);
    expect(read(ESR)).toBe(0x20);
    expect(sent).toEqual([]);
  });

  test('A14 the error interrupt comes once, until ESR is written', () => {
    const { lapic, write } = setUpLapic();
    write(LVT_ERROR, 0xfe);
    lapic.receive(fixed(0));
    expect(lapic.acknowledge()).toBe(0xfe);
    write(EOI, 0);
    lapic.receive(fixed(1));
    expect(lapic.pendingVector).toBe(-1);
    write(ESR, 0);
    lapic.receive(fixed(1));
    expect(lapic.pendingVector).toBe(0xfe);
  });

  test('A14 an illegal vector in LVT_ERROR itself ends there', () => {
    const { lapic, read, write } = setUpLapic();
    write(LVT_ERROR, 3);
    lapic.receive(fixed(0));
    write(ESR, 0);
    expect(read(ESR)).toBe(0x40);
    expect(lapic.pendingVector).toBe(-1);
  });

  test('A14 a register that does not exist sets ESR bit 7', () => {
    const { read, write } = setUpLapic();
    expect(read(0x3f0)).toBe(0);
    write(ESR, 0);
    expect(read(ESR)).toBe(0x80);
  });
});

describe('the register page', () => {
  test.each([8, 16, 64])('A15 an access of %i bits does nothing', (size) => {
    const { lapic, read, write } = setUpLapic();
    write(TPR, 0x20);
    lapic.writeMemory(TPR, 0x50, size);
    expect(read(TPR)).toBe(0x20);
    expect(lapic.readMemory(TPR, size)).toBe(2 ** size - 1);
  });

  test('A15 an access that is not aligned to 16 bytes does nothing', () => {
    const { lapic, read, write } = setUpLapic();
    write(TPR, 0x20);
    lapic.writeMemory(TPR + 4, 0x50, 32);
    expect(read(TPR)).toBe(0x20);
    expect(lapic.readMemory(TPR + 4, 32)).toBe(0xffff_ffff);
  });

  test('identification: id in the top byte, integrated APIC with six LVT entries', () => {
    const { read } = setUpLapic({ id: 3 });
    expect(read(ID)).toBe(0x0300_0000);
    expect(read(VERSION) & 0xff).toBeGreaterThanOrEqual(0x10);
    expect(read(VERSION) & 0xff).toBeLessThanOrEqual(0x15);
    expect((read(VERSION) >> 16) & 0xff).toBe(5);
  });

  test('reset state: software-disabled, everything masked', () => {
    const { read } = setUpLapic({ enabled: false });
    expect(read(SVR)).toBe(0xff);
    for (const lvt of [0x320, 0x330, 0x340, 0x350, 0x360, 0x370]) expect(read(lvt)).toBe(MASKED);
    expect(read(0xe0)).toBe(0xffff_ffff);
    for (const zero of [TPR, PPR, LDR, ESR, ICR, ICR_HIGH, 0x380, 0x390, 0x3e0]) expect(read(zero)).toBe(0);
  });

  test('A11 INIT brings the reset state; id, page and mode stay', () => {
    const { lapic, read, write } = setUpLapic({ id: 2 });
    lapic.writeMsr(0x1b, 0x1234_5900n);
    write(TPR, 0x50);
    write(LVT_LINT1, NMI);
    lapic.receive(fixed(0x61));
    lapic.init();
    expect(lapic.pendingVector).toBe(-1);
    expect([read(ID), read(TPR), read(SVR), read(LVT_LINT1)]).toEqual([0x0200_0000, 0, 0xff, MASKED]);
    expect(lapic.page).toBe(0x1234_5000);
  });
});

test('a loaded state is the saved one, pending requests and all', () => {
  const { lapic, write } = setUpLapic();
  lapic.receive(fixed(0x61));
  lapic.acknowledge();
  lapic.receive(fixed(0x71, true));
  write(0x320, 0x2_0041);
  write(0x380, 1000);
  const saved = JSON.parse(JSON.stringify(lapic.save()));
  const other = setUpLapic();
  other.lapic.load(saved);
  expect(other.lapic.save()).toEqual(lapic.save());
  expect(other.lapic.pendingVector).toBe(0x71);
  expect(other.changes).toEqual([0x71]);
  other.cpu.run(2002); // 1000 counts, divided by 2, armed in slot 2
  expect(other.read(bitOf(IRR, 0x41).offset)).toBe(bitOf(IRR, 0x41).bit);
});
