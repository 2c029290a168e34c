// The I/O APIC against the 82093AA's data sheet, and level-triggered interrupts through to a local APIC.

import { describe, expect, test } from 'vitest';
import { IoApic } from '../../src/device/ioapic.ts';
import { ApicBus, type ApicMessage } from '../../src/device/ipi.ts';
import { setUpLapic } from './lapic-bench.ts';

const MASKED = 0x1_0000;
const LEVEL = 0x8000;
const REMOTE_IRR = 0x4000;
const LOGICAL = 0x800;

const setUp = (send?: (message: ApicMessage) => void) => {
  const sent: ApicMessage[] = [];
  const ioapic = new IoApic({ id: 2, send: send ?? ((message) => sent.push(message)) });
  const [window] = ioapic.memory;
  const read = (index: number): number => {
    window.write(0, index, 32);
    return window.read(0x10, 32) >>> 0;
  };
  const write = (index: number, value: number): void => {
    window.write(0, index, 32);
    window.write(0x10, value, 32);
  };
  return {
    ioapic,
    sent,
    read,
    write,
    program: (line: number, low: number, high = 0) => {
      write(0x11 + 2 * line, high);
      write(0x10 + 2 * line, low);
    },
  };
};

test('identification and reset state', () => {
  const { ioapic, read } = setUp();
  expect(ioapic.memory[0].first).toBe(0xfec0_0000);
  expect(read(0)).toBe(0x0200_0000);
  expect(read(1)).toBe(0x0017_0011);
  for (let line = 0; line < 24; line++) expect([read(0x10 + 2 * line), read(0x11 + 2 * line)]).toEqual([MASKED, 0]);
});

test('only writable bits are kept', () => {
  const { read, write } = setUp();
  write(0x10, 0xffff_ffff);
  write(0x11, 0xffff_ffff);
  expect([read(0x10), read(0x11)]).toEqual([0x0001_afff, 0xff00_0000]);
});

test('indices beyond the table read 0 and write nothing', () => {
  const { read, write } = setUp();
  for (const index of [3, 0x0f, 0x40, 0xff]) {
    write(index, 0xffff_ffff);
    expect(read(index)).toBe(0);
  }
});

describe('edge-triggered', () => {
  test('each rising edge sends one message', () => {
    const { ioapic, sent, program } = setUp();
    program(4, 0x41, 0x0300_0000);
    const line = ioapic.line(4);
    for (const level of [true, true, false, true]) line(level);
    expect(sent).toEqual(
      Array(2).fill({ delivery: 'fixed', vector: 0x41, level: false, destination: { kind: 'physical', id: 3 } }),
    );
  });

  test('an edge behind the mask is lost', () => {
    const { ioapic, sent, program } = setUp();
    ioapic.line(4)(true);
    program(4, 0x41);
    expect(sent).toEqual([]);
  });

  test.each([
    ['lowest priority, logical', 0x100 | LOGICAL, { delivery: 'lowest', destination: { kind: 'logical', id: 0x0f } }],
    ['NMI', 0x400, { delivery: 'nmi', destination: { kind: 'physical', id: 0x0f } }],
    ['ExtINT', 0x700, { delivery: 'extint', destination: { kind: 'physical', id: 0x0f } }],
  ])('%s', (_, mode, expected) => {
    const { ioapic, sent, program } = setUp();
    program(4, mode | 0x41, 0x0f00_0000);
    ioapic.line(4)(true);
    expect(sent).toMatchObject([expected]);
  });

  test('physical destination FF is everybody', () => {
    const { ioapic, sent, program } = setUp();
    program(4, 0x41, 0xff00_0000);
    ioapic.line(4)(true);
    expect(sent[0].destination).toEqual({ kind: 'all' });
  });
});

describe('level-triggered', () => {
  test('remote IRR holds further messages until EOI; a line still asserted asks again', () => {
    const { ioapic, sent, read, program } = setUp();
    program(10, LEVEL | 0x51);
    const line = ioapic.line(10);
    line(true);
    expect(read(0x10 + 20)).toBe(LEVEL | REMOTE_IRR | 0x51);
    line(false);
    line(true);
    expect(sent).toHaveLength(1);
    ioapic.endOfInterrupt(0x52);
    expect(sent).toHaveLength(1);
    ioapic.endOfInterrupt(0x51);
    expect(sent).toHaveLength(2);
    line(false);
    ioapic.endOfInterrupt(0x51);
    expect(sent).toHaveLength(2);
    expect(read(0x10 + 20)).toBe(LEVEL | 0x51);
  });

  test('unmasking an asserted line sends', () => {
    const { ioapic, sent, program } = setUp();
    program(10, LEVEL | MASKED | 0x51);
    ioapic.line(10)(true);
    expect(sent).toEqual([]);
    program(10, LEVEL | 0x51);
    expect(sent).toHaveLength(1);
  });

  test('switching to edge and back clears remote IRR', () => {
    const { ioapic, read, program } = setUp();
    program(10, LEVEL | 0x51);
    ioapic.line(10)(true);
    ioapic.line(10)(false);
    program(10, MASKED | 0x51);
    program(10, LEVEL | 0x51);
    expect(read(0x10 + 20)).toBe(LEVEL | 0x51);
  });

  test('through to a local APIC and back by its EOI', () => {
    const bus = new ApicBus();
    const { ioapic, program } = setUp((message) => bus.send(message));
    const { lapic, write } = setUpLapic({ eoi: (vector) => ioapic.endOfInterrupt(vector) });
    bus.attach(lapic);
    program(10, LEVEL | 0x51);
    ioapic.line(10)(true);
    bus.flush();
    expect(lapic.acknowledge()).toBe(0x51);
    write(0xb0, 0);
    bus.flush();
    expect(lapic.acknowledge()).toBe(0x51);
    ioapic.line(10)(false);
    write(0xb0, 0);
    bus.flush();
    expect(lapic.pendingVector).toBe(-1);
  });
});

test('a line that does not exist is refused', () => expect(() => setUp().ioapic.line(24)).toThrow('no line 24'));

test('save and load', () => {
  const { ioapic, program } = setUp();
  program(10, LEVEL | 0x51, 0x0100_0000);
  ioapic.line(10)(true);
  const other = setUp();
  other.ioapic.load(JSON.parse(JSON.stringify(ioapic.save())));
  expect(other.ioapic.save()).toEqual(ioapic.save());
  other.ioapic.endOfInterrupt(0x51);
  expect(other.sent).toHaveLength(1);
  ioapic.reset();
  expect(ioapic.save()).toEqual(setUp().ioapic.save());
});
