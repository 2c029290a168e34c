// `npm run differential -- --count N --seed S --only KIND --jobs J`: random programs beside an installed NASM. Tells what differs by kind, with
// an example of each as small as it gets; exit code 1 when there is something. `-- --count 100 --seed S --corpus` instead writes those in which
// both agree to golden/random.txt, with NASM's bytes, for hosts without NASM.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Random } from '../../../src/base/random.ts';
import { type Agreed, CORPUS, writeCorpus } from './corpus.ts';
import { type ByNasm, byNasm, type Comparison, compare } from './beside-nasm.ts';
import { KIND_NAMES, KINDS, type Kind } from './programs.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string' },
    only: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    examples: { type: 'string', default: '1' },
    why: { type: 'boolean', default: false },
    corpus: { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed);
const total = Number(values.count);
const kinds = KIND_NAMES.filter((name) => (values.only ?? name) === name);
const BATCH = 250;

interface Case {
  readonly kind: Kind;
  readonly seed: number;
  readonly source: string;
}

const seeds = new Random(seed);
const draw = (index: number): Case => {
  const kind = kinds[index % kinds.length];
  const own = seeds.next();
  return { kind, seed: own, source: KINDS[kind](own) };
};

const tally = new Map<string, number>();
const add = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);
const examples = new Map<string, (Case & Comparison)[]>();
let different = 0;
const agreed: Agreed[] = [];

const judge = (cases: readonly Case[], nasm: readonly ByNasm[]): void => {
  for (const [index, one] of cases.entries()) {
    let result: Comparison;
    try {
      result = compare(one.source, nasm[index], index);
    } catch (error) {
      result = { verdict: 'different', about: 'exception', details: String((error as Error).stack) };
    }
    add(`${one.kind}: ${result.verdict}`);
    const bytes = nasm[index];
    if (result.verdict === 'same' && typeof bytes !== 'string' && bytes.length < 1000 && !one.source.includes('FILE')) agreed.push({ source: one.source, bytes });
    if (result.verdict === 'refused') add(`refused: ${result.about}`);
    if (result.verdict === 'known') add(`known: ${result.about}`);
    if (result.verdict !== 'different') continue;
    different++;
    add(`DIFFERENT: ${result.about}`);
    const known = examples.get(result.about) ?? [];
    if (known.length < Number(values.examples)) examples.set(result.about, [...known, { ...one, ...result }]);
  }
};

/** The source with as many lines left out, one or two at a time, as the same difference bears. */
const shrink = async ({ source, about }: Case & Comparison): Promise<string> => {
  const end = /\r\n|\n|\r/.exec(source)?.[0] ?? '\n';
  let lines = source.split(end);
  const findSmaller = async (smaller: readonly string[][]): Promise<string[] | undefined> => {
    const sources = smaller.map((some) => some.join(end));
    const nasm = await byNasm(sources);
    return smaller[sources.findIndex((text, index) => compare(text, nasm[index], index).about === about)];
  };
  for (;;) {
    const ones = lines.map((_, index) => lines.toSpliced(index, 1));
    const halves = [2, 4, 8].flatMap((part) => Array.from({ length: part }, (_, index) => lines.toSpliced(Math.floor((index * lines.length) / part), Math.ceil(lines.length / part))));
    const pairs = lines.length > 40 ? [] : ones.flatMap((some, index) => some.map((_, second) => some.toSpliced(second, 1)).slice(index));
    const smaller = (await findSmaller([...halves, ...ones])) ?? (await findSmaller(pairs));
    if (!smaller) return lines.join(end);
    lines = smaller;
  }
};

console.log(`seed ${seed}, ${total} programs: ${kinds.join(', ')}`);
let drawn = 0;
const work = async (): Promise<void> => {
  while (drawn < total) {
    const cases = Array.from({ length: Math.min(BATCH, total - drawn) }, (_, index) => draw(drawn + index));
    drawn += cases.length;
    judge(cases, await byNasm(cases.map(({ source }) => source)));
  }
};
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
for (const [about, list] of examples) {
  for (const one of list) {
    const source = about === 'exception' ? one.source : await shrink(one);
    const { details } = about === 'exception' ? one : compare(source, (await byNasm([source]))[0]);
    console.log(`\n=== ${about} (${one.kind}, its seed ${one.seed})\n${details}\n---\n${Buffer.from(source, 'latin1').toString()}`);
  }
}
if (!values.why) for (const what of tally.keys()) if (what.startsWith('refused: ')) tally.delete(what);
console.log([...tally].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) => `${String(times).padStart(7)}  ${what}`).join('\n'));
if (values.corpus) writeFileSync(CORPUS, writeCorpus(agreed));
console.log(`seed ${seed}: ${total} programs, ${different} differences`);
process.exitCode = different === 0 ? 0 : 1;
