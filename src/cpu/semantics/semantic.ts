// The shape of an instruction's meaning. step() calls it with RIP still at the instruction and `nextRip` behind it; whatever it
// throws as a Fault must leave no trace, so it reads everything, then writes memory, then registers, then flags.

import type { Insn } from '../../isa/insn.ts';
import { DS, NONE } from '../../isa/operand.ts';
import type { Sem } from '../../isa/sems.ts';
import type { Meaning } from '../code/icache.ts';
import type { Cpu } from '../cpu.ts';

export type Semantic = Meaning<Cpu>;

/** Where an instruction with an implied memory operand reads: DS, or the segment of its prefix. */
export const sourceSegment = ({ segment }: Insn): number => (segment === NONE ? DS : segment);

/** Some of the meanings; index.ts checks that together they are all. */
export type Semantics = Partial<Record<Sem, Semantic>>;
