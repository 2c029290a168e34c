// The switch points of the four preemption models: at which of them a waiting task that is more urgent gets the CPU.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guest, runGuest } from './guest-run.ts';

/** Lockup-detector spec 6.1; a 0 is "no". Points: those of the guest program, in its order. */
const POINTS = [
  'nothing',
  'cond_resched',
  'might_sleep',
  'preempt_enable',
  'spin_unlock',
  'spin_unlock_irqrestore',
  'local_bh_enable',
  'interrupt',
  'interrupt-locked',
  'interrupts-off',
  'tick',
  'schedule',
] as const;

const RT = {
  none: '0 1 0  0 0 0 0  0 0 0  0  1',
  voluntary: '0 1 1  0 0 0 0  0 0 0  0  1',
  full: '0 0 0  1 1 1 1  1 0 0  1  1',
  lazy: '0 0 0  1 1 1 1  1 0 0  1  1', // the rt class asks for an immediate switch
} as const;

/** A fair task that is woken: under preempt=lazy its request waits for the next tick, and only then is honoured in the kernel. */
const FAIR = { ...RT, lazy: '0 0 0  0 0 0 0  0 0 0  1  1' } as const;

const answers = (table: string): string[] => table.split(/\s+/).map((bit, index) => `${POINTS[index]} ${bit === '1' ? 'yes' : 'no'}`);

describe.each(['none', 'voluntary', 'full', 'lazy'] as const)('preempt=%s', (model) => {
  const { texts } = runGuest(guest('preempt-points'), `scenario=points preempt=${model}`, 8);
  const said = texts.flatMap((text) => /^points: (?!loading)(.*)$/.exec(text)?.[1] ?? []);
  const half = said.indexOf('now a fair one');

  test('the model is announced', () => {
    expect(texts).toContain(`Dynamic Preempt: ${model}`);
  });

  test('a more urgent rt task gets in at exactly these points', () => {
    expect(said.slice(0, half)).toEqual(answers(RT[model]));
  });

  test('a fair task that has had less gets in at exactly these points', () => {
    expect(said.slice(half + 1, -1)).toEqual(answers(FAIR[model]));
  });
});

test('an unknown model is named, and the default stays', () => {
  const { texts } = runGuest(join('asm', 'kernel.asm'), 'preempt=never', 1);
  expect(texts.some((text) => text.includes('never') && !text.startsWith('Command line'))).toBe(true);
  expect(texts).toContain('Dynamic Preempt: voluntary');
});
