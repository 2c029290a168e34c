// The panic path: order of lines, the other CPUs, restart; and exceptions that lead there.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guest, runGuest } from './guest-run.ts';

const KERNEL = join('asm', 'kernel.asm');
const SOFT_PANIC = 'Kernel panic - not syncing: softlockup: hung tasks';

test('softlockup_panic: the report, then the panic with the taint L and the trace of the interrupt, then the end', () => {
  const { texts, outcome } = runGuest(KERNEL, 'scenario=soft-spin softlockup_panic=1', 32);
  const tail = texts.slice(texts.indexOf(SOFT_PANIC));
  expect(tail[1]).toContain('Tainted: G           O L     ');
  const names = tail.flatMap((text) => /^ (<\/?\w+>|\w+)(?=\+|$)/.exec(text)?.[1] ?? []);
  expect(names.slice(0, 10)).toEqual([
    '<IRQ>',
    ...['panic', 'watchdog_timer_fn', '__hrtimer_run_queues', 'hrtimer_interrupt'],
    ...['__sysvec_apic_timer_interrupt', 'sysvec_apic_timer_interrupt'],
    '</IRQ>',
    '<TASK>',
    'asm_sysvec_apic_timer_interrupt',
  ]);
  expect(tail.slice(-2)).toEqual(['Kernel Offset: disabled', `---[ end ${SOFT_PANIC} ]---`]);
  expect(outcome.kind).toBe('until');
});

test('panic=N: a countdown instead of the end line, then the machine restarts', () => {
  const { texts, outcome, seconds } = runGuest(KERNEL, 'scenario=soft-spin softlockup_panic=1 panic=5', 60);
  expect(texts.at(-1)).toBe('Rebooting in 5 seconds..');
  expect(outcome.kind).not.toBe('until');
  expect(seconds).toBeGreaterThan(33);
  expect(seconds).toBeLessThan(34.5);
});

test('a CPU with interrupts off does not hear REBOOT_VECTOR and is stopped by NMI', () => {
  const { texts } = runGuest(guest('lockups'), 'scenario=both-stuck softlockup_panic=1 nmi_watchdog=0', 60);
  const tail = texts.slice(texts.indexOf(SOFT_PANIC));
  expect(tail.slice(-3)).toEqual(['Shutting down cpus with NMI', 'Kernel Offset: disabled', `---[ end ${SOFT_PANIC} ]---`]);
});

test('a second panic waits silently for the first: only one is printed', () => {
  const { texts } = runGuest(guest('lockups'), 'scenario=both-stuck softlockup_panic=1 hardlockup_panic=1', 60);
  expect(texts.filter((text) => text.startsWith('Kernel panic'))).toHaveLength(1);
});

describe('every oops is a panic', () => {
  test.each([
    ['null-write', 'BUG: kernel NULL pointer dereference, address: 0000000000000008', 'Oops: Oops: 0002 [#1] PREEMPT SMP NOPTI'],
    ['null-call', '#PF: supervisor instruction fetch in kernel mode', 'Oops: Oops: 0010 [#1] PREEMPT SMP NOPTI'],
    ['divide', '', 'Oops: divide error: 0000 [#1] PREEMPT SMP NOPTI'],
    ['no-stack', 'traps: PANIC: double fault, error_code: 0x0', 'Oops: double fault: 0000 [#1] PREEMPT SMP NOPTI'],
    ['no-msr', '', 'Oops: general protection fault: 0000 [#1] PREEMPT SMP NOPTI'],
  ])('%s', (scenario, cause, oops) => {
    const { texts } = runGuest(guest('faults'), `scenario=${scenario} panic=-1`, 5);
    if (cause) expect(texts).toContain(cause);
    const from = texts.indexOf(oops);
    expect(from).toBeGreaterThan(0);
    expect(texts.slice(from)).toContain('---[ end trace 0000000000000000 ]---');
    expect(texts.slice(-2)).toEqual(['Kernel panic - not syncing: Fatal exception', 'Kernel Offset: disabled']);
  });

  test('in an interrupt it says so, and the trace has both stacks', () => {
    const { texts } = runGuest(guest('faults'), 'scenario=in-interrupt panic=-1', 5);
    expect(texts).toContain('Oops: invalid opcode: 0000 [#1] PREEMPT SMP NOPTI');
    expect(texts).toContain('Kernel panic - not syncing: Fatal exception in interrupt');
    expect(texts).toEqual(expect.arrayContaining([' <IRQ>', ' </IRQ>', ' <TASK>', ' </TASK>']));
  });

  test('a call of address 0 shows that there is no code, and where it came from', () => {
    const { texts } = runGuest(guest('faults'), 'scenario=null-call panic=-1', 5);
    expect(texts).toEqual(expect.arrayContaining(['RIP: 0010:0x0', 'Code: Unable to access opcode bytes at 0xffffffffffffffd6.']));
    expect(texts.some((text) => /^ \? null_call_init\+0x/.test(text))).toBe(true);
  });
});
