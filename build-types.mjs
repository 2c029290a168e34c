// src/index.ts and what it needs → dist/types, declarations for whoever compiles against the library. Only a package needs them: runs before
// `npm pack`, with what build.mjs has installed.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const types = join(root, 'dist/types');

rmSync(types, { recursive: true, force: true });
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: root, stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(status ?? 1);

// The compiler leaves './name.ts' as it stands; beside a declaration that is './name.js' in every resolution.
for (const file of readdirSync(types, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'))) {
  const text = readFileSync(join(types, file), 'utf8');
  writeFileSync(join(types, file), text.replace(/(?<=(?:from |import\()(['"])\.{1,2}\/[^'"]*)\.ts(?=\1)/g, '.js'));
}
