// Control registers and EFER: what may be written to them, and what a write changes (SDM vol. 3, 2.5, 4.1, 9.8.5).

import { truncate } from '../../base/bits.ts';
import { CS } from '../../isa/operand.ts';
import type { Cpu } from '../cpu.ts';
import { Fault, GP } from '../events/fault.ts';
import {
  CR0_AM, CR0_CD, CR0_EM, CR0_ET, CR0_MP, CR0_NE, CR0_NW, CR0_PE, CR0_PG, CR0_TS, CR0_WP, CR4_DE, CR4_FSGSBASE, CR4_PAE,
  CR4_PCE, CR4_PGE, CR4_PSE, CR4_SMAP, CR4_SMEP, CR4_TSD, DESCRIPTOR_L, EFER_LMA, EFER_LME, EFER_NXE, EFER_SCE,
  MISC_XD_DISABLE,
} from './registers.ts';

/** Other bits of CR0 are ignored (SDM vol. 2, MOV to control registers). */
const CR0_WRITABLE = CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG;
/** Other bits of CR4 are reserved: their features do not exist. */
const CR4_WRITABLE =
  CR4_TSD | CR4_DE | CR4_PSE | CR4_PAE | CR4_PGE | CR4_PCE | CR4_FSGSBASE | CR4_SMEP | CR4_SMAP;
/** Bits whose change makes the TLB and the PDPTE registers wrong. */
const CR0_PAGING = CR0_PG | CR0_WP | CR0_CD | CR0_NW;
const CR4_PAGING = CR4_PSE | CR4_PAE | CR4_PGE | CR4_SMEP | CR4_SMAP;
const EFER_WRITABLE = EFER_SCE | EFER_LME | EFER_NXE;
/** Bits of a PDPTE register that are reserved: 1, 2, 5 to 8, and those above MAXPHYADDR. */
const PDPTE_RESERVED = ~0xff_ffff_f000n & ~0xe19n & 0xffff_ffff_ffff_ffffn;

const refuse = (): never => {
  throw new Fault(GP, 0);
};

export function writeCr0(cpu: Cpu, value: bigint): void {
  if (value >> 32n) refuse();
  const cr0 = ((Number(value) & CR0_WRITABLE) | CR0_ET) >>> 0;
  const turnsOn = (cr0 & CR0_PG) !== 0 && (cpu.cr0 & CR0_PG) === 0;
  const turnsOff = (cr0 & CR0_PG) === 0 && (cpu.cr0 & CR0_PG) !== 0;
  if ((cr0 & CR0_PG) !== 0 && (cr0 & CR0_PE) === 0) refuse();
  if ((cr0 & CR0_NW) !== 0 && (cr0 & CR0_CD) === 0) refuse();
  if (turnsOff && cpu.mode === 64) refuse();
  const entersLong = turnsOn && (cpu.efer & EFER_LME) !== 0;
  if (entersLong && ((cpu.cr4 & CR4_PAE) === 0 || (cpu.segAttributes[CS] & DESCRIPTOR_L) !== 0)) refuse();
  const changed = cpu.cr0 ^ cr0;
  const efer = entersLong ? cpu.efer | EFER_LMA : turnsOff ? cpu.efer & ~EFER_LMA : cpu.efer;
  if (usesPdptes(cr0, cpu.cr4, efer) && (changed & CR0_PAGING) !== 0) loadPdptes(cpu, cpu.cr3);
  cpu.cr0 = cr0;
  cpu.efer = efer;
  if ((changed & CR0_PAGING) !== 0) cpu.mmu.flush();
  cpu.updateMode();
  cpu.updateAlignmentCheck();
}

export function writeCr3(cpu: Cpu, value: bigint): void {
  if (cpu.longMode && value >> 40n) refuse();
  const cr3 = cpu.longMode ? value : truncate(value, 32);
  if (usesPdptes(cpu.cr0, cpu.cr4, cpu.efer)) loadPdptes(cpu, cr3);
  cpu.cr3 = cr3;
  cpu.mmu.flush();
}

export function writeCr4(cpu: Cpu, value: bigint): void {
  const cr4 = Number(value & 0xffff_ffffn);
  if (value >> 32n || (cr4 & ~CR4_WRITABLE) !== 0) refuse();
  if (cpu.longMode && (cr4 & CR4_PAE) === 0) refuse();
  const changed = cpu.cr4 ^ cr4;
  if (usesPdptes(cpu.cr0, cr4, cpu.efer) && (changed & CR4_PAGING) !== 0) loadPdptes(cpu, cpu.cr3);
  cpu.cr4 = cr4;
  if ((changed & CR4_PAGING) !== 0) cpu.mmu.flush();
}

/** IA32_EFER; LMA follows paging and ignores what is written. */
export function writeEfer(cpu: Cpu, value: bigint): void {
  const efer = Number(value & 0xffff_ffffn);
  if (value >> 32n || (efer & ~(EFER_WRITABLE | EFER_LMA)) !== 0) refuse();
  if ((efer & EFER_NXE) !== 0 && (cpu.miscEnable & MISC_XD_DISABLE) !== 0n) refuse();
  if ((cpu.cr0 & CR0_PG) !== 0 && ((cpu.efer ^ efer) & EFER_LME) !== 0) refuse();
  const changed = cpu.efer ^ efer;
  cpu.efer = (efer & EFER_WRITABLE) | (cpu.efer & EFER_LMA);
  if ((changed & EFER_NXE) !== 0) cpu.mmu.flush();
}

const usesPdptes = (cr0: number, cr4: number, efer: number): boolean =>
  (cr0 & CR0_PG) !== 0 && (cr4 & CR4_PAE) !== 0 && (efer & EFER_LMA) === 0;

/** PAE paging reads its four top entries once (SDM vol. 3, 4.4.1). */
function loadPdptes(cpu: Cpu, cr3: bigint): void {
  const base = Number(cr3 & 0xffff_ffe0n);
  const entries = [0, 1, 2, 3].map((index) => cpu.mmu.readPhysical(base + 8 * index, 64));
  if (entries.some((entry) => (entry & 1n) !== 0n && (entry & PDPTE_RESERVED) !== 0n)) refuse();
  cpu.pdpte.set(entries);
}
