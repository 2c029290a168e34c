// The soft detector's timing law: first report, repeats, the printed number, and what a report looks like.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { between, guest, runGuest, secondsOf } from './guest-run.ts';

const KERNEL = join('asm', 'kernel.asm');
const reports = (lines: readonly string[]): { at: number; stuck: number }[] =>
  lines
    .filter((line) => line.includes('BUG: soft lockup'))
    .map((line) => ({ at: secondsOf(line), stuck: Number(/stuck for (\d+)s!/.exec(line)?.[1]) }));

test('touched at its start: the first report on the seventh tick says 26 s, the next come every 28 s: 52, 78', () => {
  const { lines } = runGuest(KERNEL, 'scenario=soft-spin', 90);
  const [first, second, third] = reports(lines);
  expect([first.stuck, second.stuck, third.stuck]).toEqual([26, 52, 78]);
  expect(second.at - first.at).toBeCloseTo(28, 3);
  expect(third.at - second.at).toBeCloseTo(28, 3);
});

test('never touched: the first report comes six ticks after the last feed, 24 s, and says 22 or 23 s; then 48 or 49', () => {
  const { lines } = runGuest(guest('lockups'), 'scenario=quiet-spin', 65);
  const loaded = secondsOf(lines.find((line) => line.includes('quiet_spin: loading')) ?? '');
  const [first, second] = reports(lines);
  expect([22, 23]).toContain(first.stuck);
  expect([48, 49]).toContain(second.stuck);
  expect(second.at - first.at).toBeCloseTo(28, 3);
  const onset = loaded + 5; // of work with cond_resched()
  expect(first.at - onset).toBeGreaterThan(20);
  expect(first.at - onset).toBeLessThan(24.1);
});

test('the threshold scales it: 5 gives 14 s and 13', () => {
  const { lines } = runGuest(KERNEL, 'scenario=soft-spin watchdog_thresh=5', 35);
  const [first, second] = reports(lines);
  expect(first.stuck).toBe(13);
  expect(second.at - first.at).toBeCloseTo(14, 3);
});

test.each(['nowatchdog', 'nosoftlockup', 'watchdog_thresh=0'])('%s: nothing is reported', (knob) => {
  expect(reports(runGuest(KERNEL, `scenario=soft-spin ${knob}`, 40).lines)).toEqual([]);
});

test('interrupts off for 40 s and on again: the late tick reports a soft lockup on the spot', () => {
  const { lines } = runGuest(guest('lockups'), 'scenario=finite nmi_watchdog=0', 52);
  const [first] = reports(lines);
  const on = secondsOf(lines.find((line) => line.includes('finite: interrupts on')) ?? '');
  expect(Math.abs(on - first.at)).toBeLessThan(1); // it prints at about 10 ms a line
  expect(first.stuck).toBeGreaterThanOrEqual(37); // 40 s and a part of a period, in units of 2^30 ns
  expect(first.stuck).toBeLessThanOrEqual(41);
});

test('the same after a touch (it came out of idle): the late tick only begins the count anew', () => {
  const { lines } = runGuest(guest('lockups'), 'scenario=finite-touched nmi_watchdog=0', 48);
  expect(lines.some((line) => line.includes('finite: interrupts on'))).toBe(true);
  expect(reports(lines)).toEqual([]);
});

test('a report is Linux 6.12 line by line; the taint L comes after it', () => {
  const { texts } = runGuest(KERNEL, 'scenario=soft-spin cpu=1', 60);
  const hex16 = '[0-9a-f]{16}';
  const symbol = (name: string): string => ` ${name}\\+0x[0-9a-f]+/0x[0-9a-f]+`;
  const expected = [
    'watchdog: BUG: soft lockup - CPU#1 stuck for 26s! \\[insmod:100\\]',
    'Modules linked in: soft_spin\\(O\\+\\)',
    'CPU: 1 UID: 0 PID: 100 Comm: insmod Tainted: G           O       6\\.12\\.0-clispin #1',
    'Tainted: \\[O\\]=OOT_MODULE',
    'Hardware name: .+',
    'RIP: 0010:soft_spin_init\\+0x[0-9a-f]+/0x[0-9a-f]+ \\[soft_spin\\]',
    'Code:( [0-9a-f]{2}){42} <[0-9a-f]{2}>( [0-9a-f]{2}){21}',
    `RSP: 0018:${hex16} EFLAGS: 00000[0-9a-f]{3}`,
    ...['RAX RBX RCX', 'RDX RSI RDI', 'RBP R08 R09', 'R10 R11 R12', 'R13 R14 R15'].map((row) =>
      row.split(' ').map((name) => `${name}: ${hex16}`).join(' ')),
    `FS:  ${hex16}\\(0000\\) GS:${hex16}\\(0000\\) knlGS:${hex16}`,
    `CS:  0010 DS: 0000 ES: 0000 CR0: ${hex16}`,
    `CR2: ${hex16} CR3: ${hex16} CR4: ${hex16}`,
    'Call Trace:',
    ' <TASK>',
    ...['do_one_initcall', 'do_init_module', 'init_module_from_file', 'idempotent_init_module'].map(symbol),
    ...['__x64_sys_finit_module', 'do_syscall_64', 'entry_SYSCALL_64_after_hwframe'].map(symbol),
    'RIP: 0033:0x4[0-9a-f]{5}',
    'Code:( [0-9a-f]{2}){42} <[0-9a-f]{2}>( [0-9a-f]{2}){21}',
    `RSP: 002b:${hex16} EFLAGS: 00000[0-9a-f]{3} ORIG_RAX: 0000000000000139`,
    ...['RAX RBX RCX', 'RDX RSI RDI', 'RBP R08 R09', 'R10 R11 R12', 'R13 R14 R15'].map((row) =>
      row.split(' ').map((name) => `${name}: ${hex16}`).join(' ')),
    ' </TASK>',
  ];
  const report = between(texts, 'BUG: soft lockup', '</TASK>');
  expect(report).toHaveLength(expected.length);
  for (const [index, pattern] of expected.entries()) expect(report[index]).toMatch(new RegExp(`^${pattern}$`));
  const second = texts.slice(texts.findIndex((text) => text.includes('stuck for 52s!')));
  expect(second[2]).toContain('Tainted: G           O L     6.12.0-clispin');
  expect(second[3]).toBe('Tainted: [O]=OOT_MODULE, [L]=SOFTLOCKUP');
});
