import { describe, expect, test } from 'vitest';
import { Alarm, Timeline } from '../../src/time/timeline.ts';

/** A timeline with named alarms that note when they fired. */
const timelineOf = (...names: string[]) => {
  const fired: string[] = [];
  const timeline = new Timeline();
  const alarms = Object.fromEntries(names.map((name) => [name, new Alarm(name, (due) => fired.push(`${name}@${due}`))]));
  return { timeline, alarms, fired };
};

describe('a timeline', () => {
  test('fires what is due, soonest first, with the time it was due at', () => {
    const { timeline, alarms, fired } = timelineOf('late', 'soon', 'never');
    timeline.set(alarms.late, 20);
    timeline.set(alarms.soon, 10);
    timeline.set(alarms.never, 31);
    timeline.runUntil(30);
    expect(fired).toEqual(['soon@10', 'late@20']);
    expect(timeline.nextDue).toBe(31);
  });

  test('fires ties in the order in which they were set', () => {
    const { timeline, alarms, fired } = timelineOf('a', 'b', 'c');
    for (const name of ['b', 'c', 'a']) timeline.set(alarms[name], 5);
    timeline.runUntil(5);
    expect(fired).toEqual(['b@5', 'c@5', 'a@5']);
  });

  test('moves an alarm that is set again, and forgets one that is cancelled', () => {
    const { timeline, alarms, fired } = timelineOf('moved', 'cancelled');
    timeline.set(alarms.moved, 5);
    timeline.set(alarms.cancelled, 6);
    timeline.set(alarms.moved, 9);
    timeline.cancel(alarms.cancelled);
    timeline.runUntil(8);
    expect(fired).toEqual([]);
    expect(alarms.cancelled.due).toBe(Infinity);
    timeline.runUntil(9);
    expect(fired).toEqual(['moved@9']);
    expect(timeline.nextDue).toBe(Infinity);
  });

  test('lets an alarm set itself again: a period counts from when it was due, not from when it was seen', () => {
    const timeline = new Timeline();
    const seen: number[] = [];
    const tick: Alarm = new Alarm('tick', (due) => {
      seen.push(due);
      timeline.set(tick, due + 4);
    });
    timeline.set(tick, 4);
    timeline.runUntil(13);
    expect(seen).toEqual([4, 8, 12]);
    expect(timeline.nextDue).toBe(16);
  });

  test('says when the next alarm has become sooner, so that a run can be shortened', () => {
    const { timeline, alarms } = timelineOf('a', 'b');
    const sooner: number[] = [];
    timeline.onSooner = (due) => sooner.push(due);
    timeline.set(alarms.a, 10);
    timeline.set(alarms.b, 20);
    timeline.set(alarms.b, 7);
    expect(sooner).toEqual([10, 7]);
  });
});
