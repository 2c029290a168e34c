// What is often said of Linux's lockup detectors and is not so, with a cell of the matrix that shows it. Numbers are those of the
// lockup-detector specification, section 9.

export interface Erratum {
  readonly number: number;
  readonly claim: string;
  readonly truth: string;
  /** Names of cells (matrix.ts, cellName), the most telling first. */
  readonly cells: readonly string[];
}

const erratum = (number: number, claim: string, truth: string, ...cells: readonly string[]): Erratum =>
  ({ number, claim, truth, cells });

/** Those that no run can show: names of files and functions, what the kernel is configured with, releases before 4.14, unloading. */
export const NOT_SHOWN: readonly number[] = [2, 3, 21, 23, 40, 46];

export const ERRATA: readonly Erratum[] = [
  erratum(
    1,
    'A hard lockup is 20 s without interrupts.',
    'Its threshold is watchdog_thresh, 10 s, and the report comes after 6 to 20 s; 20 is the soft threshold.',
    'hard-cli',
  ),
  erratum(
    4,
    'In a guest the perf callback is never called, so hard lockups are no issue there.',
    'It needs performance counters, which a guest may have; without them the lockup is there and nobody says so.',
    'hard-cli [pmu=off]', 'hard-cli',
  ),
  erratum(
    5,
    'An emulator has no NMIs, only real hardware has.',
    'NMIs sent by IPI need no counters: the buddy detector and panic use them.',
    'hard-cli [hardlockup=buddy, pmu=off]',
  ),
  erratum(
    6,
    'A loop of more than 20 s in the kernel is reported.',
    'The report comes at the sixth tick of 4 s after the last feed, 20 to 28 s after the onset.',
    'soft-spin', 'soft-18s',
  ),
  erratum(
    7,
    'The first report says 22s, 27 s after the start.',
    'Up to 5.12, when the start was printed: the line touched the watchdog. Since 5.13 it says 26s.',
    'soft-spin [detector=stopper-5.4]', 'soft-spin',
  ),
  erratum(
    8,
    'A soft-locked CPU does not respond to interrupts.',
    'It does: the report is printed by its timer interrupt.',
    'soft-spin',
  ),
  erratum(
    9,
    'A hard-locked CPU executes no code, mostly because hardware failed.',
    'It executes with interrupts off, and the report shows where. A CPU that executes nothing is not even found.',
    'hard-cli', 'cli-hlt',
  ),
  erratum(
    10,
    'A hard lockup is a CPU that does not answer the NMI heartbeat.',
    'The other way round: the NMI looks for the heartbeat of the timer.',
    'hard-cli',
  ),
  erratum(
    11,
    'A CPU that cannot even handle an NMI is hard-locked.',
    'Then the perf detector is blind; only a buddy, or RCU on another CPU, notices.',
    'hard-cli [pmu=off]', 'hard-cli [hardlockup=buddy, pmu=off]',
  ),
  erratum(
    12,
    'watchdog_thresh is 20 by default, and is the soft threshold.',
    'It is 10, and the soft threshold is twice that: with 60 the report comes after 144 to 168 s.',
    'soft-spin [watchdog_thresh=60]',
  ),
  erratum(
    13,
    'The timer fires every 10 s.',
    'Every 2/5 of watchdog_thresh, 4 s: a loop begun just before a tick is reported after 20 s, one begun just after it after 24 s.',
    'soft-spin [phase=3999000000, announce=0]', 'soft-spin [phase=1000000, announce=0]',
  ),
  erratum(
    14,
    'The detector runs in TIMER_SOFTIRQ and may be delayed to ksoftirqd.',
    'It runs in the hard interrupt: softirqs may be off, or stuck themselves.',
    'bh-off', 'softirq-loop',
  ),
  erratum(
    15,
    'Every schedule() stamps the time, by touch_softlockup_watchdog().',
    'Only the feeder stamps. A touch is for code that is slow on purpose, and delays reports.',
    'soft-mdelay-printing',
  ),
  erratum(
    16,
    'The check compares jiffies with touch + threshold * HZ.',
    'It compares whole units of 2^30 ns: with watchdog_thresh=1 the report comes after 6 to 9 ticks of 0.4 s, not after 2 s.',
    'soft-spin [watchdog_thresh=1]',
  ),
  erratum(
    17,
    'Other CPUs find the stuck one and print for it.',
    'Each CPU checks and reports itself, also when it is the only one.',
    'soft-spin [cpus=1]', 'two-cpus-spin',
  ),
  erratum(
    18,
    'The thread watchdog/N checks.',
    'It only stamps; the timer interrupt checks, while the thread cannot run.',
    'soft-spin [detector=thread]',
  ),
  erratum(
    19,
    'watchdog/N is how it works.',
    'Up to 4.18. Since then the stopper thread feeds, and a user program of SCHED_FIFO 99 is no lockup any more.',
    'user-fifo-99', 'user-fifo-99 [detector=thread]',
  ),
  erratum(
    20,
    'A soft lockup always prints the backtraces of all CPUs.',
    'Only with softlockup_all_cpu_backtrace=1.',
    'soft-spin [softlockup_all_cpu_backtrace=1]', 'soft-spin',
  ),
  erratum(
    22,
    'A loop of printk and mdelay is reported as 22s after 20 s.',
    'Each line on a serial console touches the watchdog: never, unless the console does not show it.',
    'soft-mdelay-printing', 'soft-mdelay-printing [loglevel=6]',
  ),
  erratum(
    24,
    'The report of a module says nothing of taint.',
    'An out-of-tree module taints: Tainted: G O, and (O+) behind its name while it loads.',
    'soft-spin',
  ),
  erratum(
    25,
    'Kernel code is not preemptible by default.',
    'That depends on the model, which may be chosen at boot: with full and lazy a bare loop is no lockup.',
    'soft-spin [preempt=full]', 'soft-spin [preempt=lazy]',
  ),
  erratum(
    26,
    'Where the kernel is not preemptible, a lock only has to disable interrupts.',
    'A spinlock disables preemption and leaves interrupts on: held for ever it is a soft lockup in every model.',
    'kthread-spinlock [preempt=full]',
  ),
  erratum(
    27,
    'A user loop of SCHED_FIFO 99 is harmless, because CPU time is reserved for watchdog/N.',
    'Up to 4.18 it is reported; since 4.19 not, because the stopper is above all real-time tasks.',
    'user-fifo-99 [detector=thread]', 'user-fifo-99',
  ),
  erratum(
    28,
    'A deadlock in an interrupt handler is a soft lockup.',
    'Handlers run with interrupts off: a hard lockup.',
    'irq-handler-lock', 'hardirq-loop',
  ),
  erratum(
    29,
    'The sample that takes lock1 with interrupts off and then lock2 deadlocks, and is a soft lockup.',
    'lock2 is free, so nothing happens. With a real partner it is a hard lockup.',
    'seed-deadlock', 'abba-irq',
  ),
  erratum(
    30,
    'A run queue lock that is never released is a soft lockup.',
    'It is held with interrupts off: a hard lockup, first here, then on whoever wakes a task here.',
    'rq-lock-lost',
  ),
  erratum(
    31,
    'With interrupts off the NMI watchdog cannot check.',
    'That is exactly when it can and nobody else does.',
    'hard-cli',
  ),
  erratum(
    32,
    'A storm of softirqs is a soft lockup.',
    'A pass is bounded and ksoftirqd is an ordinary thread: the stopper always gets in.',
    'softirq-storm', 'tasklet-storm',
  ),
  erratum(
    33,
    'Feeding the hardware watchdog prevents lockups.',
    'The daemon feeds on while another CPU is stuck; if its own CPU is stuck, the machine is reset.',
    'dog-fed', 'dog-starved',
  ),
  erratum(
    34,
    'Other CPUs do the output on the console.',
    'The caller of printk does it, at once: therefore it touches its own watchdog.',
    'kthread-spinlock-printing', 'kthread-spinlock-printing [loglevel=6]',
  ),
  erratum(
    35,
    'The hard report begins with "NMI watchdog: ".',
    'Up to 6.4; then with "watchdog: ", and since 6.14 it names the reporting CPU first.',
    'hard-cli', 'hard-cli [report=5.4]', 'hard-cli [hardlockup=buddy-7.1]',
  ),
  erratum(
    36,
    'A deadlock of mutexes is no soft lockup.',
    'Right: both sleep, and become hung tasks after 120 to 240 s.',
    'mutex-abba',
  ),
  erratum(
    37,
    'Only kernel code that has disabled preemption can lock up.',
    'Not so: a bare loop where the kernel is not preemptible, a storm of interrupts, a virtual CPU that did not run.',
    'soft-spin [preempt=none]', 'irq-storm', 'vm-stolen',
  ),
  erratum(
    38,
    'watchdog/N has the highest priority of all.',
    'Of the real-time class, where its equals do not make room; the stop class is above.',
    'user-fifo-99 [detector=thread]', 'user-fifo-99',
  ),
  erratum(
    39,
    'NMIs mostly come from memory errors.',
    'On a running system from counters and from other CPUs; one that nobody wanted is two lines.',
    'hard-cli', 'nmi-unknown',
  ),
  erratum(
    41,
    'sysctl kernel.nmi_watchdog takes panic, nopanic and a number.',
    'That is the boot parameter; the sysctl is 0 or 1.',
    'hard-cli [nmi_watchdog=panic]', 'hard-cli [sysctl.kernel.nmi_watchdog=0]',
  ),
  erratum(
    42,
    'watchdog_thresh=30 is usual and only delays messages.',
    'It makes the first report come after 72 to 84 s.',
    'soft-spin [watchdog_thresh=30]',
  ),
  erratum(
    43,
    'panic=1 makes a lockup panic.',
    'It is the delay of the reboot after a panic; softlockup_panic=1 makes one.',
    'soft-spin [panic=1]', 'soft-spin [softlockup_panic=1]',
  ),
  erratum(
    44,
    'A thread that keeps interrupts off is reported after 10 s.',
    'After 6 to 20 s, as tick and NMI happen to lie.',
    'hard-cli',
  ),
  erratum(
    45,
    '"stuck for 38s" means that the CPU was too busy to feed.',
    'The tick itself was late: interrupts were off, or a virtual CPU did not run.',
    'vm-stolen', 'irqs-off-40s [pmu=off]',
  ),
  erratum(
    47,
    'A soft lockup does not crash the system.',
    'Right by default; with softlockup_panic=1 it does.',
    'soft-spin', 'soft-spin [softlockup_panic=1]',
  ),
  erratum(
    48,
    'If the IPI fails, it may be a hard lockup.',
    'The backtraces of other CPUs are asked for by NMI, which interrupts that are off do not hold back.',
    'hard-cli [hardlockup_all_cpu_backtrace=1]', 'smp-call-wait',
  ),
];
