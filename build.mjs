// Source → dist/: installs what package-lock.json names where it is missing, then bundles the library, the command line and the page,
// and assembles the kernel.
// Runs before `npm start` and `npm test`, so that each works in a fresh clone.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The packages of a lock file by path, as `version`; none when there is no such file. */
const packagesOf = (lock) => {
  try {
    const { packages } = JSON.parse(readFileSync(new URL(lock, import.meta.url), 'utf8'));
    return Object.entries(packages).flatMap(([path, { version, optional }]) => (path && !optional ? [`${path} ${version}`] : []));
  } catch {
    return [];
  }
};

const installed = new Set(packagesOf('node_modules/.package-lock.json'));
if (!packagesOf('package-lock.json').every((name) => installed.has(name))) {
  const npm = process.env.npm_execpath;
  const [command, prefix] = npm ? [process.execPath, [npm]] : ['npm', []];
  const { status } = spawnSync(command, [...prefix, 'ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    console.error('clispin: npm ci did not succeed; the build needs the packages of package-lock.json');
    process.exit(status ?? 1);
  }
}

const { build } = await import('esbuild');
const { buildPage } = await import('./build-page.mjs');

await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli/main.ts', worker: 'src/cli/worker.ts', index: 'src/index.ts', prepare: 'src/cli/prepared-kernel.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: false,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
});

await buildPage(root);

const { prepareKernel } = await import('./dist/prepare.js');
process.chdir(root); // sources are named as seen from here
try {
  prepareKernel();
} catch (error) {
  if (error instanceof Error) throw error; // else a mistake in a source, which has been shown: whoever boots it is told again
}
