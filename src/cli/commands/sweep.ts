// `clispin sweep SCENARIO`: the same lockup begun at many moments, and how long its first report takes.

import {
  applyConditions, caseIn, defaultPeriods, describeRefusal, impossible, kernelNames, parseDuration, samplePeriod, summarize, sweepJson, sweepRequests, sweepSvg, sweepText,
} from '../../index.ts';
import { EXIT } from '../exit-code.ts';
import { checkOutputs, writeWhole } from '../outputs.ts';
import type { Command } from '../options.ts';
import { runAll } from '../pool.ts';
import { findScenario, unknownTarget } from '../scenario-files.ts';
import { CONDITION_OPTIONS, conditionsFrom } from '../condition-options.ts';
import { kernelImage } from '../target.ts';
import { complain, sayJson, sayLine, showProgress } from '../terminal.ts';

const DEFAULT_RUNS = 200;

export const sweep: Command = {
  name: 'sweep',
  operands: 'SCENARIO [options]',
  summary: 'Begins a lockup at many moments and shows the distribution of its first report: when it comes, and what it prints.',
  options: [
    { name: 'phase', value: 'A..B', help: 'begin so long after a tick of the watchdog, as 0..4s or 0s..500ms (default: one period)' },
    { name: 'runs', short: 'n', value: 'N', help: `number of runs (default ${DEFAULT_RUNS})` },
    { name: 'periods', value: 'N', help: 'spread them over so many ticks (default 29, fewer where a period is long)' },
    ...CONDITION_OPTIONS,
    { name: 'jobs', short: 'j', value: 'N', help: 'threads (default: one for each core)' },
    { name: 'json', help: 'print the distribution as JSON' },
    { name: 'svg', value: 'FILE', help: 'write it as a picture; - is stdout' },
  ],
  run: async (args) => {
    const [name, ...rest] = args.operands;
    if (name === undefined) throw args.misuse("which scenario? 'clispin scenarios' lists what there is");
    if (rest.length > 0) throw args.misuse(`one scenario at a time; '${rest[0]}' is too much`);
    const scenario = findScenario(name);
    if (!scenario) throw unknownTarget(name, 'sweep');
    const svg = args.text('svg');
    if (svg !== undefined) checkOutputs({ command: 'sweep', outputs: [['svg', svg]] });
    const conditions = conditionsFrom(args);
    const setting = applyConditions(scenario.setting, conditions);
    const why = impossible(setting);
    if (why) throw args.misuse(why);
    const one = caseIn(scenario, setting, conditions);
    const [from, to] = args.value('phase', 'a range such as 0..4s', parseRange) ?? [0, samplePeriod(one)];
    const plan = {
      one,
      from,
      to,
      runs: args.count('runs', 1, 100_000) ?? DEFAULT_RUNS,
      periods: args.count('periods', 1, 1000) ?? defaultPeriods(one),
    };
    const requests = sweepRequests(plan);
    const onProgress = (done: number): void => showProgress(`${done} of ${plan.runs} runs`);
    const results = await runAll(kernelImage(), requests, { jobs: args.count('jobs', 1, 256), onProgress });
    showProgress('');
    const summary = summarize(plan, requests, results);
    if (svg !== undefined) writeWhole(svg, sweepSvg(plan, summary));
    const refusals = (results.at(0)?.refusals ?? []).map((refusal) => describeRefusal(refusal, kernelNames(kernelImage())));
    if (args.flag('json')) sayJson('sweep', { ...sweepJson(plan, summary), refusals });
    else if (svg !== '-') sayLine(sweepText(plan, summary).join('\n'));
    if (!args.flag('json')) for (const refusal of refusals) complain(`clispin sweep: ${refusal}`);
    return summary.asExpected === plan.runs && (refusals.length === 0 || args.flag('lenient')) ? EXIT.OK : EXIT.NOT_AS_EXPECTED;
  },
};

/** `0..4s`, `0s..500ms`: a bare number has the unit of the end. */
const parseRange = (text: string): readonly [number, number] | undefined => {
  const [first, last, ...more] = text.split('..');
  const unit = /[^\d.]+$/.exec(last ?? '')?.[0] ?? '';
  const [from, to] = [parseDuration(/^[\d.]+$/.test(first) ? `${first}${unit}` : first), parseDuration(last ?? '')];
  return more.length === 0 && from !== undefined && to !== undefined && from < to ? [from, to] : undefined;
};
