// A CPU without firmware: put straight into the mode in which an image wants to be entered, with flat segments.

import { CS, DS, ES, FS, GS, type Mode, SS } from '../isa/insn.ts';
import type { Cpu } from './cpu.ts';
import {
  CR0_ET, CR0_NE, CR0_PE, CR0_PG, CR4_PAE, DESCRIPTOR_DB, DESCRIPTOR_G, DESCRIPTOR_L, DESCRIPTOR_P, DESCRIPTOR_S, EFER_LMA, EFER_LME,
  TYPE_ACCESSED, TYPE_CODE, TYPE_READABLE, TYPE_WRITABLE,
} from './registers.ts';
import { RUNNING } from './state.ts';

const COMMON = DESCRIPTOR_S | DESCRIPTOR_P | TYPE_ACCESSED;
const FLAT_CODE = COMMON | TYPE_CODE | TYPE_READABLE;
const FLAT_DATA = COMMON | TYPE_WRITABLE;

/** Selectors that the flat segments carry; there is no GDT behind them (Multiboot 0.6.96, 3.2). */
export const FLAT_CS = 8;
export const FLAT_DS = 16;

/**
 * Privilege level 0, interrupts off. 16 is real mode with CS 0; 32 is protected mode without paging; 64 needs `cr3` to point to page
 * tables. Execution goes on at `rip`.
 */
export function enter(cpu: Cpu, mode: Mode, rip: bigint, cr3 = 0n): void {
  cpu.reset();
  cpu.activity = RUNNING;
  cpu.rip = rip;
  if (mode === 16) {
    cpu.setRealSegment(CS, 0);
    return;
  }
  cpu.cr0 = (CR0_PE | CR0_ET | CR0_NE | (mode === 64 ? CR0_PG : 0)) >>> 0;
  cpu.cr3 = cr3;
  if (mode === 64) {
    cpu.cr4 = CR4_PAE;
    cpu.efer = EFER_LME | EFER_LMA;
  }
  const width = DESCRIPTOR_G | (mode === 64 ? DESCRIPTOR_L : DESCRIPTOR_DB);
  cpu.setSegment(CS, FLAT_CS, 0n, 0xffff_ffff, FLAT_CODE | width);
  for (const segment of [ES, SS, DS, FS, GS]) {
    cpu.setSegment(segment, FLAT_DS, 0n, 0xffff_ffff, FLAT_DATA | DESCRIPTOR_G | DESCRIPTOR_DB);
  }
  cpu.refresh();
}
