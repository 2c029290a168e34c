// A thread of pool.ts: requests in, results out, one at a time. The image is shared memory, the same for all.

import { parentPort, workerData } from 'node:worker_threads';
import { type RunRequest, runRequest } from '../index.ts';

const image = new Uint8Array(workerData as SharedArrayBuffer);

parentPort!.on('message', ({ index, request }: { index: number; request: RunRequest }) => {
  parentPort!.postMessage({ index, result: runRequest(image, request) });
});
