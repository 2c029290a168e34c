// How the cost grows with the size of what is emulated → one chart for each question.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineConfig } from '../src/index.ts';
import { readProgram } from './programs.ts';
import { spreadOf } from './statistics.ts';
import { type Chart, drawChart, type Series } from './svg.ts';
import { ENGINES, type MeasureOptions, type Sample, type Target } from './targets.ts';

const MIB = 1024 * 1024;

/** A median of three, so that one bad moment of the machine draws no peak. */
const measure = async (target: Target, name: string, scale: number, options: MeasureOptions = {}): Promise<Sample | undefined> => {
  const program = readProgram(name);
  const samples: Sample[] = [];
  for (let run = 0; run < 3; run++) {
    const sample = await target.measure(program, 64, scale, options);
    if (!sample) return undefined;
    samples.push(sample);
  }
  const median = spreadOf(samples.map(({ ms }) => ms)).median;
  return samples.find(({ ms }) => ms === median);
};

const mips = ({ instructions, ms }: Sample): number => instructions / ms / 1000;

/** A line for each target; what could not be measured has no point. */
const series = async (
  xs: readonly number[], targets: readonly Target[], point: (target: Target, x: number) => Promise<number | undefined>,
): Promise<Series[]> => {
  const lines: Series[] = [];
  for (const target of targets) {
    const points: [number, number][] = [];
    for (const x of xs) {
      const y = await point(target, x);
      if (y !== undefined) points.push([x, y]);
    }
    if (points.length > 0) lines.push({ name: target.name, points });
  }
  return lines;
};

const doubling = (from: number, to: number, factor = 2): number[] =>
  from > to ? [] : [from, ...doubling(from * factor, to, factor)];

type Draw = (scale: (full: number) => number) => Promise<Chart>;

const CHARTS: Readonly<Record<string, Draw>> = {
  cpus: async (scale) => ({
    title: 'Busy CPUs: instructions of all of them together',
    x: 'CPUs', y: 'MIPS',
    series: await series(doubling(1, 16), ENGINES, async (target, cpus) => {
      const sample = await measure(target, 'scaling/cpus', Math.max(2, Math.round(scale(160) / cpus)), {
        defines: [`CPUS=${cpus}`], config: { cpus },
      });
      return sample && mips(sample);
    }),
  }),
  spin: async (scale) => ({
    title: 'Spinning CPUs: a guest second at 1 GHz',
    x: 'CPUs', y: 'ms',
    series: await series(doubling(1, 16), ENGINES, async (target, cpus) => {
      const ms = scale(1000);
      const sample = await measure(target, 'scaling/spin', ms, { defines: [`CPUS=${cpus}`], config: { cpus } });
      return sample && (sample.ms * 1000) / ms;
    }),
  }),
  ram: async () => {
    const line = async (name: string, touched: (mib: number) => number): Promise<Series> => {
      const point = async (target: Target, mib: number): Promise<number | undefined> => {
        const config: Partial<MachineConfig> = { ramBytes: mib * MIB };
        return (await measure(target, 'scaling/touch', 1, { defines: [`TOUCH=${touched(mib)}`], config }))?.residentMiB;
      };
      const [{ points }] = await series(doubling(64, 2048), ENGINES.slice(0, 1), point);
      return { name, points };
    };
    return {
      title: 'Memory of the process', x: 'MiB of RAM', y: 'MiB',
      series: [await line('16 MiB touched', () => 16), await line('half touched', (mib) => mib / 2)],
    };
  },
  length: async (scale) => ({
    title: 'Length of a run: the integer mix',
    x: 'instructions, millions', y: 'MIPS',
    series: await series(doubling(1, scale(256), 4), ENGINES, async (target, millions) => {
      const sample = await measure(target, 'mix', Math.max(1, Math.round(millions * 3.5)));
      return sample && mips(sample);
    }),
  }),
  pages: async (scale) => ({
    title: 'Pages with code, a routine in each',
    x: 'pages', y: 'MIPS',
    series: await series(doubling(1, 4096, 4), ENGINES, async (target, pages) => {
      const sample = await measure(target, 'scaling/pages', scale(200), { defines: [`PAGES=${pages}`] });
      return sample && mips(sample);
    }),
  }),
};

/** Writes the charts to a folder. `quick`: a tenth of the work, for a look. */
export const drawScaling = async (folder: string, quick: boolean): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  for (const [name, draw] of Object.entries(CHARTS)) {
    const chart = await draw((full) => (quick ? Math.max(1, Math.round(full / 10)) : full));
    const path = join(folder, `${name}.svg`);
    writeFileSync(path, drawChart(chart));
    for (const { name: line, points } of chart.series) {
      console.log(`${chart.title}, ${line}: ${points.map(([x, y]) => `${x} → ${y.toPrecision(3)}`).join(', ')} (${chart.y})`);
    }
    console.log(`wrote ${path}`);
  }
};
