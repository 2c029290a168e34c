// The command line of the benchmarks; see README.md. Everything is a ratio or has its spread beside it: seconds of one machine say
// nothing on another.

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { checkBaseline, saveBaseline } from './baseline.ts';
import { CLOCK } from './clock.ts';
import { type Comparison, compare, mips, noiseSpread, ratio, type Settings } from './compare.ts';
import { performJob } from './job.ts';
import { programNames, readProgram } from './programs.ts';
import { drawScaling } from './scaling.ts';
import { soak } from './soak.ts';
import { formatSpread, formatTable, round } from './statistics.ts';
import { ENGINES, fetchV86, NATIVE, qemu, qemuVersion, type Target } from './targets.ts';
import { measureWholes } from './wholes.ts';

const OPTIONS = {
  peers: { type: 'boolean' },
  quick: { type: 'boolean' },
  runs: { type: 'string' },
  ms: { type: 'string' },
  svg: { type: 'string' },
  soak: { type: 'string' },
  check: { type: 'boolean' },
  save: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const HELP = `npm run bench [-- NAME... OPTIONS]         our engines; NAME: programs, or whole
npm run bench:peers [-- NAME... OPTIONS]   beside v86, QEMU and the processor
npm run bench -- --svg FOLDER [--quick]    charts: cost against CPUs, RAM, length, pages of code
npm run bench -- --soak MINUTES            memory while code is written anew for so long

  --ms N      how long a run should take (default 1000)
  --runs N    how many there are of each (default 5)
  --quick     300 ms, three runs
  --check     complain about what is worse than baseline.json
  --save      make what was measured the baseline`;

/** Rows of a table as soon as they are known: programs take a while. */
const progress = (text: string): void => void process.stderr.write(`${text}\n`);

const compareAll = async (names: readonly string[], targets: readonly Target[], settings: Settings): Promise<Comparison[]> => {
  const comparisons: Comparison[] = [];
  for (const name of programNames().filter((name) => names.length === 0 || names.includes(name))) {
    for (const bits of readProgram(name).bits) {
      const comparison = await compare(name, bits, targets, settings);
      const speeds = [...comparison.speeds].map(([target, speed]) => `${target} ${formatSpread(mips(comparison, speed))}`);
      progress(`${name} ${bits}: ${[...speeds, ...comparison.failed.map((target) => `${target} failed`)].join(', ')}`);
      comparisons.push(comparison);
    }
  }
  return comparisons;
};

const label = ({ program, bits }: Comparison): string => `${program.name} ${bits}`;

/** MIPS of each engine, the ratio of the last to the first, and what an operation costs with the last. */
const engineTable = (comparisons: readonly Comparison[]): string => {
  const names = ENGINES.map(({ name }) => name);
  const [first, last] = [names[0], names[names.length - 1]];
  const rows = comparisons.map((comparison) => {
    const { speeds, program } = comparison;
    const cells = names.map((name) => (speeds.has(name) ? formatSpread(mips(comparison, speeds.get(name)!)) : 'failed'));
    const ns = 1e6 / (speeds.get(last)?.median ?? Number.NaN);
    return [label(comparison), ...cells, ...(first === last ? [] : [round(ratio(comparison, last, first))]), `${round(ns)} ns`, program.unit];
  });
  const head = ['program', ...names.map((name) => `${name}, MIPS`), ...(first === last ? [] : [`${last} : ${first}`]), 'an operation', 'which is'];
  return formatTable([head, ...rows]);
};

/** MIPS of our faster engine and of each peer, and how often ours is as fast: above 1 we win. */
const peerTable = (comparisons: readonly Comparison[], targets: readonly Target[]): string => {
  const ours = ENGINES[ENGINES.length - 1].name;
  const peers = targets.map(({ name }) => name).filter((name) => name !== ours);
  const rows = comparisons.map((comparison) => {
    const { speeds, failed } = comparison;
    const speed = speeds.get(ours);
    const cells = peers.flatMap((name) => {
      const theirs = speeds.get(name);
      if (!theirs) return [failed.includes(name) ? 'failed' : '', ''];
      return [formatSpread(mips(comparison, theirs)), `${round(ratio(comparison, ours, name))}x`];
    });
    return [label(comparison), speed ? formatSpread(mips(comparison, speed)) : 'failed', ...cells];
  });
  return formatTable([['program', `${ours}, MIPS`, ...peers.flatMap((name) => [name, 'ours : its'])], ...rows]);
};

const describeMachine = (versions: readonly string[]): string => {
  const { thread, wall } = noiseSpread();
  return [
    `${cpus().length} x ${cpus()[0].model.trim()}, ${[`Node ${process.version}`, ...versions].join(', ')}. Times are ${CLOCK}: median (min..max).`,
    `Noise of the machine: one and the same loop took ${formatSpread(thread)} times its best, on the wall ${formatSpread(wall)} times.`,
  ].join('\n');
};

const runPeers = async (names: readonly string[], settings: Settings): Promise<Comparison[]> => {
  const versions: string[] = [];
  const targets: Target[] = [...ENGINES];
  const v86 = fetchV86();
  if (typeof v86 === 'string') progress(`v86 is left out: ${v86}`);
  else {
    targets.push(v86.target);
    versions.push(`v86 ${v86.version}`);
  }
  const version = qemuVersion();
  if (version === undefined) progress('QEMU is left out: qemu-system-x86_64 is not installed');
  else {
    targets.push(qemu('QEMU', []), qemu('QEMU -icount', ['-icount', 'shift=0']));
    versions.push(version.replace(/ \(.*/, ''));
  }
  targets.push(NATIVE);
  const comparable = names.length > 0 ? names : programNames().filter((name) => !readProgram(name).peers.includes('none'));
  const comparisons = await compareAll(comparable, targets, settings);
  console.log(`\n${peerTable(comparisons, targets)}\n\n${describeMachine(versions)}`);
  return comparisons;
};

const runBench = async (names: readonly string[], settings: Settings): Promise<Comparison[]> => {
  const comparisons = await compareAll(names, ENGINES, settings);
  if (comparisons.length > 0) console.log(`\n${engineTable(comparisons)}\n\n${describeMachine([])}`);
  if (names.length === 0 || names.includes('whole')) console.log(`\n${await measureWholes(settings.runs)}`);
  return comparisons;
};

const main = async (): Promise<number> => {
  if (process.argv[2] === '--job') {
    console.log(JSON.stringify(await performJob(JSON.parse(process.argv[3]))));
    return 0;
  }
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const unknown = positionals.find((name) => name !== 'whole' && !programNames().includes(name));
  if (unknown !== undefined) {
    console.error(`There is no program ${unknown}; there are ${programNames().join(', ')}, whole.`);
    return 2;
  }
  const settings = { runs: Number(values.runs ?? (values.quick ? 3 : 5)), targetMs: Number(values.ms ?? (values.quick ? 300 : 1000)) };
  if (values.soak !== undefined) {
    soak(Number(values.soak));
    return 0;
  }
  if (values.svg !== undefined) {
    await drawScaling(values.svg, values.quick ?? false);
    return 0;
  }
  const comparisons = await (values.peers ? runPeers : runBench)(positionals, settings);
  if (values.save) saveBaseline(comparisons);
  return values.check ? checkBaseline(comparisons) : 0;
};

process.exit(await main());
