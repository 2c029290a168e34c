// The same image in QEMU and here, both without counters: the same reports, on the same CPUs, at the same distances and with the same
// numbers (give or take the one that a time stamp's fraction decides), and the same end. Prints a table; `npm run kernel:qemu`.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGuest } from './guest-run.ts';

interface Case {
  readonly words: string;
  /** Guest seconds, which in QEMU are the host's; hence the low threshold. */
  readonly seconds: number;
}
const THRESH = 'watchdog_thresh=2';
const CASES: readonly Case[] = [
  { words: `scenario=soft-spin ${THRESH}`, seconds: 14 },
  { words: `scenario=soft-spin ${THRESH} preempt=full`, seconds: 9 },
  { words: `scenario=soft-spin ${THRESH} detector=thread`, seconds: 14 },
  { words: `scenario=soft-spin ${THRESH} detector=stopper-5.4 report=5.4`, seconds: 14 },
  { words: `scenario=soft-spin ${THRESH} phase=400000000 announce=0`, seconds: 14 },
  { words: `scenario=soft-spin ${THRESH} softlockup_panic=1`, seconds: 9 },
  { words: `scenario=soft-spin ${THRESH} softlockup_panic=1 panic=1`, seconds: 12 },
  { words: `scenario=preempt-off ${THRESH} preempt=full`, seconds: 9 },
  { words: `scenario=bh-off ${THRESH}`, seconds: 9 },
  { words: `scenario=self-deadlock ${THRESH}`, seconds: 13 },
  { words: `scenario=softirq-loop ${THRESH}`, seconds: 13 },
  { words: `scenario=soft-cond-resched ${THRESH}`, seconds: 12 },
  { words: 'scenario=hard-cli', seconds: 12 },
  { words: `scenario=hard-cli ${THRESH} hardlockup=buddy`, seconds: 15 },
  { words: `scenario=hard-cli ${THRESH} hardlockup=buddy-7.1 hardlockup_panic=1`, seconds: 14 },
  { words: 'scenario=mutex-abba sysctl.kernel.hung_task_timeout_secs=3', seconds: 9 },
];

/** What is compared of a line; undefined: it is not. */
const EVENTS = [
  /BUG: soft lockup - CPU#(?<cpu>\d+) stuck for (?<stuck>\d+)s! \[[\w/]+:\d+\]/, /hard LOCKUP on cpu (?<cpu>\d+)/, /INFO: task [\w/]+:\d+ blocked/,
  /Kernel panic - not syncing: .*/, /Shutting down cpus with NMI/, /Kernel Offset: disabled/, /Rebooting in \d+ seconds/,
];

interface Event {
  readonly seconds: number;
  readonly text: string;
  readonly stuck: number;
}
const eventsOf = (lines: readonly string[], seconds: number): Event[] =>
  lines.flatMap((line) => {
    const [, stamp, text = ''] = /^\[ *(\d+\.\d+)\] (.*)/.exec(line) ?? [];
    const match = EVENTS.map((pattern) => pattern.exec(text)).find((found) => found);
    if (!match || Number(stamp) > seconds) return [];
    return [{ seconds: Number(stamp), text: match[0].replace(/for \d+s!/, 'for Ns!'), stuck: Number(match.groups?.stuck ?? 0) }];
  });

/** How far two sequences of events agree; undefined: in all. */
const difference = (ours: readonly Event[], theirs: readonly Event[]): string | undefined => {
  for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
    const [our, their] = [ours[index], theirs[index]];
    if (our?.text !== their?.text) return `'${our?.text}' here, '${their?.text}' there`;
    if (Math.abs(our.stuck - their.stuck) > 1) return `${our.stuck} s here, ${their.stuck} s there: ${our.text}`;
    const [ourGap, theirGap] = [ours, theirs].map((events) => events[index].seconds - events[Math.max(index - 1, 0)].seconds);
    if (our.stuck > 0 && Math.abs(ourGap - theirGap) > 0.5) return `${ourGap} s after the last here, ${theirGap} s there: ${our.text}`;
  }
  return undefined;
};

/** What QEMU's own start and a busy host may take. */
const START_SECONDS = 2;

/** Boots in QEMU for `seconds`, or until it ends. */
const runQemu = (image: string, { words, seconds }: Case): Promise<string[]> =>
  new Promise((resolve) => {
    const options = ['-accel', 'tcg', '-smp', '2', '-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-no-reboot'];
    const qemu = spawn('qemu-system-x86_64', [...options, '-kernel', image, '-append', words], { stdio: ['ignore', 'pipe', 'ignore'] });
    const limit = setTimeout(() => qemu.kill(), (seconds + START_SECONDS) * 1000);
    let text = '';
    qemu.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    qemu.on('close', () => {
      clearTimeout(limit);
      resolve(text.split(/\r?\n/));
    });
  });

const main = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'clispin-qemu-'));
  const image = join(folder, 'kernel.bin');
  const kernel = join('asm', 'kernel.asm');
  if (spawnSync('nasm', ['-f', 'bin', '-i', 'asm/', kernel, '-o', image]).status !== 0) throw new Error('nasm is needed');
  let different = 0;
  for (const one of CASES) {
    const ours = eventsOf(runGuest(kernel, one.words, one.seconds, { pmu: false }).lines, one.seconds);
    const theirs = eventsOf(await runQemu(image, one), one.seconds);
    const unlike = difference(ours, theirs);
    if (unlike) different++;
    console.log(`${unlike ? 'DIFFERENT' : 'same     '} ${one.words}: ${ours.map(({ text, stuck }) => text.replace('Ns', `${stuck}s`)).join('; ') || 'nothing'}`);
    if (unlike) console.log(`          ${unlike}`);
  }
  rmSync(folder, { recursive: true });
  console.log(`${CASES.length} runs, ${different} different`);
  process.exitCode = different === 0 ? 0 : 1;
};

await main();
