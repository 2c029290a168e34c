// A program after its first pass → sections with addresses and bytes. Passes are repeated until no length and no symbol changes, as NASM does with its
// default optimisation: jumps start short and grow. A jump may shrink again for a number of passes, as in NASM, so that the
// result is NASM's; after that sizes only grow, so that the loop must end unless the source contradicts itself.

import { addressIn, type Value } from '../language/value.ts';
import { FREE_PASSES, MAX_IMAGE_BYTES, MAX_PASSES } from '../limits.ts';
import { Pass } from './pass.ts';
import type { Output, Program } from './program.ts';
import { type Placed, placeSections, type Section } from './sections.ts';
import { startTerm } from './symbols.ts';
import type { NamedValue } from '../language/value.ts';
import { type Steps, stepsOf } from './steps.ts';
import type { Diagnostics } from '../reporter.ts';
import type { Origin } from '../language/tokens.ts';

export interface Layout {
  readonly placed: Placed;
  readonly bytesOf: (section: Section) => Uint8Array;
  /** `$` in front of a statement. */
  readonly hereBefore: (index: number) => Value;
  /** One for each statement. */
  readonly outputs: readonly Output[];
  readonly symbols: ReadonlyMap<string, NamedValue>;
  /** The number that each term of a value stands for. */
  readonly bases: ReadonlyMap<string, bigint>;
  readonly isGlobal: (name: string) => boolean;
}

/** Undefined after a report. `origin` is where to point when the whole program is meant. */
export const layOut = (program: Program, first: Pass, origin: Origin, reporter: Diagnostics): Layout | undefined => {
  const giveUp = (): undefined => {
    if (reporter.hasErrors) return; // What is wrong may well be why.
    const symbol = program.symbols.lastChanged;
    const isPlaced = symbol !== undefined && symbol.origin.place.line > 0;
    reporter.error(isPlaced ? symbol.origin : origin, `no layout found in ${MAX_PASSES} passes: the value of '${symbol?.name}' depends on itself`);
  };
  let pass = first;
  let growOnly = false;
  let steps: Steps | undefined;
  for (let number = 2; pass.changed; number++) {
    if (number > MAX_PASSES) return giveUp();
    growOnly = number > FREE_PASSES;
    steps = growOnly ? undefined : nextSteps(program, number, steps);
    pass = new Pass(program, { growOnly, steps });
    pass.run();
  }
  const placed = placeSections([...program.sections.values()], pass.origin);
  if ('error' in placed) {
    reporter.error(origin, placed.error);
    return undefined;
  }
  const end = placed.order.reduce((last, section) => {
    const start = placed.placements.get(section)?.start ?? 0n;
    return section.type === 'nobits' || section.length === 0 || start < last ? last : start + BigInt(section.length);
  }, placed.origin);
  if (end - placed.origin > BigInt(MAX_IMAGE_BYTES)) {
    reporter.error(origin, `the sections span ${end - placed.origin} bytes: more than an image may have (${MAX_IMAGE_BYTES})`);
    return undefined;
  }
  const bases = new Map<string, bigint>();
  for (const [{ name }, { start, vstart }] of placed.placements) {
    bases.set(name, BigInt.asIntN(64, vstart));
    bases.set(startTerm(name), BigInt.asIntN(64, start));
  }
  const last = new Pass(program, { growOnly, last: { reporter, bases } });
  last.run();
  if (last.changed) return giveUp();
  let outputs: readonly Output[] | undefined;
  const allOutputs = () => (outputs ??= last.outputs());
  return {
    placed,
    bytesOf: (section) => last.bytesOf(section),
    hereBefore: (index) => {
      const output = allOutputs()[index];
      return output?.here ?? (output?.section ? addressIn(output.section.name, BigInt(output.offset)) : program.location.here);
    },
    get outputs() {
      return allOutputs();
    },
    symbols: program.symbols.all,
    bases,
    isGlobal: (name) => program.symbols.isGlobal(name),
  };
};

/** What pass `number` has to do, unless it has to look at everything. */
const nextSteps = (program: Program, number: number, before: Steps | undefined): Steps | undefined => {
  const { restless, hasConflicts } = program.symbols;
  if (number === 2 || program.exceedsLimits || hasConflicts) return undefined;
  if (before && number > 3) return restless.size === 0 ? before : undefined;
  return restless.size <= MOST_RESTLESS ? stepsOf(program) : undefined;
};

/** Names that may still become addresses or numbers, so that all that speaks of them is looked at. */
const MOST_RESTLESS = 16;
