// Interrupts between CPUs: ICR, destinations, x2APIC, IA32_APIC_BASE (A10, A14, A15 and SDM vol. 3, 10.4, 10.6, 10.12).

import { describe, expect, test } from 'vitest';
import { ApicBus, type ApicMessage } from '../../src/device/ipi.ts';
import { Lapic } from '../../src/device/lapic.ts';
import { setUpLapic } from './lapic-bench.ts';
import { Slots } from './slots.ts';

const EOI = 0xb0;
const LDR = 0xd0;
const DFR = 0xe0;
const SVR = 0xf0;
const ESR = 0x280;
const ICR = 0x300;
const ICR_HIGH = 0x310;

const IA32_APIC_BASE = 0x1b;
const BSP = 0x100n;
const EXTD = 0x400n;
const EN = 0x800n;
const PAGE = 0xfee0_0000n;

const LOWEST = 1 << 8;
const NMI = 4 << 8;
const INIT = 5 << 8;
const STARTUP = 6 << 8;
const LOGICAL = 1 << 11;
const ASSERT = 1 << 14;
const LEVEL = 1 << 15;
const SELF = 1 << 18;
const ALL = 2 << 18;
const OTHERS = 3 << 18;

/** `count` local APICs on one bus, and a log of what reached them: `cpu:what`. */
const setUpBus = (count: number) => {
  const bus = new ApicBus();
  const log: string[] = [];
  const lapics = Array.from({ length: count }, (_, id) => {
    const cpu = new Slots();
    const lapic: Lapic = new Lapic({
      id,
      bootstrap: id === 0,
      now: cpu.now,
      timeline: cpu.timeline,
      nmi: () => log.push(`${id}:nmi`),
      init: () => log.push(`${id}:init`),
      sipi: (vector) => log.push(`${id}:sipi ${vector}`),
      changed: () => log.push(`${id}:${lapic.pendingVector}`),
      send: (message) => bus.send(message, lapic),
      eoi: () => {},
    });
    bus.attach(lapic);
    lapic.writeMemory(SVR, 0x1ff, 32);
    return lapic;
  });
  return {
    bus,
    lapics,
    log,
    /** CPU `from` writes its ICR; gives what arrived at once and what with the flush. */
    send: (from: number, low: number, id = 0) => {
      log.length = 0;
      lapics[from].writeMemory(ICR_HIGH, id << 24, 32);
      lapics[from].writeMemory(ICR, low, 32);
      const atOnce = [...log];
      log.length = 0;
      bus.flush();
      return { atOnce, flushed: [...log] };
    },
  };
};

describe('A10 ICR in xAPIC mode', () => {
  test.each([
    ['fixed, physical, another', 0x41, 2, [], ['2:65']],
    ['fixed, physical, oneself', 0x41, 1, ['1:65'], []],
    ['fixed, physical, nobody', 0x41, 9, [], []],
    ['fixed, physical, everybody', 0x41, 0xff, ['1:65'], ['0:65', '2:65', '3:65']],
    ['self', SELF | 0x41, 0, ['1:65'], []],
    ['all', ALL | 0x41, 0, ['1:65'], ['0:65', '2:65', '3:65']],
    ['all but self', OTHERS | 0x41, 0, [], ['0:65', '2:65', '3:65']],
    ['NMI, whatever the vector', NMI | 0x03, 2, [], ['2:nmi']],
    ['NMI to all but self', OTHERS | NMI, 0, [], ['0:nmi', '2:nmi', '3:nmi']],
    ['INIT', ASSERT | INIT, 3, [], ['3:init']],
    ['INIT level de-assert', LEVEL | INIT, 3, [], []],
    ['INIT level assert', LEVEL | ASSERT | INIT, 3, [], ['3:init']],
    ['start-up', ASSERT | STARTUP | 0x08, 3, [], ['3:sipi 8']],
  ])('%s', (_, low, id, atOnce, flushed) => expect(setUpBus(4).send(1, low, id)).toEqual({ atOnce, flushed }));

  test('messages arrive in the order in which they were sent', () => {
    const { bus, lapics, log } = setUpBus(3);
    lapics[2].writeMemory(ICR, OTHERS | 0x41, 32);
    lapics[0].writeMemory(ICR, OTHERS | 0x51, 32);
    expect(bus.pending).toBe(true);
    expect(log).toEqual([]);
    bus.flush();
    expect(log).toEqual(['0:65', '1:65', '1:81', '2:81']);
    expect(bus.pending).toBe(false);
  });

  test('the delivery status reads idle, the rest as written', () => {
    const { lapics } = setUpBus(1);
    lapics[0].writeMemory(ICR_HIGH, 0x0900_0000, 32);
    lapics[0].writeMemory(ICR, 0xffff_ffff & ~(7 << 8), 32);
    expect(lapics[0].readMemory(ICR, 32)).toBe(0x000c_c8ff);
    expect(lapics[0].readMemory(ICR_HIGH, 32)).toBe(0x0900_0000);
  });
});

