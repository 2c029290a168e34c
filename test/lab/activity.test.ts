// What a picture of a run shows of a CPU, seen on programs of a few instructions.

import { expect, test } from 'vitest';
import { activityOf, assemble, completeConfig, Machine, toFlat } from '../../src/index.ts';

/** A machine whose boot sector is `text`. */
const machineWith = (text: string): Machine => {
  const source = { path: 'a.asm', text: `org 7c00h\n${text}\ntimes 510 - ($ - $$) db 0\ndw 0aa55h\n` };
  const { object } = assemble('a.asm', { read: () => source, readBytes: () => undefined });
  const config = completeConfig({ bootSector: true, hz: 1_000_000, cpus: 2 });
  if (!object || 'errors' in config) throw new Error('the test itself is wrong');
  const machine = new Machine(config);
  expect(machine.load(toFlat(object))).toBeUndefined();
  // The BIOS's clock is not what is measured here: its line is masked, and the 8254's channel waits for a count.
  for (const [port, value] of [[0x21, 0xff], [0x43, 0x30]]) machine.cpus[0].wires.bus.writePort(port, 8, value);
  return machine;
};

test('a CPU that spins is busy, one that was never started sleeps, and only the first has retired anything', () => {
  const machine = machineWith('sti\nspin: jmp spin');
  machine.run(1_000_000);
  const { seconds, instructions, cpus: [first, second] } = activityOf(machine);
  expect(seconds).toBe(1);
  expect(instructions).toBe(1_000_000);
  expect(first).toEqual({ ticks: 1_000_000, haltedTicks: 0, interruptible: true });
  expect(second).toEqual({ ticks: 1_000_000, haltedTicks: 1_000_000, interruptible: false });
});

test('a halted CPU sleeps; whether an interrupt could wake it is told', () => {
  for (const [flag, interruptible] of [['sti', true], ['cli', false]] as const) {
    const machine = machineWith(`${flag}\nnop\nhlt`);
    machine.run(1000);
    expect(activityOf(machine).cpus[0]).toMatchObject({ interruptible });
    expect(activityOf(machine).instructions).toBe(3);
  }
});

test('a PAUSE is one instruction, however long it takes', () => {
  const machine = machineWith('pause\npause\nhlt');
  machine.run(1000);
  expect(activityOf(machine).instructions).toBe(3);
});
