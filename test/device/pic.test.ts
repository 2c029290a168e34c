// The two 8259A against their data sheet.

import { expect, test } from 'vitest';
import { PicPair } from '../../src/device/pic.ts';
import { portsOf } from './ports.ts';

const MASTER = 0x20;
const SLAVE = 0xa0;
const EOI = 0x20;

const setUp = (icw4 = 0x01) => {
  const outputs: boolean[] = [];
  const pic = new PicPair({ output: (asserted) => outputs.push(asserted) });
  const { read, write } = portsOf(pic);
  for (const [port, base, cascade] of [
    [MASTER, 0x20, 0x04],
    [SLAVE, 0x28, 0x02],
  ]) {
    write(port, 0x11);
    write(port + 1, base);
    write(port + 1, cascade);
    write(port + 1, icw4);
  }
  const pulse = (irq: number): void => {
    pic.line(irq)(false);
    pic.line(irq)(true);
  };
  return { pic, outputs, read, write, pulse };
};

test('after reset everything is masked', () => {
  const pic = new PicPair();
  const { read } = portsOf(pic);
  expect([read(MASTER + 1), read(SLAVE + 1)]).toEqual([0xff, 0xff]);
  pic.line(0)(true);
  expect(pic.asserted).toBe(false);
});

test('the mask is what a kernel writes and reads back', () => {
  const { read, write } = setUp();
  write(MASTER + 1, 0xfb);
  write(SLAVE + 1, 0xff);
  expect([read(MASTER + 1), read(SLAVE + 1)]).toEqual([0xfb, 0xff]);
});

test('a line of the master, then EOI', () => {
  const { pic, outputs, pulse, write } = setUp();
  pulse(4);
  expect(outputs.at(-1)).toBe(true);
  expect(pic.acknowledge()).toBe(0x24);
  expect(outputs.at(-1)).toBe(false);
  pulse(4);
  expect(pic.asserted).toBe(false);
  write(MASTER, EOI);
  expect(pic.acknowledge()).toBe(0x24);
});

test('a line of the slave comes through the cascade and needs two EOIs', () => {
  const { pic, pulse, read, write } = setUp();
  pulse(8);
  expect(pic.acknowledge()).toBe(0x28);
  write(MASTER, 0x0b);
  write(SLAVE, 0x0b);
  expect([read(MASTER), read(SLAVE)]).toEqual([0x04, 0x01]);
  write(SLAVE, EOI);
  write(MASTER, EOI);
  expect([read(MASTER), read(SLAVE)]).toEqual([0, 0]);
});

test('lower numbers come first and nest', () => {
  const { pic, pulse } = setUp();
  for (const irq of [5, 1, 9]) pulse(irq);
  expect(pic.acknowledge()).toBe(0x21);
  expect(pic.asserted).toBe(false);
  pulse(0);
  expect(pic.acknowledge()).toBe(0x20);
});

test('a request that has vanished gives the spurious vector with nothing in service', () => {
  const { pic, pulse, read, write } = setUp();
  pulse(3);
  pic.line(3)(false);
  expect(pic.acknowledge()).toBe(0x27);
  write(MASTER, 0x0b);
  expect(read(MASTER)).toBe(0);
});

test('IRR is read by default, ISR on request', () => {
  const { pic, pulse, read, write } = setUp();
  pulse(6);
  expect(read(MASTER)).toBe(0x40);
  pic.acknowledge();
  expect(read(MASTER)).toBe(0);
  write(MASTER, 0x0b);
  expect(read(MASTER)).toBe(0x40);
  write(MASTER, 0x0a);
  expect(read(MASTER)).toBe(0);
});

test('a specific EOI ends the one it names, a rotating one makes it the lowest', () => {
  const { pic, pulse, write } = setUp();
  pulse(2 + 2);
  pic.acknowledge();
  pulse(1);
  pic.acknowledge();
  write(MASTER, 0x60 | 4);
  write(MASTER, 0xa0); // rotate on non-specific EOI: ends 1
  for (const irq of [1, 7]) pulse(irq);
  expect(pic.acknowledge()).toBe(0x27);
});

test('automatic EOI leaves nothing in service', () => {
  const { pic, pulse } = setUp(0x03);
  pulse(1);
  pic.acknowledge();
  pulse(1);
  expect(pic.acknowledge()).toBe(0x21);
});

test('in special mask mode only the one in service itself is held', () => {
  const { pic, pulse, write } = setUp();
  pulse(1);
  pic.acknowledge();
  write(MASTER, 0x68);
  pulse(1);
  expect(pic.asserted).toBe(false);
  pulse(5);
  expect(pic.acknowledge()).toBe(0x25);
});

test('polling acknowledges', () => {
  const { pulse, read, write } = setUp();
  write(MASTER, 0x0c);
  expect(read(MASTER)).toBe(0);
  pulse(5);
  write(MASTER, 0x0c);
  expect(read(MASTER)).toBe(0x85);
  write(MASTER, 0x0b);
  expect(read(MASTER)).toBe(0x20);
});

test('a level-triggered line asks for as long as it is asserted', () => {
  const { pic, read, write } = setUp();
  write(0x4d0, 0xff);
  expect(read(0x4d0)).toBe(0xf8);
  pic.line(5)(true);
  pic.acknowledge();
  write(MASTER, EOI);
  expect(pic.asserted).toBe(true);
  pic.line(5)(false);
  expect(pic.asserted).toBe(false);
});

test.each([2, 16])('line %i is no input', (irq) => expect(() => setUp().pic.line(irq)).toThrow(`no line ${irq}`));

test('save and load', () => {
  const { pic, pulse } = setUp();
  pulse(9);
  pulse(4);
  pic.acknowledge();
  const other = setUp();
  other.pic.load(JSON.parse(JSON.stringify(pic.save())));
  expect(other.pic.save()).toEqual(pic.save());
  expect(other.pic.asserted).toBe(pic.asserted);
});

test('a slave that ends its interrupts by itself asks for the next one too', () => {
  const { pic, pulse, write } = setUp(0x03);
  for (const port of [MASTER, SLAVE]) write(port + 1, 0);
  pulse(9);
  pulse(12);
  expect([pic.acknowledge(), pic.asserted, pic.acknowledge(), pic.asserted]).toEqual([0x29, true, 0x2c, false]);
});
