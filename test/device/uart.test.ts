// The serial port against the 16550A's data sheet.

import { describe, expect, test } from 'vitest';
import { Uart } from '../../src/device/uart.ts';
import { portsOf } from './ports.ts';
import { Slots } from './slots.ts';

const BASE = 0x3f8;
const DATA = BASE;
const IER = BASE + 1;
const IIR = BASE + 2;
const FCR = BASE + 2;
const LCR = BASE + 3;
const MCR = BASE + 4;
const LSR = BASE + 5;
const MSR = BASE + 6;
const SCR = BASE + 7;
const THRE = 0x20;
const TEMT = 0x40;
const OUT2 = 0x08;
const LOOP = 0x10;

/** 115200 8N1 at 1 MHz: ten bits take 86.8 ticks, so the last has left after 87. */
const CHARACTER = 87;

const setUp = ({ hz = 1_000_000, divisor = 1, lcr = 0x03, fifo = false, ier = 0 } = {}) => {
  const cpu = new Slots();
  const bytes: number[] = [];
  const lost: number[] = [];
  const levels: boolean[] = [];
  const uart = new Uart({
    port: BASE,
    hz,
    now: cpu.now,
    timeline: cpu.timeline,
    irq: (asserted) => levels.push(asserted),
    onByte: (byte) => bytes.push(byte),
    onLost: () => lost.push(cpu.now()),
  });
  const { read, write } = portsOf(uart, cpu);
  write(LCR, 0x80);
  write(DATA, divisor & 0xff);
  write(IER, divisor >> 8);
  write(LCR, lcr);
  write(MCR, OUT2);
  if (fifo) write(FCR, 0x01);
  if (ier) write(IER, ier);
  return { cpu, uart, bytes, lost, levels, read, write, asserted: () => levels.at(-1) ?? false };
};

describe('transmitter', () => {
  test('bytes come out as written', () => {
    const { cpu, bytes, write } = setUp();
    for (const byte of [0x48, 0x69]) {
      write(DATA, byte);
      cpu.run(CHARACTER);
    }
    expect(bytes).toEqual([0x48, 0x69]);
  });

  test('the first byte goes straight to the shift register, the second waits in the holding register', () => {
    const { cpu, read, write } = setUp();
    expect(read(LSR)).toBe(THRE | TEMT);
    const start = cpu.time;
    write(DATA, 0x41);
    expect(read(LSR)).toBe(THRE);
    write(DATA, 0x42);
    expect(read(LSR)).toBe(0);
    cpu.run(start + CHARACTER - cpu.time - 1);
    expect(read(LSR)).toBe(0); // in the last slot of the first byte
    expect(read(LSR)).toBe(THRE);
    cpu.run(start + 2 * CHARACTER - cpu.time - 1);
    expect(read(LSR)).toBe(THRE);
    expect(read(LSR)).toBe(THRE | TEMT);
  });

  test.each([
    ['115200 8N1 at 1 MHz', { divisor: 1, lcr: 0x03, hz: 1_000_000 }, 87],
    ['9600 8N1 at 1 MHz', { divisor: 12, lcr: 0x03, hz: 1_000_000 }, 1042],
    ['115200 8N1 at 3 GHz', { divisor: 1, lcr: 0x03, hz: 3_000_000_000 }, 260_417],
    ['115200 7E1 at 1 MHz', { divisor: 1, lcr: 0x1a, hz: 1_000_000 }, 87],
    ['115200 8O2 at 1 MHz', { divisor: 1, lcr: 0x0f, hz: 1_000_000 }, 105],
    ['115200 5N1.5 at 1 MHz', { divisor: 1, lcr: 0x04, hz: 1_000_000 }, 66],
  ])('%s: a character takes its bit times', (_, options, ticks) => {
    const { cpu, write } = setUp(options);
    const start = cpu.time;
    write(DATA, 0x41);
    expect(cpu.timeline.nextDue - start).toBe(ticks);
  });

  test('a byte written over a full holding register is lost, and counted', () => {
    const { bytes, lost, write } = setUp();
    for (const byte of [1, 2, 3]) write(DATA, byte);
    expect([bytes, lost.length]).toEqual([[1, 2], 1]);
  });

  test('the FIFO takes sixteen bytes beside the one being shifted', () => {
    const { bytes, write, read } = setUp({ fifo: true });
    for (let byte = 0; byte < 20; byte++) write(DATA, byte);
    expect(bytes).toEqual(Array.from({ length: 17 }, (_, index) => index));
    expect(read(LSR)).toBe(0);
  });

  test('THRE interrupt: on enabling with an empty register, ended by reading IIR, back when the register is empty again', () => {
    const { cpu, read, write, asserted } = setUp({ ier: 0x02 });
    expect(asserted()).toBe(true);
    expect(read(IIR)).toBe(0x02);
    expect(asserted()).toBe(false);
    expect(read(IIR)).toBe(0x01);
    write(DATA, 1);
    expect(asserted()).toBe(true); // it went on to the shift register
    write(DATA, 2);
    expect(asserted()).toBe(false);
    cpu.run(CHARACTER);
    expect(asserted()).toBe(true);
  });

  test('OUT2 gates the interrupt', () => {
    const { write, asserted } = setUp({ ier: 0x02 });
    write(MCR, 0);
    expect(asserted()).toBe(false);
    write(MCR, OUT2);
    expect(asserted()).toBe(true);
  });
});

