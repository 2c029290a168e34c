// Many runs of one image → their results in the order of the requests, over the machine's cores. No run knows of another, so it does
// not matter which thread has which, nor how many there are.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { RunRequest, RunResult } from '../index.ts';
import { CliError, EXIT } from './exit-code.ts';

export interface PoolOptions {
  /** Threads; default: as many as there are cores. */
  readonly jobs?: number | undefined;
  /** Called after each run with how many are done. */
  readonly onProgress?: (done: number) => void;
}

export const runAll = async (
  image: Uint8Array, requests: readonly RunRequest[], { jobs = availableParallelism(), onProgress = () => {} }: PoolOptions = {},
): Promise<RunResult[]> => {
  const shared = new SharedArrayBuffer(image.length);
  new Uint8Array(shared).set(image);
  const results: RunResult[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: shared });
    try {
      while (next < requests.length) {
        const index = next++;
        results[index] = await ask(worker, index, requests[index]);
        onProgress(++done);
      }
    } catch (error) {
      next = requests.length; // the others need not go on
      throw error;
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, requests.length) }, work));
  return results;
};

const ask = (worker: Worker, index: number, request: RunRequest): Promise<RunResult> =>
  new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', ({ result }: { result: RunResult | string }) => {
      worker.off('error', reject);
      if (typeof result === 'string') reject(new CliError(`${request.config.commandLine}: ${result}`, EXIT.BAD_INPUT));
      else resolve(result);
    });
    worker.postMessage({ index, request });
  });
