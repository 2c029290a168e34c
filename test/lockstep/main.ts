// `npm run lockstep -- --jobs N --only GROUP --name NAME --seed S --instructions N --systems N`: everything in lockstep, in so many processes, and a
// table. A run that differs, throws or is silent for too long is told at once, with the command that repeats it.

import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Result } from './compare.ts';
import { GROUP_NAMES, GROUPS, type GroupName } from './groups.ts';

const HELP = `npm run lockstep [-- OPTIONS]: every variant of the engine side by side, state by state
  --only GROUP        one of ${GROUP_NAMES.join(', ')}; may be repeated
  --name NAME         only the runs whose name begins so
  --seed S            of everything random (default 1)
  --instructions N    how many to fuzz (default 10 million)
  --systems N         how many random systems (default 1,000)
  --jobs N            processes (default: one for each core)`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: GROUP_NAMES },
    name: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    instructions: { type: 'string', default: '10000000' },
    systems: { type: 'string', default: '1000' },
    jobs: { type: 'string', default: `${availableParallelism()}` },
    worker: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const SILENCE_MS = 240_000;
const PROGRESS_MS = 15_000;

interface Task {
  readonly group: GroupName;
  readonly name: string;
}

/** A result, or what was thrown. */
type Answer = Result | string;

const perform = ({ group, name }: Task, seed: number): Answer => {
  try {
    return GROUPS[group].run(name, seed);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : `threw ${JSON.stringify(error)}`;
  }
};

/** One row of the table. */
class Sum {
  runs = 0;
  instructions = 0;
  translatable = 0;
  translated = 0;
  differences = 0;

  add({ runs, instructions, translatable, translated, differences }: Result): void {
    this.runs += runs;
    this.instructions += instructions;
    this.translatable += translatable;
    this.translated += translated;
    this.differences += differences.length;
  }
}

const sums = new Map<GroupName, Sum>();

/** How far groups without an end are to go. */
interface Bounds {
  readonly instructions: number;
  readonly systems: number;
}

function* tasks(groups: readonly GroupName[], prefix: string, { instructions, systems }: Bounds): Generator<Task> {
  for (const group of groups) {
    const sum = new Sum();
    sums.set(group, sum);
    const isEndless = group === 'fuzz' || group === 'systems';
    let begun = 0;
    for (const name of GROUPS[group].names()) {
      if (group === 'fuzz' ? sum.instructions >= instructions : group === 'systems' && begun >= systems) break;
      if (isEndless && prefix !== '' ? name !== prefix : !name.startsWith(prefix)) continue;
      begun++;
      yield { group, name };
      if (isEndless && name === prefix) break;
    }
  }
}

const table = (): string => {
  const rows = [...sums].map(([group, sum]) => {
    const share = `${((100 * sum.translated) / Math.max(1, sum.translatable)).toFixed(0)} %`;
    return [group, ...[sum.runs, sum.instructions].map((value) => value.toLocaleString('en')), share, `${sum.differences}`];
  });
  const heads = ['', 'comparisons', 'instructions', 'of them translated', 'differences'];
  const line = (cells: readonly string[]): string => cells.map((cell, at) => (at === 0 ? cell.padEnd(10) : cell.padStart(heads[at].length + 2))).join('');
  return [heads, ...rows].map(line).join('\n');
};

const supervise = async (): Promise<number> => {
  const { seed, jobs } = values;
  const queue = tasks(values.only as GroupName[], values.name, { instructions: Number(values.instructions), systems: Number(values.systems) });
  const start = Date.now();
  let told = start;
  const settle = ({ group, name }: Task, answer: Answer): void => {
    const sum = sums.get(group)!;
    if (typeof answer !== 'string') sum.add(answer);
    else sum.differences++;
    for (const difference of typeof answer === 'string' ? [answer] : answer.differences) {
      process.stdout.write(`\n${name}: ${difference}\n  again: npm run lockstep -- --only ${group} --seed ${seed} --name '${name}'\n`);
    }
    if (Date.now() - told < PROGRESS_MS) return;
    told = Date.now();
    process.stdout.write(`${Math.round((told - start) / 1000)} s: ${group}, ${name}\n`);
  };
  const work = (): Promise<void> =>
    new Promise((resolve) => {
      const child: ChildProcess = fork(process.argv[1], ['--worker', '--seed', seed]);
      let task: Task | undefined;
      let watchdog: NodeJS.Timeout | undefined;
      const next = (): void => {
        clearTimeout(watchdog);
        task = queue.next().value ?? undefined;
        if (task === undefined) {
          child.disconnect();
          return;
        }
        watchdog = setTimeout(() => child.kill('SIGKILL'), SILENCE_MS);
        child.send(task);
      };
      child.on('message', (answer: Answer) => {
        settle(task!, answer);
        next();
      });
      child.on('exit', (code, signal) => {
        clearTimeout(watchdog);
        if (task !== undefined) settle(task, `the process ended with ${code ?? signal}`);
        resolve(task === undefined ? undefined : work());
      });
      next();
    });
  await Promise.all(Array.from({ length: Number(jobs) }, work));
  process.stdout.write(`\n${table()}\nseed ${seed}, ${Math.round((Date.now() - start) / 1000)} s\n`);
  return [...sums.values()].every(({ runs, differences }) => runs > 0 && differences === 0) ? 0 : 1;
};

if (values.help) process.stdout.write(`${HELP}\n`);
else if (values.worker) process.on('message', (task: Task) => process.send!(perform(task, Number(values.seed))));
else process.exitCode = await supervise();
