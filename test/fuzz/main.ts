// `npm run fuzz -- --minutes N --seed S --jobs J --only NAME`: the fuzzers until the time is over, in so many processes. A case that
// fails is made smaller and written to test/fuzz/fixtures, where the tests find it. A process that is silent for too long hangs: its
// case is written too.

import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../../src/base/random.ts';
import { examine, FUZZER_NAMES, FUZZERS, type FuzzerName, shrink } from './fuzzers.ts';

const USAGE = `usage: npm run fuzz -- [--minutes N] [--seed S] [--jobs J] [--only NAME]

  --minutes N   for how long (1)
  --seed S      what the first case is drawn from (the time)
  --jobs J      processes (1)
  --only NAME   one fuzzer: ${FUZZER_NAMES.join(', ')}
`;

const readOptions = () => {
  try {
    return parseArgs({
      options: {
        minutes: { type: 'string', default: '1' },
        seed: { type: 'string' },
        jobs: { type: 'string', default: '1' },
        only: { type: 'string' },
        worker: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
};

const values = readOptions();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit();
}
const SILENCE = 90_000;
const SHRINKING = 30_000;
const FIXTURES = 'test/fuzz/fixtures';

interface Report {
  readonly name: FuzzerName;
  readonly seed: number;
  /** Absent when the case is about to be examined. */
  readonly result?: 'good' | { readonly wrong: string; readonly source: string };
}

/** Each fuzzer gets the same time. */
const work = (seeds: Random, end: number): void => {
  const spent = new Map<FuzzerName, number>(FUZZER_NAMES.filter((name) => (values.only ?? name) === name).map((name) => [name, 0]));
  for (let now = Date.now(); now < end; ) {
    const [name, time] = [...spent].reduce((least, next) => (next[1] < least[1] ? next : least));
    const seed = seeds.next();
    process.send!({ name, seed } satisfies Report);
    const source = FUZZERS[name].draw(seed);
    const wrong = examine(name, source);
    const result = wrong === undefined ? 'good' : { wrong, source: name === 'isa' ? source : shrink(name, source, wrong, SHRINKING) };
    process.send!({ name, seed, result } satisfies Report);
    spent.set(name, time + Date.now() - now);
    now = Date.now();
  }
  process.disconnect();
};

const write = (name: FuzzerName, seed: number, source: string): string => {
  const path = join(FIXTURES, `${name}-${seed}.${name === 'isa' ? 'txt' : 'asm'}`);
  writeFileSync(path, source);
  return path;
};

const supervise = async (seed: number, jobs: number, minutes: number): Promise<number> => {
  const counts = new Map<FuzzerName, number>();
  let failures = 0;
  const fail = (report: Report, wrong: string, source: string): void => {
    failures++;
    process.stdout.write(`\n${report.name} ${report.seed}: ${wrong}\nwritten to ${write(report.name, report.seed, source)}\n`);
  };
  const run = (job: number): Promise<void> =>
    new Promise((resolve) => {
      const args = ['--worker', '--seed', `${seed + job}`, '--minutes', `${minutes}`, ...(values.only ? ['--only', values.only] : [])];
      const child: ChildProcess = fork(process.argv[1], args);
      let last: Report | undefined;
      const hangs = (): void => {
        child.kill('SIGKILL');
        if (last) fail(last, `nothing was heard for ${SILENCE / 1000} s`, FUZZERS[last.name].draw(last.seed));
      };
      let watchdog = setTimeout(hangs, SILENCE);
      child.on('message', (report: Report) => {
        clearTimeout(watchdog);
        watchdog = setTimeout(hangs, SILENCE);
        last = report;
        if (report.result === undefined) return;
        counts.set(report.name, (counts.get(report.name) ?? 0) + 1);
        if (report.result !== 'good') fail(report, report.result.wrong, report.result.source);
      });
      child.on('exit', (code, signal) => {
        clearTimeout(watchdog);
        if (code !== 0 && signal !== 'SIGKILL' && last) fail(last, `the process ended with ${code ?? signal}`, FUZZERS[last.name].draw(last.seed));
        resolve();
      });
    });
  process.stdout.write(`seed ${seed}, ${jobs} jobs, ${minutes} minutes\n`);
  await Promise.all(Array.from({ length: jobs }, (_, job) => run(job)));
  const done = [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
  process.stdout.write(`seed ${seed}: ${done} cases, ${failures} failures\n`);
  return failures === 0 ? 0 : 1;
};

const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed);
if (values.worker) work(new Random(seed), Date.now() + minutes * 60_000);
else process.exitCode = await supervise(seed, Number(values.jobs), minutes);
