// The turn rule alone, with CPUs that only keep time: what they do in a turn is a function of the test.

import { expect, test } from 'vitest';
import type { Cpu } from '../../src/cpu/cpu.ts';
import { HALTED, RUNNING } from '../../src/cpu/state.ts';
import { equalTurns } from '../../src/machine/turn-ends.ts';
import { Turns } from '../../src/machine/turns.ts';
import { Alarm, Timeline } from '../../src/time/timeline.ts';

interface Options {
  readonly cpus?: number;
  readonly turn?: number;
  readonly asleep?: boolean;
  readonly fastForward?: boolean;
  /** Called with each CPU at each tick that it executes; may set alarms or stop. */
  readonly execute?: (cpu: Cpu, turns: Turns) => void;
}

const build = ({ cpus: count = 2, turn = 100, asleep = false, fastForward = false, execute }: Options = {}) => {
  const clocks = Array.from({ length: count }, () => new Timeline());
  const cpus = Array.from({ length: count }, (_, id) => {
    const activity = asleep ? HALTED : RUNNING;
    const endRun = function (this: Cpu, time: number): void {
      this.limit = Math.min(this.limit, time);
    };
    const wires = { interrupts: { pendingVector: -1 } };
    return { id, time: 0, limit: 0, activity, rflags: 0x202, debugPending: 0, wires, endRun } as Cpu;
  });
  const timeline = new Timeline();
  const log: string[] = [];
  const turns: Turns = new Turns({
    cpus,
    clocks,
    timeline,
    ends: equalTurns(turn),
    fastForward,
    deliver: () => {},
    disturb: () => {},
    run: (cpu, end) => {
      const from = cpu.time;
      cpu.limit = end;
      while (cpu.time < cpu.limit) {
        if (cpu.activity === RUNNING) {
          execute?.(cpu, turns);
          cpu.time++;
        } else {
          cpu.time = cpu.limit;
        }
      }
      clocks[cpu.id].runUntil(cpu.time);
      if (cpu.time > from) log.push(`cpu${cpu.id} ${from}-${cpu.time}`);
    },
  });
  return { turns, cpus, clocks, timeline, log };
};

test('CPUs take turns of equal length in the order of their ids', () => {
  const { turns, log } = build();
  expect(turns.run(200)).toBe('until');
  expect(log).toEqual(['cpu0 0-100', 'cpu1 0-100', 'cpu0 100-200', 'cpu1 100-200']);
});

test('a turn ends at the next device alarm, which then fires at exactly its time', () => {
  const { turns, timeline, log } = build();
  const fired: number[] = [];
  timeline.set(new Alarm('test', () => fired.push(turns.now)), 30);
  turns.run(130);
  expect(log).toEqual(['cpu0 0-30', 'cpu1 0-30', 'cpu0 30-130', 'cpu1 30-130']);
  expect(fired).toEqual([30]);
});

test('an alarm set in mid-turn ends the turn for the CPU that did it and those after it; CPUs ahead wait for the others', () => {
  const alarm = new Alarm('test', () => {});
  const { turns, timeline, log } = build({
    cpus: 3,
    execute: (cpu) => cpu.id === 1 && cpu.time === 10 && timeline.set(alarm, 15),
  });
  turns.run(115);
  expect(log).toEqual(['cpu0 0-100', 'cpu1 0-15', 'cpu2 0-15', 'cpu0 100-115', 'cpu1 15-115', 'cpu2 15-115']);
});

test('a CPU that keeps setting alarms for the past does not starve the others', () => {
  const alarm = new Alarm('test', () => {});
  const { turns, timeline, cpus } = build({ execute: (cpu) => cpu.id === 0 && timeline.set(alarm, 0) });
  turns.run(1000);
  expect(cpus.map(({ time }) => time)).toEqual([1000, 1000]);
});

test.each([50, 350, 420])('an alarm for time %i, set by the only CPU awake at 350, comes when it would if turns were taken one by one', (due) => {
  const firing = (fastForward: boolean): unknown[] => {
    const seen: unknown[] = [];
    const alarm = new Alarm('test', () => seen.push(turns.now, ...cpus.map(({ time }) => time)));
    const { turns, timeline, cpus } = build({
      cpus: 3,
      fastForward,
      execute: (cpu) => cpu.time === 350 && timeline.set(alarm, due),
    });
    for (const id of [0, 2]) cpus[id].activity = HALTED;
    turns.run(1000);
    return seen;
  };
  expect(firing(true)).toEqual(firing(false));
  expect(firing(true)).toHaveLength(4);
});

