// The state after power-up and after INIT (SDM vol. 3, table 9-1). CPU 0 is the bootstrap processor and begins at the reset
// vector; the others have been through the MP protocol of power-up and wait for a start-up IPI.

import { CS, RDX } from '../isa/operand.ts';
import { SIGNATURE } from './identity/cpuid.ts';
import { DR6_FIXED, DR7_FIXED } from './events/debug.ts';
import { CR0_CD, CR0_ET, CR0_NW, DESCRIPTOR_P, REAL_MODE_DATA, TYPE_BUSY_TSS, TYPE_LDT } from './identity/registers.ts';
import { type CpuState, LDTR, RUNNING, TR, WAIT_FOR_SIPI } from './state.ts';

const RESET_CS = 0xf000;
const RESET_CS_BASE = 0xffff_0000n;
const RESET_RIP = 0xfff0n;
/** PAT as hardware has it: WB, WT, UC-, UC twice (SDM vol. 3, 11.12.4). */
const RESET_PAT = 0x0007_0406_0007_0406n;
/** Fast strings, of what can be written to IA32_MISC_ENABLE. */
const RESET_MISC_ENABLE = 1n;
const SEGMENTS = 6;

/** Registers that have no value but zero at power-up, and keep theirs through INIT. */
const KEPT = [
  'time', 'haltedTicks', 'extraTicks', 'star', 'lstar', 'cstar', 'kernelGsBase', 'sysenterEsp', 'sysenterEip', 'sysenterCs',
  'fmask', 'tscAdjust', 'tscAux', 'pat', 'miscEnable', 'mtrrDefType', 'biosSignId', 'debugCtl',
] as const;

/** What a reset needs of a CPU. */
interface Resettable extends CpuState {
  readonly id: number;
  setSegment(segment: number, selector: number, base: bigint, limit: number, attributes: number): void;
}

export function reset(cpu: Resettable, init: boolean): void {
  const kept = KEPT.map((name) => cpu[name]);
  const caching = cpu.cr0 & (CR0_CD | CR0_NW);
  cpu.bytes.fill(0);
  if (init) KEPT.forEach((name, index) => Object.assign(cpu, { [name]: kept[index] }));
  else {
    cpu.pat = RESET_PAT;
    cpu.miscEnable = RESET_MISC_ENABLE;
  }
  cpu.cr0 = CR0_ET | (init ? caching : CR0_CD | CR0_NW);
  cpu.rflags = 2;
  cpu.rip = RESET_RIP;
  cpu.gpr[RDX] = BigInt(SIGNATURE);
  cpu.dr[6] = DR6_FIXED;
  cpu.dr[7] = DR7_FIXED;
  for (let segment = 0; segment < SEGMENTS; segment++) cpu.setSegment(segment, 0, 0n, 0xffff, REAL_MODE_DATA);
  cpu.setSegment(CS, RESET_CS, RESET_CS_BASE, 0xffff, REAL_MODE_DATA);
  cpu.setSegment(LDTR, 0, 0n, 0xffff, DESCRIPTOR_P | TYPE_LDT);
  cpu.setSegment(TR, 0, 0n, 0xffff, DESCRIPTOR_P | TYPE_BUSY_TSS);
  cpu.gdtrLimit = 0xffff;
  cpu.idtrLimit = 0xffff;
  cpu.monitored = -1;
  cpu.activity = cpu.id === 0 ? RUNNING : WAIT_FOR_SIPI;
}
