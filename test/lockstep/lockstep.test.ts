// A little of `npm run lockstep`, and that it notices what is not the same, and says where.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemble, completeConfig, Machine, type MachineConfig, toFlat } from '../../src/index.ts';
import { buildMachine, kernelOf } from '../machine/boot.ts';
import { RSI } from '../../src/isa/operand.ts';
import { Alarm } from '../../src/time/timeline.ts';
import { compareLanes } from './compare.ts';
import { GROUPS, type GroupName } from './groups.ts';
import { clockOf } from './lane.ts';
import { planFor, randomFor, type Subject } from './subject.ts';

const SEED = 1;
const PROGRAMS = ['alignment', 'apic', 'double', 'exact', 'hlt', 'nmi', 'paging', 'pmu', 'shadows', 'smc', 'string', 'syscall'];
const TURNS = ['1', '64', '1000', 'random'] as const;

const SOME: readonly (readonly [GroupName, string])[] = [
  ...PROGRAMS.map((name, index) => ['guests', `${name} turn=${TURNS[index % TURNS.length]} disturbed`] as const),
  ['scenarios', 'soft-spin turn=64 disturbed'],
  ['scenarios', 'hard-cli turn=random disturbed'],
  ['gigahertz', 'hard-cli turn=1000 plain'],
  ['vectors', 'adc'],
  ['vectors', 'loop'],
  ...Array.from({ length: 6 }, (_, index) => ['fuzz', `${index < 5 ? 'program' : 'hostile'} ${index}`] as const),
  ...Array.from({ length: 16 }, (_, index) => ['systems', `system ${index}`] as const),
];

test.each(SOME)('%s: %s is the same for all engines', (group, name) => {
  const { differences, instructions } = GROUPS[group].run(name, SEED);
  expect(differences).toEqual([]);
  expect(instructions).toBeGreaterThan(0);
});

/** Two CPUs that count for ever; in machines that are wrong RSI of the second is another from time 7777 on. */
const COUNTING = `
start:  start_others
other:  mov     esi, 5
.next:  inc     rax
        lea     rdx, [rax + rsi]
        xor     rbx, rdx
        jmp     .next`;

const counting = (isWrong: (config: Subject['config']) => boolean): Subject => ({
  config: buildMachine({ cpus: 2, turn: 100 }).config,
  load: (machine) => {
    machine.load(kernelOf(COUNTING));
    const second = machine.cpus[1];
    if (isWrong(machine.config)) clockOf(second).set(new Alarm('mistake', () => (second.gpr[RSI] = 6n)), 7777);
  },
  end: 40_000,
});
const compare = (subject: Subject) => compareLanes(subject, planFor(subject, randomFor(SEED, 'counting'), 6, 0));

test('machines that are alike are the same', () => {
  const { differences, runs, instructions, translated } = compare(counting(() => false));
  expect({ differences, runs }).toEqual({ differences: [], runs: 3 });
  expect(instructions).toBeGreaterThan(75_000);
  expect(translated).toBeGreaterThan(20_000);
});

test('what is not the same is told by variant, with the first boundary at which it shows and the instructions before it', () => {
  const { differences } = compare(counting(({ engine }) => engine === 'translate'));
  expect(differences.map((text) => text.split(':')[0])).toEqual([
    'translate is not as interpret',
    'translate with fast-forward is not as interpret',
  ]);
  for (const text of differences) {
    expect(text.replaceAll(/[\da-f]{16}/g, '#')).toMatch(
      /first at cpu1 t=7777, in the turn from 7700 \(until at 7800, state # and until at 7800, state #\), behind\n/,
    );
    expect(text).toMatch(/\n +cpu1 t=7776 [\da-f]{16} {2}(inc rax|lea rdx|xor rbx|jmp short).*\n {2}cpu1: rsi: 5 and 6$/);
  }
});

test('so is a mistake of fast-forward alone', () => {
  const { differences } = compare(counting(({ fastForward }) => fastForward));
  expect(differences.map((text) => text.split(':')[0])).toEqual([
    'interpret with fast-forward is not as interpret',
    'translate with fast-forward is not as interpret',
  ]);
});

const CASE = 'test/lockstep/cases/put-off-alarm.asm';

test('a device that is programmed anew before its time leaves no trace in the turns, wherever a run is cut', () => {
  const { object } = assemble(CASE, { read: (path) => ({ path, text: readFileSync(path, 'utf8') }), readBytes: () => undefined });
  const image = toFlat(object!);
  const stateOf = (variant: Pick<MachineConfig, 'engine' | 'fastForward'>, ...cuts: readonly number[]): string => {
    const machine = new Machine(completeConfig({ cpus: 1, turn: 64, ramBytes: 16 << 20, ...variant }) as MachineConfig);
    machine.load(image);
    for (const cut of cuts) machine.run(cut);
    return `${machine.now} ${machine.stateHash()}`;
  };
  const plain = { engine: 'interpret', fastForward: false } as const;
  for (const [end, cuts] of [[370_945, []], [380_000, [370_944]], [800_000, [370_945, 606_517]]] as const) {
    const expected = stateOf(plain, end);
    for (const engine of ['interpret', 'translate'] as const) {
      for (const fastForward of [true, false]) {
        expect(stateOf({ engine, fastForward }, end)).toBe(expected);
        expect(stateOf({ engine, fastForward }, ...cuts, end)).toBe(expected);
      }
    }
  }
});
