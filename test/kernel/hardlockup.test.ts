// The hard detector: cycle counter, NMI, one report per episode; and the NMI entry that may interrupt itself.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { between, guest, runGuest } from './guest-run.ts';

const KERNEL = join('asm', 'kernel.asm');

test('one report per episode, EFLAGS without IF, no taint L, no panic by default', () => {
  const { texts } = runGuest(KERNEL, 'scenario=hard-cli', 60);
  expect(texts.filter((text) => text.includes('hard LOCKUP'))).toEqual(['watchdog: Watchdog detected hard LOCKUP on cpu 1']);
  const report = between(texts, 'hard LOCKUP', '</TASK>');
  expect(report[1]).toBe('Modules linked in: hard_cli(O)');
  expect(report[2]).toContain('CPU: 1 UID: 0 PID: 101 Comm: hard_cli/1 Tainted: G           O       6.12');
  expect(report.find((text) => text.startsWith('RIP:'))).toMatch(/^RIP: 0010:hard_cli_thread\+0x.* \[hard_cli\]$/);
  const flags = Number.parseInt(/EFLAGS: ([0-9a-f]{8})/.exec(report.join('\n'))?.[1] ?? '', 16);
  expect(flags & 0x200).toBe(0);
});

test.each(['nowatchdog', 'nmi_watchdog=0', 'watchdog_thresh=0'])('%s: nothing is reported', (knob) => {
  expect(runGuest(KERNEL, `scenario=hard-cli ${knob}`, 40).texts.filter((text) => text.includes('LOCKUP'))).toEqual([]);
});

test('NMIs that arrive inside an NMI handler are all handled, and the interrupted code keeps its registers', () => {
  const { texts } = runGuest(guest('nmi-nesting'), 'scenario=nmi-nesting', 4);
  expect(texts).toContain('nesting: 400 calls, 300 faults, registers kept'); // 100 sent by the thread, three more inside each
});

test('the trace of a panic in an NMI goes from the NMI stack to the task', () => {
  const { texts } = runGuest(KERNEL, 'scenario=hard-cli nmi_watchdog=panic', 30);
  const trace = between(texts, 'Kernel panic - not syncing: Hard LOCKUP', '</TASK>');
  const names = trace.flatMap((text) => /^ (<\/?\w+>|\w+)(?=\+|$)/.exec(text)?.[1] ?? []);
  expect(names).toEqual([
    '<NMI>',
    ...['panic', 'nmi_panic', 'watchdog_hardlockup_check', 'watchdog_overflow_callback', '__perf_event_overflow'],
    ...['handle_pmi_common', 'intel_pmu_handle_irq', 'perf_event_nmi_handler', 'nmi_handle', 'default_do_nmi', 'exc_nmi', 'asm_exc_nmi'],
    '</NMI>',
    '<TASK>',
    ...['kthread', 'ret_from_fork', 'ret_from_fork_asm'],
    '</TASK>',
  ]);
});
