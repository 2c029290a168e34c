// Every kind of report, read line by line with the formats of the kernel's printk calls, and compared with its golden transcript in
// test/kernel/golden (RENEW=1 writes them anew). In the transcripts what depends on addresses is blurred.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runGuest } from './guest-run.ts';
import { type Format, ReportReader } from './report-format.ts';

const KERNEL = join('asm', 'kernel.asm');
const GOLDEN = join('test', 'kernel', 'golden');

const blur = (text: string): string =>
  text
    .replace(/(?<!ORIG_RAX: )\b[0-9a-f]{16}\b/g, 'H16')
    .replace(/^Code:.*/, 'Code: ...')
    .replace(/^RIP: 0033:0x.*/, 'RIP: 0033:0x...')
    .replace(/\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '+0xO/0xS')
    .replace(/EFLAGS: 00000(\w)\w\w/, 'EFLAGS: 00000$1..')
    .replace(/run: \d+\.\d+ msecs/, 'run: N msecs')
    .replace(/\bt=\d+ jiffies(,?) g=\d+/, 't=N jiffies$1 g=N')
    .replace(/\(\d\d ticks/, '(NN ticks')
    .replace(/unknown reason \w\w/, 'unknown reason XX'); // the refresh bit toggles

const compareWithGolden = (name: string, texts: readonly string[]): void => {
  const file = join(GOLDEN, `${name}.txt`);
  const transcript = `${texts.map(blur).join('\n')}\n`;
  if (process.env.RENEW !== undefined) {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(file, transcript);
  }
  expect(existsSync(file), `${file} is missing; RENEW=1 writes it`).toBe(true);
  expect(transcript, `${file}; RENEW=1 writes it anew`).toBe(readFileSync(file, 'utf8'));
};

interface Case {
  readonly name: string;
  readonly words: string;
  readonly seconds: number;
  readonly cpus?: number;
  readonly format?: Format;
  /** Where the report begins. */
  readonly from: string;
  readonly read: (reader: ReportReader) => void;
}

const INTERRUPT = ['hrtimer_interrupt', '__sysvec_apic_timer_interrupt', 'sysvec_apic_timer_interrupt', '</IRQ>', '<TASK>', 'asm_sysvec_apic_timer_interrupt'];
const MODULE_INIT = [
  ...['do_one_initcall', 'do_init_module', 'init_module_from_file', 'idempotent_init_module', '__x64_sys_finit_module', 'do_syscall_64'],
  'entry_SYSCALL_64_after_hwframe',
];

const CASES: readonly Case[] = [
  {
    name: 'soft', words: 'scenario=soft-spin', seconds: 57, from: 'BUG: soft lockup',
    read: (reader) => {
      const first = reader.softLockup();
      expect(first).toMatchObject({ cpu: 0, pid: 100, comm: 'insmod', stuck: 26, taint: 'Tainted: G           O      ' });
      expect(first.rip).toMatch(/^soft_spin_init\+.* \[soft_spin\]$/);
      expect((first.flags ?? 0) & 0x200).toBe(0x200);
      expect(first.trace?.names).toEqual(['<TASK>', ...MODULE_INIT, '</TASK>']);
      expect(reader.softLockup()).toMatchObject({ stuck: 52, taint: 'Tainted: G           O L    ' });
    },
  },
  {
    name: 'soft-user', words: 'scenario=user-fifo-99 detector=thread', seconds: 32, from: 'BUG: soft lockup',
    read: (reader) => {
      const report = reader.softLockup();
      expect(report).toMatchObject({ cpu: 0, pid: 101, comm: 'fifo' });
      expect(report.trace).toBeUndefined(); // user code has none
      expect(reader.next).toBeUndefined();
    },
  },
  {
    name: 'soft-5.4', words: 'scenario=soft-spin report=5.4 detector=stopper-5.4', seconds: 57, format: '5.4', from: 'BUG: soft lockup',
    read: (reader) => {
      expect([22, 23]).toContain(reader.softLockup().stuck);
      expect([22, 23]).toContain(reader.softLockup().stuck);
    },
  },
  {
    name: 'soft-panic', words: 'scenario=soft-spin softlockup_panic=1', seconds: 30, from: 'BUG: soft lockup',
    read: (reader) => {
      reader.softLockup();
      const { taint, trace } = reader.panic('softlockup: hung tasks');
      expect(taint).toBe('Tainted: G           O L    ');
      expect(trace?.names).toEqual(['<IRQ>', 'panic', 'watchdog_timer_fn', '__hrtimer_run_queues', ...INTERRUPT, ...MODULE_INIT, '</TASK>']);
      reader.take('Kernel Offset: disabled');
      reader.take('---[ end Kernel panic - not syncing: softlockup: hung tasks ]---');
      expect(reader.next).toBeUndefined();
    },
  },
  {
    name: 'soft-all-cpus', words: 'scenario=abba softlockup_all_cpu_backtrace=1', seconds: 30, from: 'BUG: soft lockup', cpus: 3,
    read: (reader) => {
      const { cpu } = reader.softLockup();
      const dumps = reader.backtraces(2).filter((dump) => dump !== undefined);
      expect(dumps.map((dump) => dump.cpu)).toEqual([1 - cpu]); // the third CPU idles
      expect(dumps[0].rip).toMatch(/^native_queued_spin_lock_slowpath/);
    },
  },
  {
    name: 'hard', words: 'scenario=hard-cli', seconds: 24, from: 'hard LOCKUP',
    read: (reader) => {
      const { flags, rip, trace } = reader.hardLockup();
      expect((flags ?? 0) & 0x200).toBe(0);
      expect(rip).toMatch(/^hard_cli_thread/);
      expect(trace?.names).toEqual(['<TASK>', 'kthread', 'ret_from_fork', 'ret_from_fork_asm', '</TASK>']);
      expect(reader.tookLong()).toBe(true);
      expect(reader.next).toBeUndefined();
    },
  },
  {
    name: 'hard-5.4', words: 'scenario=hard-cli report=5.4', seconds: 24, format: '5.4', from: 'hard LOCKUP',
    read: (reader) => expect(reader.hardLockup('NMI watchdog: Watchdog detected hard LOCKUP on cpu %d').cpu).toBe(1),
  },
  {
    name: 'hard-panic', words: 'scenario=hard-cli nmi_watchdog=panic panic=1', seconds: 30, from: 'hard LOCKUP',
    read: (reader) => {
      reader.hardLockup();
      expect(reader.panic('Hard LOCKUP').trace?.names.slice(0, 5)).toEqual(
        ['<NMI>', 'panic', 'nmi_panic', 'watchdog_hardlockup_check', 'watchdog_overflow_callback']);
      reader.take('Kernel Offset: disabled');
      reader.take('Rebooting in %d seconds..');
      expect(reader.next).toBeUndefined();
    },
  },
  {
    name: 'hard-buddy', words: 'scenario=hard-cli hardlockup=buddy', seconds: 38, from: 'hard LOCKUP',
    read: (reader) => {
      reader.find('watchdog: Watchdog detected hard LOCKUP on cpu %d');
      reader.take('Modules linked in: %s');
      expect(reader.backtraces(1)[0]).toMatchObject({ cpu: 1, comm: 'hard_cli/1' });
    },
  },
  {
    name: 'hard-buddy-7.1', words: 'scenario=hard-cli hardlockup=buddy-7.1', seconds: 22, from: 'hard LOCKUP',
    read: (reader) => {
      expect(reader.find('watchdog: CPU%u: Watchdog detected hard LOCKUP on cpu %u')).toContain('CPU0: ');
      reader.take('Modules linked in: %s');
      expect(reader.backtraces(1)[0]?.cpu).toBe(1);
    },
  },
  {
    name: 'hung-task', words: 'scenario=mutex-abba sysctl.kernel.hung_task_timeout_secs=5', seconds: 13, from: 'INFO: task',
    read: (reader) => {
      for (const comm of ['abba/0', 'baab/1']) {
        expect(reader.take('INFO: task %s:%d blocked for more than %ld seconds.')).toContain(`task ${comm}:`);
        reader.take('      Tainted: %s 6.12.0-clispin #1');
        reader.take('"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.');
        reader.take('task:%-15.15s state:%c stack:%-5lu pid:%-5d tgid:%-5d ppid:%-6d flags:0x%08lx');
        expect(reader.trace().names).toContain('mutex_lock');
      }
    },
  },
  {
    name: 'workqueue', words: 'scenario=workqueue-stall nosoftlockup workqueue.watchdog_thresh=10', seconds: 24, from: 'BUG: workqueue',
    read: (reader) => {
      reader.take('BUG: workqueue lockup - pool cpus=%d node=%d flags=0x%x nice=%d stuck for %us!');
      reader.take('Showing busy workqueues and worker pools:');
      reader.take('workqueue events: flags=0x%x');
      reader.take('  pwq %d: cpus=%d node=%d flags=0x%x nice=%d active=%d refcnt=%d');
      expect(reader.take('    pending: %ps')).toContain('workqueue_stall_work_fn');
      reader.take('Showing backtraces of running workers in stalled CPU-bound worker pools:');
    },
  },
  {
    name: 'rcu-self', words: 'scenario=preempt-off rcu_stall=1', seconds: 25, from: 'rcu: INFO',
    read: (reader) => {
      reader.take('rcu: INFO: rcu_preempt self-detected stall on CPU');
      reader.take('rcu: \t%d-...%c: (%lu ticks this GP) idle=%04x/%ld/0x%lx softirq=%u/%u fqs=%ld');
      reader.take('rcu: \t(t=%lu jiffies g=%ld q=%lu ncpus=%d)');
      expect(reader.registers().cpu).toBe(0);
    },
  },
  {
    name: 'rcu-other', words: 'scenario=hard-cli rcu_stall=1 nmi_watchdog=0', seconds: 31, from: 'rcu: INFO',
    read: (reader) => {
      reader.take('rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:');
      reader.take('rcu: \t%d-...%c: (%lu ticks this GP) idle=%04x/%ld/0x%lx softirq=%u/%u fqs=%ld');
      reader.take('rcu: \t(detected by %d, t=%ld jiffies, g=%ld, q=%lu ncpus=%d)');
      expect(reader.backtraces(1)[0]?.cpu).toBe(1);
    },
  },
  {
    name: 'unknown-nmi', words: 'scenario=nmi-unknown', seconds: 3, from: 'Uhhuh',
    read: (reader) => {
      reader.take('Uhhuh. NMI received for unknown reason %02x on CPU %d.');
      reader.take('Dazed and confused, but trying to continue');
      expect(reader.next).toBeUndefined();
    },
  },
  {
    name: 'panic-stops-deaf', words: 'scenario=soft-and-hard softlockup_panic=1 nmi_watchdog=0', seconds: 36, from: 'BUG: soft lockup',
    read: (reader) => {
      reader.softLockup();
      reader.panic('softlockup: hung tasks');
      reader.take('Shutting down cpus with NMI');
      reader.take('Kernel Offset: disabled');
      reader.take('---[ end Kernel panic - not syncing: softlockup: hung tasks ]---');
    },
  },
];

describe('reports', () => {
  test.each(CASES)('$name', ({ name, words, seconds, cpus, format, from, read }) => {
    const { texts } = runGuest(KERNEL, words, seconds, cpus === undefined ? {} : { cpus });
    const report = texts.slice(texts.findIndex((text) => text.includes(from)));
    read(new ReportReader(report, format));
    compareWithGolden(name, report);
  });
});