describe('A10 logical destinations', () => {
  const setUpLogical = (dfr: number, ldrs: readonly number[]) => {
    const bench = setUpBus(ldrs.length);
    for (const [index, lapic] of bench.lapics.entries()) {
      lapic.writeMemory(DFR, dfr, 32);
      lapic.writeMemory(LDR, ldrs[index] << 24, 32);
    }
    return bench;
  };
  const reached = ({ atOnce, flushed }: { atOnce: string[]; flushed: string[] }) => [...atOnce, ...flushed].map((entry) => entry[0]);

  test.each([
    [0b0100, ['2']],
    [0b1010, ['1', '3']],
    [0xff, ['1', '0', '2', '3']],
    [0, []],
  ])('flat: one bit a CPU, %i', (id, expected) => {
    const { send } = setUpLogical(0xffff_ffff, [1, 2, 4, 8]);
    expect(reached(send(1, LOGICAL | 0x41, id))).toEqual(expected);
  });

  test.each([
    [0x12, ['1']],
    [0x23, ['2', '3']],
    [0xf1, ['0', '2']],
    [0x31, []],
  ])('cluster: cluster number and four bits, %i', (id, expected) => {
    const { send } = setUpLogical(0x0fff_ffff, [0x11, 0x12, 0x21, 0x22]);
    expect(reached(send(1, LOGICAL | 0x41, id))).toEqual(expected);
  });

  test('lowest priority: one CPU gets it, the one with the lowest PPR, the first of several', () => {
    const { lapics, send } = setUpLogical(0xffff_ffff, [1, 2, 4, 8]);
    for (const [index, priority] of [5, 3, 2, 2].entries()) lapics[index].taskPriority = priority;
    expect(send(0, LOGICAL | LOWEST | 0x61, 0xff)).toEqual({ atOnce: [], flushed: ['2:97'] });
    expect(send(2, LOGICAL | LOWEST | 0x61, 0b11)).toEqual({ atOnce: [], flushed: ['1:97'] });
  });
});

describe('IA32_APIC_BASE', () => {
  test('reset value: page at FEE00000, enabled, BSP flag for one only', () => {
    expect(setUpLapic().rdmsr(IA32_APIC_BASE)).toBe(PAGE | EN | BSP);
    expect(setUpLapic({ bootstrap: false }).rdmsr(IA32_APIC_BASE)).toBe(PAGE | EN);
  });

  test.each([
    ['xAPIC to x2APIC', [EN | EXTD], true],
    ['xAPIC to off', [0n], true],
    ['x2APIC to off', [EN | EXTD, 0n], true],
    ['off to xAPIC', [0n, EN], true],
    ['x2APIC to xAPIC', [EN | EXTD, EN], false],
    ['off to x2APIC', [0n, EN | EXTD], false],
    ['EXTD without EN', [EXTD], false],
    ['a reserved bit', [EN | 0x200n], false],
    ['an address beyond 40 bits', [EN | (1n << 40n)], false],
  ])('%s', (_, writes, allowed) => {
    const { wrmsr } = setUpLapic();
    const results = writes.map((flags) => wrmsr(IA32_APIC_BASE, PAGE | BSP | flags));
    expect(results.at(-1)).toBe(allowed);
  });

  test('the page moves', () => {
    const { lapic, wrmsr } = setUpLapic();
    wrmsr(IA32_APIC_BASE, 0xd000_0000n | EN | BSP);
    expect(lapic.page).toBe(0xd000_0000);
  });

  test('switched off, the APIC hears nothing and forgets all; switched on again it is as after reset', () => {
    const { lapic, wrmsr, read } = setUpLapic();
    wrmsr(IA32_APIC_BASE, PAGE | BSP);
    expect(lapic.page).toBe(-1);
    expect(lapic.accepts({ kind: 'all' })).toBe(false);
    wrmsr(IA32_APIC_BASE, PAGE | BSP | EN);
    expect(read(SVR)).toBe(0xff);
  });
});

