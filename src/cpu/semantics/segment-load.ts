// Instructions that load or store segment registers other than by far transfers.

import { RSP, SS } from '../../isa/operand.ts';
import type { Cpu } from '../cpu.ts';
import { loadSegment } from '../memory/segment.ts';
import { MOV_SS_SHADOW } from '../state.ts';
import type { Semantics } from './semantic.ts';

const load = (cpu: Cpu, segment: number, selector: bigint): void => loadSegment(cpu, segment, Number(selector & 0xffffn));

/** MOV SS and POP SS, not LSS, hold events back through the next instruction, but not if that is such a load again (S5). */
function loadAlone(cpu: Cpu, segment: number, selector: bigint): void {
  load(cpu, segment, selector);
  if (segment === SS && !cpu.inMovSsShadow) cpu.setShadow(MOV_SS_SHADOW);
}

export const SEGMENT_LOADS = {
  mov_seg: (cpu, { dst, src }) => {
    if (dst.kind === 'seg') loadAlone(cpu, dst.index, cpu.read(src));
    else if (src.kind === 'seg') cpu.write(dst, BigInt(cpu.segSelector[src.index]));
  },
  pop_seg: (cpu, { dst, size }) => {
    if (dst.kind !== 'seg') return;
    const width = cpu.stackSize;
    const pointer = cpu.readReg(RSP, width);
    const selector = cpu.load(SS, pointer, size);
    // A new SS changes how wide the stack pointer is only for what comes next.
    loadAlone(cpu, dst.index, selector);
    cpu.writeReg(RSP, width, pointer + BigInt(size / 8));
  },
  lfs: (cpu, { dst, src, third, size }) => {
    if (src.kind !== 'mem' || third.kind !== 'seg') return;
    const offset = cpu.offsetOf(src);
    const selectorAt = BigInt.asUintN(src.addressSize, offset + BigInt(size / 8));
    const value = cpu.load(src.segment, offset, size);
    load(cpu, third.index, cpu.load(src.segment, selectorAt, 16));
    cpu.write(dst, value);
  },
} satisfies Semantics;
