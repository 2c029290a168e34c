// The local APIC's timer, by A6, A7, A7a and X1 of the trap-order specification and SDM vol. 3, 10.5.4.

import { describe, expect, test } from 'vitest';
import { setUpLapic } from './lapic-bench.ts';

const EOI = 0xb0;
const LVT_TIMER = 0x320;
const INITIAL_COUNT = 0x380;
const CURRENT_COUNT = 0x390;
const DIVIDE_CONFIGURATION = 0x3e0;
const IA32_TSC_DEADLINE = 0x6e0;
const VECTOR = 0xec;
const MASKED = 0x1_0000;
const PERIODIC = 0x2_0000;
const DEADLINE = 0x4_0000;
/** Divide configuration 1011b: by 1. */
const BY_1 = 0xb;

const setUp = (lvt: number, options: Parameters<typeof setUpLapic>[0] = {}) => {
  const bench = setUpLapic(options);
  bench.write(DIVIDE_CONFIGURATION, BY_1);
  bench.write(LVT_TIMER, lvt | VECTOR);
  return {
    ...bench,
    fired: () => bench.lapic.pendingVector === VECTOR,
    /** Takes the interrupt and ends it, between two instructions. */
    serve: () => {
      expect(bench.lapic.acknowledge()).toBe(VECTOR);
      bench.lapic.writeMemory(EOI, 0, 32);
    },
  };
};

describe('counting', () => {
  test.each([
    [0b0000, 2],
    [0b0001, 4],
    [0b0010, 8],
    [0b0011, 16],
    [0b1000, 32],
    [0b1001, 64],
    [0b1010, 128],
    [0b1011, 1],
  ])('A7 X1 divide configuration %i: N counts armed in slot t end at t + N * %i exactly', (configuration, divisor) => {
    for (const count of [1, 2, 7, 100]) {
      const { cpu, write, fired } = setUp(0);
      write(DIVIDE_CONFIGURATION, configuration);
      const start = cpu.time;
      write(INITIAL_COUNT, count);
      cpu.runUntil(fired);
      expect(cpu.time).toBe(start + count * divisor);
    }
  });

  test('A7 the current count reads the time left', () => {
    const { cpu, read, write } = setUp(0);
    write(DIVIDE_CONFIGURATION, 0); // by 2
    write(INITIAL_COUNT, 100); // in slot t
    expect(read(INITIAL_COUNT)).toBe(100); // t + 1
    expect(read(CURRENT_COUNT)).toBe(99); // t + 2
    expect(read(CURRENT_COUNT)).toBe(99);
    expect(read(CURRENT_COUNT)).toBe(98);
    cpu.run(195); // t + 200 is next
    expect(read(CURRENT_COUNT)).toBe(0);
    expect(read(CURRENT_COUNT)).toBe(0);
  });

  test('A7 one-shot fires once', () => {
    const { cpu, write, fired, serve } = setUp(0);
    write(INITIAL_COUNT, 50);
    cpu.runUntil(fired);
    serve();
    cpu.run(500);
    expect(fired()).toBe(false);
  });

  test('A7 periodic reloads without losing a tick', () => {
    const { cpu, write, fired, serve } = setUp(PERIODIC);
    const start = cpu.time;
    write(INITIAL_COUNT, 50);
    const times: number[] = [];
    for (let round = 0; round < 4; round++) {
      cpu.runUntil(fired);
      times.push(cpu.time - start);
      serve();
      cpu.execute(() => {}, 7); // a handler
    }
    expect(times).toEqual([50, 100, 150, 200]);
  });

  test('A7 periodic counts between the initial count and 1', () => {
    const { cpu, read, write } = setUp(PERIODIC);
    write(INITIAL_COUNT, 10); // in slot t
    const counts = Array.from({ length: 21 }, () => read(CURRENT_COUNT)); // from t + 1
    expect(counts).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 10, 9]);
    expect(cpu.time).toBeGreaterThan(20);
  });

  test('A7 a write of the initial count starts anew, 0 stops', () => {
    const { cpu, write, read, fired } = setUp(0);
    write(INITIAL_COUNT, 50);
    cpu.run(40);
    const start = cpu.time;
    write(INITIAL_COUNT, 50);
    cpu.runUntil(fired);
    expect(cpu.time).toBe(start + 50);
    write(INITIAL_COUNT, 50);
    write(INITIAL_COUNT, 0);
    expect(read(CURRENT_COUNT)).toBe(0);
    expect(cpu.timeline.nextDue).toBe(Infinity);
  });

  test('the count goes on at the new rate when the divide configuration is changed', () => {
    const { cpu, write, fired } = setUp(0);
    write(INITIAL_COUNT, 100); // slot t
    cpu.run(49); // slots t + 1 .. t + 49
    const start = cpu.time;
    write(DIVIDE_CONFIGURATION, 0b0010); // slot t + 50: 50 left, by 8 from now on
    cpu.runUntil(fired);
    expect(cpu.time).toBe(start + 50 * 8);
  });

  test('A7 H3 the timer goes on in HLT', () => {
    const { cpu, write, fired } = setUp(0);
    write(INITIAL_COUNT, 500);
    cpu.halt(498);
    expect(fired()).toBe(false);
    cpu.halt(1);
    expect(fired()).toBe(true);
  });

  test('X1 in the middle of a PAUSE the timer fires at the boundary after it', () => {
    const { cpu, write, fired } = setUp(0);
    write(INITIAL_COUNT, 20);
    cpu.pause();
    expect(fired()).toBe(true);
  });
});

