// The performance counters, by the P numbers of the trap-order specification and SDM vol. 3, 20.2.

import { describe, expect, test } from 'vitest';
import { NO_PMU, Pmu } from '../../src/device/pmu.ts';
import { Slots } from './slots.ts';

const PMC0 = 0xc1;
const PERFEVTSEL0 = 0x186;
const FIXED_CTR0 = 0x309;
const FIXED_CTR1 = 0x30a;
const FIXED_CTR2 = 0x30b;
const FIXED_CTR_CTRL = 0x38d;
const GLOBAL_STATUS = 0x38e;
const GLOBAL_CTRL = 0x38f;
const GLOBAL_OVF_CTRL = 0x390;

const USR = 1n << 16n;
const OS = 1n << 17n;
const EDGE = 1n << 18n;
const INT = 1n << 20n;
const EN = 1n << 22n;
const INV = 1n << 23n;
const CYCLES = 0x3cn;
const REFERENCE = 0x13cn;
const RETIRED = 0xc0n;
const cmask = (count: number): bigint => BigInt(count) << 24n;

const setUp = (options: { skid?: number } = {}) => {
  const cpu = new Slots();
  const interrupts: number[] = [];
  const pmu = new Pmu({ ...cpu, timeline: cpu.timeline, performanceInterrupt: () => interrupts.push(cpu.time), ...options });
  return {
    cpu,
    pmu,
    /** Times at which a performance interrupt was requested; one less than the boundary if a WRMSR did it. */
    interrupts,
    wrmsr: (index: number, value: bigint) => cpu.execute(() => pmu.writeMsr(index, value)),
    rdmsr: (index: number) => cpu.execute(() => pmu.readMsr(index)),
    rdpmc: (index: number) => cpu.execute(() => pmu.readCounter(index)),
  };
};

describe('counting', () => {
  test('P1 an enabled counter adds its event for every instruction', () => {
    const { cpu, wrmsr, rdpmc } = setUp();
    wrmsr(PERFEVTSEL0, EN | OS | RETIRED);
    cpu.run(10);
    expect(rdpmc(0)).toBe(10n);
  });

  test.each([
    ['its own enable', OS | RETIRED, 1n, 0n],
    ['its bit in GLOBAL_CTRL', EN | OS | RETIRED, 2n, 0n],
    ['the ring it runs in', EN | USR | RETIRED, 1n, 0n],
    ['nothing more', EN | OS | RETIRED, 1n, 10n],
  ])('P1 a counter wants %s', (_, select, control, expected) => {
    const { cpu, wrmsr, rdpmc } = setUp();
    wrmsr(PERFEVTSEL0, select);
    wrmsr(GLOBAL_CTRL, 0n);
    wrmsr(PMC0, 0n);
    wrmsr(GLOBAL_CTRL, control);
    cpu.run(10);
    expect(rdpmc(0)).toBe(expected);
  });

  test('P1 the ring filter follows the privilege level', () => {
    const { cpu, pmu, wrmsr, rdpmc } = setUp();
    wrmsr(PERFEVTSEL0, EN | OS | RETIRED);
    wrmsr(PERFEVTSEL0 + 1, EN | USR | RETIRED);
    cpu.run(5); // and the WRMSR before: 6 in ring 0 so far
    cpu.execute(() => pmu.privilegeChanging(3)); // as SYSRET: counted in the ring it goes to
    cpu.run(7);
    cpu.execute(() => pmu.privilegeChanging(0));
    cpu.run(2);
    expect(rdpmc(0)).toBe(6n + 3n);
    expect(rdpmc(1)).toBe(8n);
  });

  test('P3a the enabling WRMSR of GLOBAL_CTRL is not counted, the disabling one is', () => {
    const { cpu, wrmsr, rdmsr } = setUp();
    wrmsr(GLOBAL_CTRL, 0n);
    wrmsr(PERFEVTSEL0, EN | OS | RETIRED);
    wrmsr(PERFEVTSEL0 + 1, EN | OS | CYCLES);
    wrmsr(GLOBAL_CTRL, 3n);
    cpu.run(3);
    wrmsr(GLOBAL_CTRL, 0n);
    cpu.run(100);
    expect(rdmsr(PMC0)).toBe(4n);
    expect(rdmsr(PMC0 + 1)).toBe(4n);
  });

  test('a counter written while it counts goes on from the written value', () => {
    const { cpu, wrmsr, rdpmc } = setUp();
    wrmsr(PERFEVTSEL0, EN | OS | RETIRED);
    cpu.run(50);
    wrmsr(PMC0, 1000n);
    cpu.run(5);
    expect(rdpmc(0)).toBe(1005n);
  });

  test('H3 P10 halted ticks are no cycles, and PAUSE is one instruction of many', () => {
    const { cpu, wrmsr, rdpmc } = setUp();
    wrmsr(FIXED_CTR_CTRL, 0x333n);
    wrmsr(GLOBAL_CTRL, 7n << 32n);
    cpu.run(2);
    cpu.halt(1000);
    cpu.pause();
    expect(rdpmc(0x4000_0000)).toBe(3n);
    expect(rdpmc(0x4000_0001)).toBe(2n + 40n + 1n); // and the first RDPMC
    expect(rdpmc(0x4000_0002)).toBe(2n + 40n + 2n);
  });

  test.each([
    ['reference cycles', REFERENCE, 45n],
    ['an event that does not exist', 0x2en, 0n],
    ['retired in at least one clock', RETIRED | cmask(1), 6n],
    ['retired two in a clock', RETIRED | cmask(2), 0n],
    ['clocks with none retired', RETIRED | cmask(1) | INV, 39n],
    ['clocks with fewer than 16 retired', RETIRED | cmask(16) | INV, 45n],
    ['INV without a threshold', RETIRED | INV, 6n],
    ['cycles that are none', CYCLES | cmask(1) | INV, 0n],
    ['edges', CYCLES | EDGE, 0n],
  ])('%s', (_, select, expected) => {
    const { cpu, wrmsr, rdpmc } = setUp();
    wrmsr(PERFEVTSEL0, EN | OS | select);
    cpu.run(5);
    cpu.pause();
    expect(rdpmc(0)).toBe(expected);
  });
});

