// A machine whose kernel has panicked → a core file for gdb. A CPU's registers are those of the context that its innermost interrupt
// or NMI broke into, as crash_save_cpu() keeps them: the stuck code, not the panic that it led to. They are found as the kernel's own
// unwinder finds them: along the frame pointers to one with its low bit set (arch/x86/include/asm/frame.h, ENCODE_FRAME_POINTER).

import type { Cpu } from '../cpu/cpu.ts';
import { type CoreRegisters, GREGSET, writeCore } from '../formats/elf-core.ts';
import { CS, DS, ES, FS, GS, RBP, SS } from '../isa/operand.ts';
import { type Mapping, mappingsOf } from '../machine/mappings.ts';
import type { Machine } from '../machine/machine.ts';

/** r15 … ss, as in `GREGSET`. */
const PT_REGS_BYTES = 21 * 8;
/** A chain of frames that is longer has no end. */
const MOST_FRAMES = 1000;

const PAGE_BYTES = 4096;

/** RAM up to the last page that is not zero. */
const usedRam = (ram: Uint8Array): Uint8Array => {
  const words = new Int32Array(ram.buffer, ram.byteOffset, ram.length / 4);
  let end = words.length;
  while (end > 0 && words[end - 1] === 0) end--;
  return ram.subarray(0, Math.ceil((end * 4) / PAGE_BYTES) * PAGE_BYTES);
};

const registersOf = (cpu: Cpu): CoreRegisters => {
  const [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15] = cpu.gpr;
  return {
    r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi, rsp, rip: cpu.rip, eflags: BigInt(cpu.rflags),
    orig_rax: BigInt.asUintN(64, -1n), ...segmentsOf(cpu), cs: BigInt(cpu.segSelector[CS]), ss: BigInt(cpu.segSelector[SS]),
  };
};

const segmentsOf = ({ segSelector, segBase }: Cpu) => ({
  fs_base: segBase[FS],
  gs_base: segBase[GS],
  ds: BigInt(segSelector[DS]),
  es: BigInt(segSelector[ES]),
  fs: BigInt(segSelector[FS]),
  gs: BigInt(segSelector[GS]),
});

/** What the CPU did before it was interrupted; where it was not, what it does. */
const contextOf = (cpu: Cpu, ram: Uint8Array, mappings: readonly Mapping[]): CoreRegisters => {
  const view = new DataView(ram.buffer, ram.byteOffset, ram.byteLength);
  const place = (address: bigint, size: number): number | undefined => {
    const end = address + BigInt(size);
    const mapping = mappings.find((one) => address >= one.virtual && end <= one.virtual + BigInt(one.size));
    return mapping && mapping.physical + Number(address - mapping.virtual);
  };
  let frame = cpu.gpr[RBP];
  for (let count = 0; count < MOST_FRAMES; count++) {
    const isRegisters = (frame & 1n) === 1n;
    const at = place(isRegisters ? frame - 1n : frame, isRegisters ? PT_REGS_BYTES : 8);
    if (at === undefined) break;
    if (isRegisters) return { ...readRegisters(view, at), ...segmentsOf(cpu) };
    frame = view.getBigUint64(at, true);
  }
  return registersOf(cpu);
};

/** A struct pt_regs in memory; the fields of the gregset behind it are not there. */
const readRegisters = (view: DataView, at: number): CoreRegisters => {
  const copy = new Uint8Array(GREGSET.size);
  copy.set(new Uint8Array(view.buffer, view.byteOffset + at, PT_REGS_BYTES));
  return GREGSET.take(new DataView(copy.buffer), 0);
};

/** Mappings of all CPUs; where they differ, the first CPU's. */
const allMappings = (cpus: readonly Cpu[], ram: Uint8Array): Mapping[] => {
  const seen = new Map<bigint, Mapping>();
  for (const mapping of cpus.flatMap(({ cr3 }) => mappingsOf(ram, cr3)))
    if (!seen.has(mapping.virtual)) seen.set(mapping.virtual, mapping);
  return [...seen.values()].sort((a, b) => (a.virtual < b.virtual ? -1 : 1));
};

/** What tools such as crash read first (kernel/vmcore_info.c). */
const vmcoreinfo = ({ journal, symbols, now, config }: Machine): string => {
  const banner = journal.entries.find((entry) => entry.kind === 'console' && entry.text.includes('Linux version '));
  const release = banner?.kind === 'console' ? banner.text.split('Linux version ')[1].split(' ')[0] : '';
  const addresses = ['_stext', 'swapper_pg_dir'].flatMap((name) => {
    const address = symbols.addressOf(name);
    return address === undefined ? [] : `SYMBOL(${name})=${address.toString(16)}`;
  });
  return [
    `OSRELEASE=${release}`,
    `PAGESIZE=${PAGE_BYTES}`,
    ...addresses,
    'NUMBER(phys_base)=0',
    'KERNELOFFSET=0',
    `CRASHTIME=${Math.floor(now / config.hz)}`,
    '',
  ].join('\n');
};

/** The core of `machine` as it is between two runs. */
export const dumpCore = (machine: Machine): Uint8Array => {
  const { cpus, ram } = machine;
  const mappings = allMappings(cpus, ram);
  return writeCore({
    cpus: cpus.map((cpu) => contextOf(cpu, ram, mappings)),
    segments: mappings.length > 0 ? mappings : [{ virtual: 0n, physical: 0, size: ram.length }],
    memory: usedRam(ram),
    vmcoreinfo: vmcoreinfo(machine),
  });
};