describe('mask', () => {
  test('A6 an expiry behind the mask is lost; unmasking does not deliver it', () => {
    const { cpu, write, read, fired } = setUp(MASKED);
    write(INITIAL_COUNT, 50);
    cpu.run(60);
    write(LVT_TIMER, VECTOR);
    expect(read(CURRENT_COUNT)).toBe(0);
    cpu.run(200);
    expect(fired()).toBe(false);
  });

  test('A7a the timer counts on behind the mask and fires in time when unmasked before', () => {
    const { cpu, write, read, fired } = setUp(MASKED);
    const start = cpu.time;
    write(INITIAL_COUNT, 50);
    cpu.run(20);
    expect(read(CURRENT_COUNT)).toBe(50 - 21);
    write(LVT_TIMER, VECTOR);
    cpu.runUntil(fired);
    expect(cpu.time).toBe(start + 50);
  });

  test('A7a a periodic timer keeps its phase behind the mask', () => {
    const { cpu, write, fired } = setUp(PERIODIC | MASKED);
    const start = cpu.time;
    write(INITIAL_COUNT, 50);
    cpu.run(120);
    write(LVT_TIMER, PERIODIC | VECTOR);
    cpu.runUntil(fired);
    expect(cpu.time).toBe(start + 150);
  });

  test('H4 behind the mask no alarm is set', () => {
    const { cpu, write } = setUp(PERIODIC | MASKED);
    write(INITIAL_COUNT, 50);
    expect(cpu.timeline.nextDue).toBe(Infinity);
  });
});

describe('TSC deadline', () => {
  test('A7 fires when the TSC reaches the deadline, and then reads 0', () => {
    const { cpu, wrmsr, rdmsr, fired } = setUp(DEADLINE);
    const deadline = cpu.time + 100;
    wrmsr(IA32_TSC_DEADLINE, BigInt(deadline));
    expect(rdmsr(IA32_TSC_DEADLINE)).toBe(BigInt(deadline));
    cpu.runUntil(fired);
    expect(cpu.time).toBe(deadline);
    expect(rdmsr(IA32_TSC_DEADLINE)).toBe(0n);
  });

  test('A7 a deadline that has passed fires at once', () => {
    const { cpu, wrmsr, fired } = setUp(DEADLINE);
    cpu.run(10);
    wrmsr(IA32_TSC_DEADLINE, 1n);
    expect(fired()).toBe(true);
  });

  test('A7 0 disarms', () => {
    const { cpu, wrmsr, fired } = setUp(DEADLINE);
    wrmsr(IA32_TSC_DEADLINE, BigInt(cpu.time + 100));
    wrmsr(IA32_TSC_DEADLINE, 0n);
    cpu.run(200);
    expect(fired()).toBe(false);
  });

  test('A7 initial-count writes are ignored in this mode, deadlines in the others', () => {
    const { cpu, write, wrmsr, rdmsr, read } = setUp(DEADLINE);
    write(INITIAL_COUNT, 50);
    expect([read(INITIAL_COUNT), read(CURRENT_COUNT)]).toEqual([0, 0]);
    write(LVT_TIMER, VECTOR);
    wrmsr(IA32_TSC_DEADLINE, BigInt(cpu.time + 100));
    expect(rdmsr(IA32_TSC_DEADLINE)).toBe(0n);
    expect(cpu.timeline.nextDue).toBe(Infinity);
  });

  test('a change between this mode and the others disarms', () => {
    const { cpu, write, wrmsr, rdmsr } = setUp(DEADLINE);
    wrmsr(IA32_TSC_DEADLINE, BigInt(cpu.time + 100));
    write(LVT_TIMER, VECTOR);
    expect(rdmsr(IA32_TSC_DEADLINE)).toBe(0n);
    write(INITIAL_COUNT, 100);
    write(LVT_TIMER, DEADLINE | VECTOR);
    cpu.run(200);
    expect(cpu.timeline.nextDue).toBe(Infinity);
  });

  test('A6 a deadline behind the mask is lost', () => {
    const { cpu, write, wrmsr, rdmsr, fired } = setUp(DEADLINE | MASKED);
    wrmsr(IA32_TSC_DEADLINE, BigInt(cpu.time + 20));
    cpu.run(30);
    expect(rdmsr(IA32_TSC_DEADLINE)).toBe(0n);
    write(LVT_TIMER, DEADLINE | VECTOR);
    cpu.run(30);
    expect(fired()).toBe(false);
  });

  test('the deadline is compared with the TSC as the CPU reads it, also after it was moved', () => {
    let offset = 1_000_000;
    const { cpu, lapic, wrmsr, fired } = setUp(DEADLINE, { tsc: () => BigInt(cpu.time + offset) });
    const start = cpu.time;
    wrmsr(IA32_TSC_DEADLINE, BigInt(start + 1_000_100));
    offset -= 30;
    lapic.timer.tscChanged();
    cpu.runUntil(fired);
    expect(cpu.time).toBe(start + 130);
  });

  test('the farthest deadline is never reached, and harms nothing', () => {
    const { cpu, wrmsr, rdmsr } = setUp(DEADLINE);
    wrmsr(IA32_TSC_DEADLINE, 0xffff_ffff_ffff_ffffn);
    expect(rdmsr(IA32_TSC_DEADLINE)).toBe(0xffff_ffff_ffff_ffffn);
    expect(cpu.timeline.nextDue).toBe(Infinity);
  });
});