describe('overflow', () => {
  test.each([
    ['a general counter on cycles', PMC0, PERFEVTSEL0, EN | OS | INT | CYCLES, 1n],
    ['a general counter on instructions', PMC0, PERFEVTSEL0, EN | OS | INT | RETIRED, 1n],
    ['a fixed counter', FIXED_CTR1, FIXED_CTR_CTRL, 0xb0n, 2n << 32n],
  ])('P2 P3 %s loaded with -N overflows after exactly N instructions', (_, counter, control, select, bit) => {
    for (const count of [1, 2, 3, 100, 4999]) {
      const { cpu, wrmsr, rdmsr, interrupts } = setUp();
      wrmsr(GLOBAL_CTRL, 0n);
      wrmsr(counter, BigInt.asUintN(counter === PMC0 ? 64 : 48, -BigInt(count)));
      wrmsr(control, select);
      wrmsr(GLOBAL_CTRL, bit);
      const start = cpu.time;
      cpu.run(count - 1);
      expect(interrupts).toEqual([]);
      cpu.run(1);
      expect(interrupts).toEqual([start + count]);
      expect(rdmsr(GLOBAL_STATUS)).toBe(bit);
      expect(rdmsr(counter)).toBe(1n); // the RDMSR before
    }
  });

  test('P2 without INT the status bit is set and nothing else happens', () => {
    const { cpu, wrmsr, rdmsr, interrupts } = setUp();
    wrmsr(PMC0, 0xffff_fff0n);
    wrmsr(PERFEVTSEL0, EN | OS | CYCLES);
    cpu.run(20);
    expect(rdmsr(GLOBAL_STATUS)).toBe(1n);
    expect(interrupts).toEqual([]);
  });

  test('P2 halted ticks and PAUSE move the overflow, but not past its instruction', () => {
    const { cpu, wrmsr, interrupts } = setUp();
    wrmsr(PMC0, 0xffff_ff9cn); // -100
    wrmsr(PERFEVTSEL0, EN | OS | INT | RETIRED);
    cpu.halt(5000);
    for (let count = 0; count < 40; count++) cpu.pause();
    cpu.halt(77);
    cpu.run(59);
    expect(interrupts).toEqual([]);
    cpu.run(1);
    expect(interrupts).toEqual([cpu.time]);
  });

  test('P2 an overflow in the middle of a PAUSE comes after it, and the rest of its cycles counts', () => {
    const { cpu, wrmsr, rdpmc, interrupts } = setUp();
    wrmsr(PMC0, 0xffff_fff6n); // -10
    wrmsr(PERFEVTSEL0, EN | OS | INT | CYCLES);
    cpu.pause();
    expect(interrupts).toEqual([cpu.time]);
    expect(rdpmc(0)).toBe(30n);
  });

  test('P2 the disabling WRMSR is counted, so it can be the one that overflows', () => {
    const { wrmsr, rdmsr, interrupts } = setUp();
    wrmsr(PMC0, 0xffff_ffffn);
    wrmsr(PERFEVTSEL0, EN | OS | INT | RETIRED);
    wrmsr(GLOBAL_CTRL, 0n);
    expect(interrupts).toHaveLength(1);
    expect(rdmsr(GLOBAL_STATUS)).toBe(1n);
    expect(rdmsr(PMC0)).toBe(0n);
  });

  test('P2 the skid is a setting', () => {
    const { cpu, wrmsr, interrupts } = setUp({ skid: 3 });
    wrmsr(PMC0, 0xffff_fff6n); // -10
    wrmsr(PERFEVTSEL0, EN | OS | INT | RETIRED);
    const start = cpu.time;
    cpu.run(20);
    expect(interrupts).toEqual([start + 13]);
  });

  test('P3 a general counter takes 32 bits, sign-extended to 48', () => {
    const { wrmsr, rdmsr } = setUp();
    wrmsr(PMC0, 0x1234_8000_0000n);
    expect(rdmsr(PMC0)).toBe(0xffff_8000_0000n);
    wrmsr(PMC0, 0xffff_ffff_7fff_ffffn);
    expect(rdmsr(PMC0)).toBe(0x7fff_ffffn);
  });

  test('a fixed counter takes 48 bits; those above are reserved', () => {
    const { wrmsr, rdmsr } = setUp();
    expect(wrmsr(FIXED_CTR2, 0x1234_8000_0000n)).toBe(true);
    expect(rdmsr(FIXED_CTR2)).toBe(0x1234_8000_0000n);
    expect(wrmsr(FIXED_CTR2, 1n << 48n)).toBe(false);
  });

  test('P4 status bits stay until they are cleared through GLOBAL_OVF_CTRL', () => {
    const { cpu, wrmsr, rdmsr } = setUp();
    for (const index of [0, 1]) wrmsr(PMC0 + index, 0xffff_fff0n);
    for (const index of [0, 1]) wrmsr(PERFEVTSEL0 + index, EN | OS | CYCLES);
    cpu.run(50);
    expect(rdmsr(GLOBAL_STATUS)).toBe(3n);
    wrmsr(GLOBAL_OVF_CTRL, 1n);
    expect(rdmsr(GLOBAL_STATUS)).toBe(2n);
    expect(wrmsr(GLOBAL_STATUS, 0n)).toBe(false);
    expect(rdmsr(GLOBAL_OVF_CTRL)).toBe(0n);
  });

  test('P4 two counters that overflow at once give one interrupt and two status bits', () => {
    const { cpu, wrmsr, rdmsr, interrupts } = setUp();
    wrmsr(GLOBAL_CTRL, 0n);
    wrmsr(PMC0, 0xffff_fff6n);
    wrmsr(FIXED_CTR0, 0xffff_ffff_fff6n);
    wrmsr(PERFEVTSEL0, EN | OS | INT | CYCLES);
    wrmsr(FIXED_CTR_CTRL, 0xbn);
    wrmsr(GLOBAL_CTRL, 1n | (1n << 32n));
    cpu.run(10);
    expect(interrupts).toEqual([cpu.time]);
    expect(rdmsr(GLOBAL_STATUS)).toBe(1n | (1n << 32n));
  });

  test('an overflow in the ring that does not count waits for the ring that does', () => {
    const { cpu, pmu, wrmsr, interrupts } = setUp();
    wrmsr(PMC0, 0xffff_fff6n); // -10
    wrmsr(PERFEVTSEL0, EN | OS | INT | RETIRED);
    cpu.run(4);
    cpu.execute(() => pmu.privilegeChanging(3));
    cpu.run(100);
    expect(interrupts).toEqual([]);
    pmu.privilegeChanging(0); // as an interrupt does, at a boundary
    cpu.run(5);
    expect(interrupts).toEqual([]);
    cpu.run(1);
    expect(interrupts).toEqual([cpu.time]);
  });
});

