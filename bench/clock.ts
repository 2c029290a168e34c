// What a measurement cost. On a machine that others use too, the time on the wall says more about them than about us, so it is the time
// that the thread was on a processor where the system tells it (Linux), else the time on the wall.

import { readdirSync, readFileSync } from 'node:fs';

const read = (path: string): number | undefined => {
  try {
    return Number(readFileSync(path, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return undefined;
  }
};

export const CLOCK = read('/proc/thread-self/schedstat') === undefined ? 'time on the wall' : "the thread's time on a processor";

/** Milliseconds of this thread. */
export const threadMs = (): number => read('/proc/thread-self/schedstat') ?? performance.now();

/** Milliseconds of all threads of another process so far. */
export const processMs = (pid: number): number | undefined => {
  try {
    const times = readdirSync(`/proc/${pid}/task`).map((task) => read(`/proc/${pid}/task/${task}/schedstat`) ?? Number.NaN);
    const sum = times.reduce((total, ms) => total + ms, 0);
    return Number.isNaN(sum) ? undefined : sum;
  } catch {
    return undefined;
  }
};

/** The same work every time: what varies is the machine. Milliseconds of this thread, and of the wall. */
export const runReference = (): { readonly ms: number; readonly wallMs: number } => {
  const [start, wall] = [threadMs(), performance.now()];
  let value = 1;
  for (let count = 0; count < 20_000_000; count++) value = (Math.imul(value, 1103515245) + 12345) ^ (value >>> 13);
  if (value === 0) throw new Error('The reference loop never comes to zero.');
  return { ms: threadMs() - start, wallMs: performance.now() - wall };
};
