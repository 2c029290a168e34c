// A guest → what is wrong with how it runs, or undefined. Nothing may be thrown; and however a run is cut into pieces, saved, taken in
// other turns or by another engine, it is the same run.

import { Machine, type MachineConfig } from '../../src/index.ts';
import { Random } from '../../src/base/random.ts';
import { STATE_OFFSETS } from '../../src/cpu/state.ts';
import { ENGINES } from '../../src/machine/config.ts';
import { differences } from '../support/difference.ts';
import type { GuestCase } from './guest-case.ts';

const start = ({ config, image }: GuestCase, changes: Partial<MachineConfig> = {}): Machine => {
  const machine = new Machine({ ...config, ...changes });
  const error = machine.load(image);
  if (error) throw new Error(error.error);
  return machine;
};

const describeState = (machine: Machine): string =>
  `t=${machine.now}\n${machine.cpus.map(({ id }) => machine.describeCpu(id)).join('\n')}`;

/** The first difference of two machines, whose `skipped` parts need not be the same. */
const difference = (a: Machine, b: Machine, skipped: readonly string[] = []): string | undefined =>
  skipped.length === 0 && a.stateHash() === b.stateHash() ? undefined : differences(a.save(), b.save(), skipped)[0];

/** Bytes of the shared memory that belong to nobody; a guest that changes one has left its machine. */
const strayByte = (machine: Machine): string | undefined => {
  const used = Math.max(...Object.values(STATE_OFFSETS)) + 8;
  for (const { id, bytes } of machine.cpus) {
    if (bytes.subarray(used).some((byte) => byte !== 0)) return `bytes behind the state of cpu ${id} have changed`;
  }
  return undefined;
};

export const checkGuest = (guest: GuestCase, seed: number): string | undefined => {
  const { ticks, config } = guest;
  const random = new Random(seed);
  let reference: Machine | undefined;
  for (const engine of ENGINES) {
    const own = { engine };
    const whole = start(guest, own);
    const outcome = JSON.stringify(whole.run(ticks));
    const name = (what: string): string => `${engine}, ${what}`;
    const compare = (what: string, other: Machine, result: unknown): string | undefined => {
      const wrong = JSON.stringify(result) === outcome ? difference(whole, other) : `${outcome} and ${JSON.stringify(result)}`;
      return wrong && `${name(what)}: ${wrong}\n${describeState(whole)}\nand\n${describeState(other)}`;
    };
    const stray = strayByte(whole);
    if (stray) return name(stray);

    const sliced = start(guest, own);
    for (let at = 1; at < ticks; at += 1 + random.below(ticks / 3)) sliced.run(at);
    const slow = start(guest, { ...own, fastForward: false });
    const first = start(guest, own);
    first.run(1 + random.below(ticks));
    const restored = start(guest, own);
    restored.restore(structuredClone(first.save()));
    // A guest that changes page tables without a flush may see the old ones or the new ones; a snapshot forgets the old ones.
    for (const cpu of first.cpus) cpu.refresh();
    restored.run(ticks);
    first.run(ticks);
    const isStale = difference(first, restored) === undefined && difference(first, whole) !== undefined;
    const wrong =
      compare('in slices', sliced, sliced.run(ticks)) ??
      compare('without fast-forward', slow, slow.run(ticks)) ??
      (isStale ? undefined : compare('through a snapshot', restored, restored.run(ticks))) ??
      (reference && compare(`as ${ENGINES[0]}`, reference, reference.run(ticks)));
    if (wrong) return wrong;
    reference ??= whole;
    if (config.cpus > 1) continue;

    // Turns of one tick end at every boundary, so also where the other run paused.
    for (const turn of [1, 2 + random.below(2000)]) {
      const others = start(guest, { ...own, turn, seed: 0 });
      const single = start(guest, { ...own, turn: 1, seed: 0 });
      const results = [others.run(ticks).kind, single.run(others.now).kind];
      if (results[0] !== results[1]) results.splice(0, 2, ...[others, single].map((each) => each.run(others.now + 2 * ticks).kind));
      // What sleeps for ever is noticed at the end of a turn.
      const wrong = results[0] === 'stuck' && results[1] === 'stuck' ? undefined : difference(others, single, ['turns', 'random']);
      const found = results[0] === results[1] ? wrong : results.join(' and ');
      if (found) return `${name(`in turns of ${turn} and 1`)}: ${found}\n${describeState(others)}\nand\n${describeState(single)}`;
    }
  }
  return undefined;
};
