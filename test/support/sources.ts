// The assembly sources as the page has them.

import { readdirSync, readFileSync } from 'node:fs';
import type { Sources } from '../../src/web/sources.ts';

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `${folder}/${name}`);

export const pageSources = (): Sources =>
  Object.fromEntries(['asm', 'asm/scenarios', 'bench/programs'].flatMap(filesIn).map((path) => [path, readFileSync(path, 'utf8')]));
