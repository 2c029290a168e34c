// A place to begin → the first CPU's registers as a boot loader hands them over: Multiboot 1 (0.6.96, section 3.2) in 32-bit mode,
// and the same with paging, a stack and 64-bit code for a plain ELF64, which no standard describes.

import { CS, DS, ES, FS, GS, RAX, RBX, RSP, SS } from '../isa/operand.ts';
import type { CpuState } from '../cpu/state.ts';
import { MULTIBOOT_LOADER_MAGIC } from '../formats/multiboot.ts';
import { type BootPlace, CODE32, CODE64, DATA, GDT_LIMIT } from './load.ts';

const [CR0_PE, CR0_ET, CR0_PG] = [1 << 0, 1 << 4, 2 ** 31];
const CR4_PAE = 1 << 5;
const [EFER_LME, EFER_LMA] = [1 << 8, 1 << 10];

/** Attributes as in descriptors (SDM vol. 3, 3.4.5), without the limit's bits: present, accessed, 4 KiB granularity. */
const [CODE32_ATTRIBUTES, CODE64_ATTRIBUTES, DATA_ATTRIBUTES] = [0xc09b, 0xa09b, 0xc093];

/** Sets the registers; the CPU is in its reset state and must look at them anew afterwards. */
export const setStartState = (cpu: CpuState, { mode, entry, info, gdt, pml4, stackTop }: BootPlace): void => {
  for (const segment of [ES, CS, SS, DS, FS, GS]) {
    const code = segment === CS;
    cpu.segSelector[segment] = !code ? DATA : mode === 64 ? CODE64 : CODE32;
    cpu.segAttributes[segment] = !code ? DATA_ATTRIBUTES : mode === 64 ? CODE64_ATTRIBUTES : CODE32_ATTRIBUTES;
    cpu.segBase[segment] = 0n;
    cpu.segLimit[segment] = 0xffff_ffff;
  }
  cpu.gdtrBase = BigInt(gdt);
  cpu.gdtrLimit = GDT_LIMIT;
  cpu.gpr.fill(0n);
  cpu.gpr[RAX] = BigInt(MULTIBOOT_LOADER_MAGIC);
  cpu.gpr[RBX] = BigInt(info);
  cpu.gpr[RSP] = BigInt(stackTop);
  cpu.rip = entry;
  cpu.cr0 = CR0_PE | CR0_ET;
  if (mode === 32) return;
  cpu.cr0 += CR0_PG;
  cpu.cr4 = CR4_PAE;
  cpu.cr3 = BigInt(pml4);
  cpu.efer = EFER_LME | EFER_LMA;
};