describe('receiver', () => {
  test('a byte sets data ready and interrupts; reading it ends both', () => {
    const { uart, read, asserted } = setUp({ ier: 0x01 });
    uart.receive(0x61);
    expect(asserted()).toBe(true);
    expect(read(IIR)).toBe(0x04);
    expect(read(LSR) & 1).toBe(1);
    expect(read(DATA)).toBe(0x61);
    expect(read(LSR) & 1).toBe(0);
    expect(asserted()).toBe(false);
  });

  test('without FIFO a second byte replaces the first: overrun, which a read of LSR clears', () => {
    const { uart, read } = setUp({ ier: 0x05 });
    uart.receive(1);
    uart.receive(2);
    expect(read(IIR)).toBe(0x06);
    expect(read(LSR) & 0x1e).toBe(0x02);
    expect(read(LSR) & 0x1e).toBe(0);
    expect(read(DATA)).toBe(2);
  });

  test('with FIFO the seventeenth byte is lost', () => {
    const { uart, read } = setUp({ fifo: true });
    for (let byte = 0; byte < 17; byte++) uart.receive(byte);
    expect(read(LSR) & 0x02).toBe(0x02);
    expect(Array.from({ length: 16 }, () => read(DATA))).toEqual(Array.from({ length: 16 }, (_, index) => index));
    expect(read(LSR) & 0x01).toBe(0);
  });

  test.each([
    [0x01, 1],
    [0x41, 4],
    [0x81, 8],
    [0xc1, 14],
  ])('FCR %i: the interrupt comes with byte %i', (fcr, level) => {
    const { uart, read, write, asserted } = setUp({ ier: 0x01 });
    write(FCR, fcr);
    for (let count = 1; count < level; count++) uart.receive(count);
    expect(asserted()).toBe(false);
    uart.receive(0);
    expect(asserted()).toBe(true);
    expect(read(IIR)).toBe(0xc4);
  });

  test('below the trigger level a time-out of four character times asks for the bytes', () => {
    const { cpu, uart, read, write, asserted } = setUp({ ier: 0x01 });
    write(FCR, 0x81);
    uart.receive(1);
    cpu.run(4 * CHARACTER - 1);
    expect(asserted()).toBe(false);
    cpu.run(1);
    expect(asserted()).toBe(true);
    expect(read(IIR)).toBe(0xcc);
    read(DATA);
    expect(read(IIR)).toBe(0xc1);
  });
});

describe('control', () => {
  test('interrupts by priority: line status, received data, transmitter empty, modem status', () => {
    const { uart, read, write } = setUp();
    uart.receive(1);
    uart.receive(2); // overrun
    write(MCR, LOOP); // CTS, DSR and DCD fall
    write(IER, 0x0f);
    expect(read(IIR)).toBe(0x06);
    read(LSR);
    expect(read(IIR)).toBe(0x04);
    read(DATA);
    expect(read(IIR)).toBe(0x02);
    expect(read(IIR)).toBe(0x00);
    expect(read(MSR)).toBe(0x0b);
    expect(read(IIR)).toBe(0x01);
  });

  test('loopback: bytes come back after their time, outputs are inputs, and nothing gets out', () => {
    const { cpu, bytes, read, write } = setUp();
    write(MCR, LOOP | 0x0f);
    expect(read(MSR) & 0xf0).toBe(0xf0);
    write(MCR, LOOP);
    expect(read(MSR)).toBe(0x0f); // all four have fallen, RI's trailing edge among them
    write(DATA, 0x5a);
    expect(read(LSR) & 1).toBe(0);
    cpu.run(CHARACTER);
    expect(read(DATA)).toBe(0x5a);
    expect(bytes).toEqual([]);
  });

  test('outside loopback CTS, DSR and DCD are asserted', () => expect(setUp().read(MSR)).toBe(0xb0));

  test('the divisor latch hides the data and enable registers', () => {
    const { bytes, read, write } = setUp({ divisor: 0x1234 });
    write(LCR, 0x83);
    expect([read(DATA), read(IER)]).toEqual([0x34, 0x12]);
    write(LCR, 0x03);
    expect(read(IER)).toBe(0);
    expect(bytes).toEqual([]);
  });

  test('what a driver probes: scratch register, FIFO bits of IIR, upper half of IER', () => {
    const { read, write } = setUp();
    write(SCR, 0xa5);
    expect(read(SCR)).toBe(0xa5);
    expect(read(IIR) & 0xc0).toBe(0);
    write(FCR, 1);
    expect(read(IIR) & 0xc0).toBe(0xc0);
    write(IER, 0xff);
    expect(read(IER)).toBe(0x0f);
  });

  test('switching the FIFOs empties them', () => {
    const { uart, read, write } = setUp({ fifo: true });
    uart.receive(1);
    write(FCR, 0);
    expect(read(LSR) & 1).toBe(0);
  });
});

test('a loaded state goes on where the saved one was', () => {
  const { cpu, uart, write } = setUp({ fifo: true, ier: 0x03 });
  for (const byte of [1, 2, 3]) write(DATA, byte);
  uart.receive(9);
  cpu.run(20);
  const saved = JSON.parse(JSON.stringify(uart.save()));
  const other = setUp();
  other.uart.load(saved);
  expect(other.uart.save()).toEqual(saved);
  other.cpu.time = cpu.time;
  const rest = (bench: typeof other) => bench.cpu.runUntil(() => (bench.read(LSR) & TEMT) !== 0);
  expect(rest(other)).toBe(rest({ ...other, cpu, ...portsOf(uart, cpu) }));
  uart.reset();
  expect(uart.save()).toEqual(new Uart({ port: BASE, hz: 1, now: cpu.now, timeline: cpu.timeline, irq: () => {}, onByte: () => {} }).save());
});
