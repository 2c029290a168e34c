// All meanings together. `satisfies` makes a missing one a compile-time error; a test finds those that two files define.

import type { Sem } from '../../isa/sems.ts';
import { BITS } from './bits.ts';
import { DATA } from './data.ts';
import { DECIMAL } from './decimal.ts';
import { FAR } from './far.ts';
import { FLAG } from './flag.ts';
import { FLOW } from './flow.ts';
import { INTEGER } from './integer.ts';
import { PORT } from './port.ts';
import type { Semantic } from './semantic.ts';
import { SHIFT } from './shift.ts';
import { STACK } from './stack.ts';
import { STRING } from './string.ts';
import { SYSTEM } from './system.ts';

export const SEMANTICS = {
  ...DATA,
  ...INTEGER,
  ...DECIMAL,
  ...SHIFT,
  ...BITS,
  ...STACK,
  ...STRING,
  ...PORT,
  ...FLOW,
  ...FAR,
  ...FLAG,
  ...SYSTEM,
} satisfies Record<Sem, Semantic>;
