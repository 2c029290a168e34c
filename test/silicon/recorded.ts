// All that was recorded, and the part of it that does not need a privilege, a mapping or an error to mean anything.

import { readFileSync } from 'node:fs';
import { CASES } from './cases.ts';
import { parseRecorded } from './outcome.ts';

export const RECORDED = parseRecorded(readFileSync('test/silicon/vectors.txt', 'utf8'));
export const PLAIN = RECORDED.slice(0, CASES.length);
