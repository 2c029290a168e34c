// npm run bench, npm run bench:peers: bundles run.ts and starts it; what it measures is bundled in the same way as dist/.

import { rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = fileURLToPath(new URL(`../node_modules/.cache/bench-${process.pid}.mjs`, import.meta.url));

process.chdir(root);
process.on('exit', () => rmSync(outfile, { force: true }));
await build({ entryPoints: ['bench/run.ts'], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'warning' });
await import(pathToFileURL(outfile).href);
