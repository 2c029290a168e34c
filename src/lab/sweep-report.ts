// The distribution of a sweep → text, JSON, and a picture. Everything is a function of the runs, so the same sweep gives the same bytes.

import { cellName } from './matrix.ts';
import { wrap } from './words.ts';
import { type Bin, histogram, samplePeriod, type SweepPlan, type SweepSummary } from './sweep.ts';

const BAR = 40;

const percent = (count: number, total: number): string => `${((100 * count) / total).toFixed(1)} %`;
const secondsText = (value: number): string => `${Number(value.toFixed(2))}`;
const binName = ({ from, to }: Bin): string => `${secondsText(from)}..${secondsText(to)} s`;
const spread = (values: readonly number[], digits: number): string =>
  [0, Math.floor(values.length / 2), values.length - 1].map((index) => values[index].toFixed(digits)).join(' … ');

const bars = (rows: readonly (readonly [name: string, count: number])[], total: number): string[] => {
  const width = Math.max(...rows.map(([name]) => name.length));
  const most = Math.max(...rows.map(([, count]) => count));
  const bar = (count: number): string => '#'.repeat(Math.round((BAR * count) / most)).padEnd(BAR);
  return rows.map(([name, count]) => `  ${name.padStart(width)}  ${bar(count)}  ${count}  ${percent(count, total)}`);
};

/** Least, median and greatest of the first report's time, its distribution, and that of the printed number. */
export const sweepText = (plan: SweepPlan, { points, latencies, ticks, stuck, asExpected }: SweepSummary): string[] => {
  const { one, from, to, periods } = plan;
  const begun = `begun ${from}..${to} s after a tick, over ${periods} periods of ${samplePeriod(one)} s`;
  const reported = points.filter(({ kind }) => kind !== 'none').length;
  return [
    ...wrap(`${cellName(one)}: ${points.length} runs, ${begun}`, { indent: '  ' }),
    `as expected: ${asExpected} of ${points.length}; with a report: ${reported}`,
    ...(latencies.length === 0
      ? []
      : [
          '',
          `first report, seconds after the onset (least … median … greatest): ${spread(latencies, 2)}`,
          `first report, ticks after the last one before the onset: ${spread(ticks, 2)}`,
          ...bars(histogram(latencies).map((bin) => [binName(bin), bin.count]), latencies.length),
        ]),
    ...(stuck.length === 0
      ? []
      : ['', 'seconds that the first report prints:', ...bars(stuck.map(([value, count]) => [`${value}s`, count]), reported)]),
  ];
};

export const sweepJson = ({ one, from, to, runs, periods }: SweepPlan, summary: SweepSummary): object => ({
  scenario: one.scenario.name,
  commandLine: one.commandLine,
  cpus: one.setting.cpus,
  pmu: one.setting.pmu,
  phase: { from, to },
  runs,
  periods,
  asExpected: summary.asExpected,
  histogram: histogram(summary.latencies),
  stuck: Object.fromEntries(summary.stuck),
  points: summary.points,
});

const [WIDTH, HEIGHT, MARGIN, GAP] = [720, 320, 48, 2];
const [BLUE, GREY] = ['#3572b0', '#767676'];
const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** The histogram of the first report's time, with the printed numbers in words below it. */
export const sweepSvg = (plan: SweepPlan, { points, latencies, stuck }: SweepSummary): string => {
  const bins = histogram(latencies);
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const step = (WIDTH - 2 * MARGIN) / Math.max(1, bins.length);
  const floor = HEIGHT - 2 * MARGIN;
  const text = (x: number, y: number, anchor: string, content: string): string =>
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${GREY}">${escapeXml(content)}</text>`;
  const columns = bins.flatMap((bin, index) => {
    const [x, height] = [MARGIN + index * step, ((floor - MARGIN) * bin.count) / most];
    const label = index % Math.ceil(bins.length / 10) === 0 ? [text(x, floor + 18, 'middle', secondsText(bin.from))] : [];
    const title = `<title>${binName(bin)}: ${bin.count}</title>`;
    const box = Object.entries({ x: x + GAP / 2, y: floor - height, width: step - GAP, height });
    const attributes = box.map(([name, value]) => `${name}="${value.toFixed(1)}"`).join(' ');
    return [`<rect ${attributes} fill="${BLUE}">${title}</rect>`, ...label];
  });
  const printed = stuck.map(([value, count]) => `${value}s ${percent(count, points.length)}`).join(', ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    text(MARGIN, 24, 'start', `${cellName(plan.one)}: first report of ${points.length} runs`),
    ...columns,
    `<path d="M${MARGIN} ${floor}H${WIDTH - MARGIN}" stroke="${GREY}"/>`,
    text(WIDTH / 2, floor + 40, 'middle', 'seconds after the onset'),
    ...(printed === '' ? [] : [text(MARGIN, HEIGHT - 12, 'start', `printed: ${printed}`)]),
    '</svg>',
    '',
  ].join('\n');
};
