// The timer against the 8254's data sheet; expected ticks are arithmetic on 1193182 Hz.

import { describe, expect, test } from 'vitest';
import { PIT_HZ, Pit } from '../../src/device/pit.ts';
import { portsOf } from './ports.ts';
import { Slots } from './slots.ts';

const CONTROL = 0x43;
const PORT_B = 0x61;
const GATE2 = 0x01;
const OUT2 = 0x20;
/** Low then high byte. */
const BOTH = 0x30;

/** By default a clock of the timer is a tick, so that counts can be read off the time. */
const setUp = (hz = PIT_HZ) => {
  const cpu = new Slots();
  const edges: number[] = [];
  let level = false;
  const pit = new Pit({
    hz,
    now: cpu.now,
    timeline: cpu.timeline,
    irq: (asserted) => {
      if (asserted && !level) edges.push(cpu.time);
      level = asserted;
    },
  });
  const { read, write } = portsOf(pit, cpu);
  return {
    cpu,
    pit,
    /** Times of rising edges on line 0. */
    edges,
    read,
    write,
    /** Programs a channel; gives the slot in which its last byte was written. */
    program: (channel: number, mode: number, count: number): number => {
      write(CONTROL, (channel << 6) | BOTH | (mode << 1));
      write(0x40 + channel, count & 0xff);
      write(0x40 + channel, count >> 8);
      return cpu.time - 1;
    },
    readCount: (channel: number): number => {
      write(CONTROL, channel << 6);
      return read(0x40 + channel) | (read(0x40 + channel) << 8);
    },
  };
};

describe('channel 0', () => {
  test('mode 0 raises line 0 once, N + 1 clocks after the count was written', () => {
    const { cpu, edges, program } = setUp();
    const start = program(0, 0, 100);
    cpu.run(1000);
    expect(edges).toEqual([start + 101]);
  });

  test.each([2, 3])('mode %i raises line 0 every N clocks', (mode) => {
    const { cpu, edges, program } = setUp();
    const start = program(0, mode, 100);
    edges.length = 0; // that of the control word, which makes OUT high
    cpu.run(350);
    expect(edges).toEqual([start + 101, start + 201, start + 301]);
  });

  test('a count of 0 is 65536', () => {
    const { cpu, edges, program } = setUp();
    const start = program(0, 0, 0);
    cpu.runUntil(() => edges.length > 0);
    expect(edges).toEqual([start + 0x1_0001]);
  });

  test('100 Hz at a clock of 1 MHz: no drift in ten seconds', () => {
    const { cpu, edges, program } = setUp(1_000_000);
    const start = program(0, 2, 11_932);
    edges.length = 0;
    cpu.halt(10_000_000);
    const expected = Array.from({ length: 999 }, (_, index) => start + Math.ceil(((1 + 11_932 * (index + 1)) * 1_000_000) / PIT_HZ));
    expect(edges.slice(0, 999)).toEqual(expected);
  });

  test('periods shorter than a tick neither hang nor stop', () => {
    const { cpu, edges, program } = setUp(100_000);
    program(0, 2, 2);
    edges.length = 0;
    cpu.run(100);
    expect(edges).toHaveLength(100);
  });
});

