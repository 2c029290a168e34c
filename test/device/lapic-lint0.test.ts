// The output of the 8259As on LINT0: what the CPU is told, in which mode of the pin.

import { expect, test } from 'vitest';
import { EXTERNAL } from '../../src/device/lapic.ts';
import { setUpLapic } from './lapic-bench.ts';

const [SVR, LVT_LINT0, LVT_LINT1, TPR] = [0xf0, 0x350, 0x360, 0x80];
const MASKED = 0x1_0000;

const setUp = () => {
  const acknowledged: number[] = [];
  const bench = setUpLapic({ enabled: false, acknowledgeExternal: () => acknowledged.push(0x28) && 0x28 });
  return { ...bench, acknowledged };
};

test('in virtual wire mode a request goes past TPR and ISR, and its vector comes from the acknowledge cycle', () => {
  const { lapic, write, read, acknowledged } = setUp();
  lapic.enterVirtualWireMode();
  expect([read(SVR), read(LVT_LINT0), read(LVT_LINT1)]).toEqual([0x1ff, 0x700, 0x400]);
  write(TPR, 0xff);
  lapic.lint0 = true;
  expect(lapic.pendingVector).toBe(EXTERNAL);
  expect([lapic.acknowledge(), acknowledged.length]).toEqual([0x28, 1]);
  lapic.lint0 = false;
  expect([lapic.pendingVector, read(0x110)]).toEqual([-1, 0]);
});

test('the mask holds a level; other modes take its edge', () => {
  const { lapic, write, nmis } = setUp();
  lapic.enterVirtualWireMode();
  lapic.lint0 = true;
  write(LVT_LINT0, MASKED | 0x700);
  expect(lapic.pendingVector).toBe(-1);
  write(LVT_LINT0, 0x700);
  expect(lapic.pendingVector).toBe(EXTERNAL);
  write(LVT_LINT0, 0x61);
  expect(lapic.pendingVector).toBe(-1);
  lapic.lint0 = false;
  lapic.lint0 = true;
  expect(lapic.pendingVector).toBe(0x61);
  write(LVT_LINT0, 0x400);
  lapic.lint0 = false;
  lapic.lint0 = true;
  expect(nmis()).toBe(1);
});

test('after INIT the pin is masked; with the APIC off it is INTR', () => {
  const { lapic, wrmsr } = setUp();
  lapic.enterVirtualWireMode();
  lapic.lint0 = true;
  lapic.init();
  expect(lapic.pendingVector).toBe(-1);
  wrmsr(0x1b, 0xfee0_0100n);
  expect(lapic.pendingVector).toBe(EXTERNAL);
});

test('the level is not part of its state: whoever drives the pin says it anew', () => {
  const { lapic } = setUp();
  lapic.enterVirtualWireMode();
  const state = lapic.save();
  const other = setUp().lapic;
  other.load(state);
  expect(other.pendingVector).toBe(-1);
  other.lint0 = true;
  expect(other.pendingVector).toBe(EXTERNAL);
});