describe('faults', () => {
  test('P7 RDPMC knows four general and three fixed counters', () => {
    const { pmu } = setUp();
    const known = [0, 1, 2, 3, 0x4000_0000, 0x4000_0001, 0x4000_0002];
    for (const index of known) expect(pmu.readCounter(index)).toBe(0n);
    for (const index of [4, 0x3fff_ffff, 0x4000_0003, 0x8000_0000, 0xffff_ffff]) expect(pmu.readCounter(index)).toBeUndefined();
  });

  test.each([
    ['PERFEVTSEL0 AnyThread', PERFEVTSEL0, 1n << 21n],
    ['PERFEVTSEL0 bit 32', PERFEVTSEL0, 1n << 32n],
    ['GLOBAL_CTRL bit 4', GLOBAL_CTRL, 1n << 4n],
    ['GLOBAL_CTRL bit 35', GLOBAL_CTRL, 1n << 35n],
    ['FIXED_CTR_CTRL AnyThread', FIXED_CTR_CTRL, 4n],
    ['FIXED_CTR_CTRL bit 12', FIXED_CTR_CTRL, 1n << 12n],
    ['GLOBAL_OVF_CTRL bit 4', GLOBAL_OVF_CTRL, 1n << 4n],
  ])('P8 %s is reserved', (_, index, value) => expect(setUp().wrmsr(index, value)).toBe(false));

  test.each([0xc0, 0xc5, 0x185, 0x18a, 0x30c, 0x345, 0x391, 0x4c1])('MSR %i is not there', (index) => {
    const { pmu } = setUp();
    expect(pmu.readMsr(index)).toBeUndefined();
    expect(pmu.writeMsr(index, 0n)).toBe(false);
  });

  test('P9 a CPU without a PMU has none of it', () => {
    expect(NO_PMU.readCounter()).toBeUndefined();
    expect(NO_PMU.readMsr()).toBeUndefined();
    expect(NO_PMU.writeMsr()).toBe(false);
  });
});

test('after reset only GLOBAL_CTRL is not zero: it has the general counters on', () => {
  const { pmu, wrmsr } = setUp();
  wrmsr(PERFEVTSEL0, EN | OS | CYCLES);
  pmu.reset();
  expect(pmu.readMsr(GLOBAL_CTRL)).toBe(0xfn);
  expect(pmu.readMsr(PERFEVTSEL0)).toBe(0n);
  expect(pmu.readMsr(PMC0)).toBe(0n);
});

test('a loaded state counts on and overflows as the saved one would', () => {
  const { cpu, pmu, wrmsr } = setUp();
  wrmsr(PMC0, 0xffff_ff9cn); // -100
  wrmsr(PERFEVTSEL0, EN | OS | INT | CYCLES);
  cpu.run(40);
  const saved = JSON.parse(JSON.stringify(pmu.save()));
  const other = setUp();
  other.cpu.run(cpu.time); // clocks are loaded before devices
  other.pmu.load(saved);
  expect(other.pmu.save()).toEqual(pmu.save());
  other.cpu.run(59);
  expect(other.interrupts).toEqual([]);
  other.cpu.run(1);
  expect(other.interrupts).toEqual([other.cpu.time]);
});