describe('counts', () => {
  test('a latched count stands still until it is read', () => {
    const { cpu, read, write, program } = setUp();
    program(0, 2, 1000); // in slot t
    cpu.run(99);
    write(CONTROL, 0); // slot t + 100: 99 clocks of counting
    cpu.run(50);
    expect(read(0x40) | (read(0x40) << 8)).toBe(1000 - 99);
  });

  test('mode 2 counts from N to 1, mode 3 by twos', () => {
    const { readCount, program } = setUp();
    program(0, 2, 5);
    const counts = Array.from({ length: 5 }, () => readCount(0)); // one each 3 slots, first after 0 clocks
    expect(counts).toEqual([5, 2, 4, 1, 3]);
    program(0, 3, 8);
    const byTwos = Array.from({ length: 8 }, () => readCount(0));
    expect(byTwos).toEqual([8, 2, 4, 6, 8, 2, 4, 6]);
  });

  test('mode 0 counts on through 0', () => {
    const { cpu, readCount, program } = setUp();
    program(0, 0, 10);
    cpu.run(20);
    expect(readCount(0)).toBe(0x1_0000 - 10);
  });

  test('read-back latches status and count together', () => {
    const { cpu, read, write, program } = setUp();
    write(CONTROL, BOTH | 4);
    write(CONTROL, 0xe2); // status of channel 0
    expect(read(0x40)).toBe(0x80 | 0x40 | BOTH | 4); // OUT high, no count yet
    program(0, 2, 1000);
    cpu.run(9);
    write(CONTROL, 0xc2); // slot t + 10
    expect(read(0x40)).toBe(0x80 | BOTH | 4);
    expect(read(0x40) | (read(0x40) << 8)).toBe(1000 - 9);
  });

  test('one-byte accesses', () => {
    const { read, write } = setUp();
    write(CONTROL, 0x14); // channel 0, low byte, mode 2
    write(0x40, 200);
    write(CONTROL, 0x00); // 0 clocks of counting yet
    expect(read(0x40)).toBe(200);
    write(CONTROL, 0x24); // high byte
    write(0x40, 2);
    write(CONTROL, 0x00);
    expect(read(0x40)).toBe(2);
  });

  test('BCD', () => {
    const { readCount, write } = setUp();
    write(CONTROL, BOTH | 5);
    write(0x40, 0x00);
    write(0x40, 0x10); // 1000
    expect(readCount(0)).toBe(0x1000);
    expect(readCount(0)).toBe(0x0997);
  });
});

describe('channel 2 and port 0x61', () => {
  test('a kernel calibrates: gate on, mode 0, OUT rises after N clocks, at any speed of the machine', () => {
    for (const hz of [100_000, 1_000_000, 2_400_000_000]) {
      const { cpu, read, write, program } = setUp(hz);
      write(PORT_B, GATE2);
      const start = program(2, 0, 59_659); // 50 ms
      const end = start + Math.ceil((59_660 * hz) / PIT_HZ);
      expect(read(PORT_B) & OUT2).toBe(0);
      cpu.time = end - 1;
      expect(read(PORT_B) & OUT2).toBe(0);
      expect(read(PORT_B) & OUT2).toBe(OUT2);
    }
  });

  test('a low gate holds the count', () => {
    const { cpu, read, write, program, readCount } = setUp();
    program(2, 0, 100);
    cpu.run(500);
    expect(read(PORT_B) & OUT2).toBe(0);
    write(PORT_B, GATE2);
    cpu.run(20);
    write(PORT_B, 0); // 21 clocks after the gate rose
    cpu.run(500);
    expect(readCount(2)).toBe(100 - 20);
  });

  test('mode 1 waits for the gate to rise, and its pulse lasts N clocks', () => {
    const { cpu, read, write, program } = setUp();
    program(2, 1, 100);
    cpu.run(500);
    expect(read(PORT_B) & OUT2).toBe(OUT2);
    write(PORT_B, GATE2);
    expect(read(PORT_B) & OUT2).toBe(0);
    cpu.run(100);
    expect(read(PORT_B) & OUT2).toBe(OUT2);
  });

  test('mode 3 is a square wave', () => {
    const { read, write, program } = setUp();
    write(PORT_B, GATE2);
    program(2, 3, 6); // first read after 0 clocks of counting
    const wave = Array.from({ length: 14 }, () => (read(PORT_B) & OUT2 ? 1 : 0));
    expect(wave.join('')).toBe('11100011100011');
  });

  test('what is written is read back beside the inputs, and the refresh bit toggles', () => {
    const { cpu, read, write } = setUp();
    write(PORT_B, 0xff);
    expect(read(PORT_B) & 0xcf).toBe(0x0f);
    const before = read(PORT_B) & 0x10;
    cpu.run(18);
    expect(read(PORT_B) & 0x10).not.toBe(before);
  });
});

test('save and load', () => {
  const { cpu, pit, program } = setUp();
  program(0, 2, 100);
  cpu.run(30);
  const other = setUp();
  other.cpu.time = cpu.time;
  other.pit.load(JSON.parse(JSON.stringify(pit.save())));
  expect(other.pit.save()).toEqual(pit.save());
  other.edges.length = 0;
  other.cpu.run(100);
  expect(other.edges).toHaveLength(1);
  pit.reset();
  expect(pit.save()).toEqual(setUp().pit.save());
});