test('a run made in slices is the same run, wherever they are cut', () => {
  const runIn = (slice: number): string[] => {
    const alarm = new Alarm('test', (due) => due < 5000 && timeline.set(alarm, due + 333));
    const { turns, timeline, log } = build({ execute: (cpu) => cpu.time === 50 && timeline.set(alarm, 60) });
    for (let until = slice; turns.now < 6000; until += slice) turns.run(until);
    return log.filter((line) => Number(/-(\d+)/.exec(line)![1]) <= 6000);
  };
  const whole = runIn(6000);
  for (const slice of [1, 7, 100, 1001]) expect(runIn(slice)).toEqual(whole);
});

test('when all sleep, time jumps to the next alarm of any CPU or device', () => {
  const { turns, cpus, clocks, timeline, log } = build({ asleep: true });
  clocks[1].set(new Alarm('timer', () => (cpus[1].activity = RUNNING)), 70_000);
  timeline.set(new Alarm('device', () => {}), 1_000_000);
  turns.run(70_100);
  expect(log).toEqual(['cpu0 0-70000', 'cpu1 0-70000', 'cpu0 70000-70100', 'cpu1 70000-70100']);
});

test('a sleep does not jump over the limit', () => {
  const { turns, timeline } = build({ asleep: true });
  timeline.set(new Alarm('device', () => {}), 1_000_000);
  expect([turns.run(500), turns.now]).toEqual(['until', 500]);
});

test('H4: asleep without any alarm is stuck at once', () => {
  const { turns } = build({ asleep: true });
  expect([turns.run(1e9), turns.now]).toEqual(['stuck', 0]);
});

test('H4: an alarm that comes again and again without waking anyone does not hide that all is over', () => {
  const { turns, timeline, clocks } = build({ asleep: true });
  const tick = new Alarm('tick', (due) => timeline.set(tick, due + 10));
  timeline.set(tick, 10);
  clocks[0].set(new Alarm('once', () => {}), 5000);
  expect(turns.run(1e9)).toBe('stuck');
  expect(turns.now).toBeLessThan(6000);
});

test('H4: a late alarm that wakes is waited for, however often others fire before it', () => {
  const { turns, timeline, clocks, cpus } = build({ asleep: true });
  const tick = new Alarm('tick', (due) => timeline.set(tick, due + 10));
  timeline.set(tick, 10);
  clocks[1].set(new Alarm('late', () => (cpus[1].activity = RUNNING)), 1_000_000);
  expect(turns.run(1_000_100)).toBe('until');
  expect(cpus[1].activity).toBe(RUNNING);
});

test('H4: what fired alarms set up in turn is waited for too', () => {
  const { turns, clocks, cpus } = build({ asleep: true });
  const second = new Alarm('second', () => (cpus[0].activity = RUNNING));
  clocks[0].set(new Alarm('first', (due) => clocks[0].set(second, due + 1000)), 10);
  expect(turns.run(2000)).toBe('until');
});

test('a stop ends the run at the boundary after the instruction that asked for it, for good', () => {
  const { turns, log } = build({ execute: (cpu, { stop }) => cpu.id === 0 && cpu.time === 41 && stop.call(turns) });
  expect([turns.run(1000), turns.run(2000)]).toEqual(['stopped', 'stopped']);
  expect(log).toEqual(['cpu0 0-42']);
});

/** One CPU that sets an alarm of a device at time 10, and at time 150 puts it off or does not; turns are of 100 ticks. */
const alarmAt = (due: number, putOffTo: number | undefined, fastForward: boolean) => {
  const alarm = new Alarm('device', () => {});
  const built = build({
    cpus: 1,
    fastForward,
    execute: (cpu) => {
      if (cpu.time === 10) built.timeline.set(alarm, due);
      if (cpu.time === 150 && putOffTo !== undefined) built.timeline.set(alarm, putOffTo);
    },
  });
  return built;
};

test.each([
  [120, undefined], [150, undefined], [200, undefined], [250, undefined], [300, undefined], [1000, undefined],
  [155, 250], [200, 300], [250, 900], [250, 160], [250, 200], [300, 310], [300, 900],
] as const)('an alarm for %d, put off to %s while turns are taken, ends the turns that it ends without fast-forward, wherever a run is cut', (due, putOffTo) => {
  const endsOf = (fastForward: boolean): number[] =>
    Array.from({ length: 400 }, (_, until) => {
      const { turns } = alarmAt(due, putOffTo, fastForward);
      turns.run(until + 1);
      return turns.now;
    });
  expect(endsOf(true)).toEqual(endsOf(false));
});