describe('x2APIC', () => {
  const setUpX2apic = (options: Parameters<typeof setUpLapic>[0] = {}) => {
    const bench = setUpLapic(options);
    bench.wrmsr(IA32_APIC_BASE, PAGE | BSP | EN | EXTD);
    return bench;
  };

  test('A15 the page is gone, and the MSRs are there; in xAPIC mode the MSRs are not', () => {
    const { lapic } = setUpX2apic();
    expect(lapic.page).toBe(-1);
    expect(lapic.readMsr(0x80f)).toBe(0x1ffn);
    const xapic = setUpLapic().lapic;
    expect(xapic.readMsr(0x80f)).toBeUndefined();
    expect(xapic.writeMsr(0x80f, 0x1ffn)).toBe(false);
  });

  test('the id is 32 bits wide and the logical id follows from it', () => {
    const { lapic } = setUpX2apic({ id: 0x25 });
    expect(lapic.readMsr(0x802)).toBe(0x25n);
    expect(lapic.readMsr(0x80d)).toBe(0x0002_0020n);
  });

  test.each([
    ['ID', 0x802, 0n],
    ['version', 0x803, 0n],
    ['PPR', 0x80a, 0n],
    ['LDR', 0x80d, 0n],
    ['ISR', 0x810, 0n],
    ['IRR', 0x820, 0n],
    ['current count', 0x839, 0n],
    ['EOI other than 0', 0x80b, 1n],
    ['ESR other than 0', 0x828, 1n],
    ['TPR bit 8', 0x808, 0x100n],
    ['SVR bit 12', 0x80f, 0x1000n],
    ['LVT timer bit 8', 0x832, 0x100n],
    ['LVT timer bit 32', 0x832, 1n << 32n],
    ['ICR bit 12', 0x830, 0x1000n],
    ['divide configuration bit 2', 0x83e, 4n],
    ['SELF_IPI bit 8', 0x83f, 0x141n],
    ['the place of DFR', 0x80e, 0n],
    ['the place of ICR_HIGH', 0x831, 0n],
    ['the end of the range', 0x8ff, 0n],
  ])('A15 a write of %s is #GP', (_, index, value) => expect(setUpX2apic().lapic.writeMsr(index, value)).toBe(false));

  test.each([0x80b, 0x83f, 0x80e, 0x831, 0x809, 0x80c, 0x800, 0x8ff])('A15 a read of MSR %i is #GP', (index) =>
    expect(setUpX2apic().lapic.readMsr(index)).toBeUndefined());

  test('an LVT entry may be written back as read, status bits and all', () => {
    const { lapic } = setUpX2apic();
    expect(lapic.writeMsr(0x835, 0x1_5041n)).toBe(true);
    expect(lapic.readMsr(0x835)).toBe(0x1_0041n);
  });

  test('A10 ICR is one MSR with a 32-bit destination', () => {
    const { lapic, sent } = setUpX2apic();
    expect(lapic.writeMsr(0x830, (0x1_0203n << 32n) | 0x41n)).toBe(true);
    expect(lapic.readMsr(0x830)).toBe((0x1_0203n << 32n) | 0x41n);
    lapic.writeMsr(0x830, (0xffff_ffffn << 32n) | BigInt(NMI));
    lapic.writeMsr(0x830, (0x0002_0020n << 32n) | BigInt(LOGICAL | 0x51));
    expect(sent).toEqual<ApicMessage[]>([
      { delivery: 'fixed', vector: 0x41, level: false, destination: { kind: 'physical', id: 0x1_0203 } },
      { delivery: 'nmi', vector: 0, level: false, destination: { kind: 'all' } },
      { delivery: 'fixed', vector: 0x51, level: false, destination: { kind: 'logical', id: 0x2_0020 } },
    ]);
  });

  test('A10 logical: cluster in the high half, one bit in the low half', () => {
    const { lapic } = setUpX2apic({ id: 0x25 });
    expect(lapic.accepts({ kind: 'logical', id: 0x0002_0030 })).toBe(true);
    expect(lapic.accepts({ kind: 'logical', id: 0x0002_0010 })).toBe(false);
    expect(lapic.accepts({ kind: 'logical', id: 0x0001_0020 })).toBe(false);
    expect(lapic.accepts({ kind: 'logical', id: 0xffff_ffff })).toBe(true);
  });

  test('A10 SELF_IPI requests a vector of the own CPU; an illegal one is a receive error (A14)', () => {
    const { lapic } = setUpX2apic();
    lapic.writeMsr(0x83f, 0x41n);
    expect(lapic.acknowledge()).toBe(0x41);
    lapic.writeMsr(0x83f, 0x03n);
    lapic.writeMsr(0x828, 0n);
    expect(lapic.readMsr(0x828)).toBe(0x40n);
  });

  test('what was set up in xAPIC mode stays; EOI works through its MSR', () => {
    const bench = setUpLapic();
    bench.write(0x350, 0x41);
    bench.lapic.signal(0);
    bench.lapic.acknowledge();
    bench.wrmsr(IA32_APIC_BASE, PAGE | BSP | EN | EXTD);
    expect(bench.lapic.readMsr(0x812)).toBe(2n);
    expect(bench.lapic.writeMsr(0x80b, 0n)).toBe(true);
    expect(bench.lapic.readMsr(0x812)).toBe(0n);
  });
});

test('a message on its way survives save and load', () => {
  const { bus, lapics } = setUpBus(2);
  lapics[0].writeMemory(ICR, OTHERS | 0x41, 32);
  const saved = JSON.parse(JSON.stringify(bus.save()));
  const other = setUpBus(2);
  other.bus.load(saved);
  other.bus.flush();
  expect(other.log).toEqual(['1:65']);
});

test('a CPU that misuses its APIC sees it in its own ESR only', () => {
  const { lapics, send } = setUpBus(2);
  expect(send(0, 0x05, 1)).toEqual({ atOnce: [], flushed: [] });
  for (const lapic of lapics) lapic.writeMemory(ESR, 0, 32);
  expect(lapics.map((lapic) => lapic.readMemory(ESR, 32))).toEqual([0x20, 0]);
  lapics[0].writeMemory(EOI, 0, 32);
});
