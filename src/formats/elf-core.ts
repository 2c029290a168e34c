// Memory and registers → an ELF64 core file (gABI; its notes as Linux writes them, include/uapi/linux/elfcore.h), for gdb and crash.
// Several segments may show the same memory at several addresses: they share its bytes in the file.

import { ByteWriter } from '../base/bytes.ts';
import { struct, u16, u32, u64 } from '../base/struct.ts';
import { CLASS64, ELF64, EM_X86_64, ET_CORE, IDENT, LITTLE_ENDIAN, MAGIC, PF_R, PF_W, PF_X, PT_LOAD } from './elf.ts';

export const PT_NOTE = 4;
export const NT_PRSTATUS = 1;
const PAGE = 0x1000;

/** `elf_gregset_t`: struct pt_regs, then what is not in it. */
const REGISTERS = [
  'r15', 'r14', 'r13', 'r12', 'rbp', 'rbx', 'r11', 'r10', 'r9', 'r8', 'rax', 'rcx', 'rdx', 'rsi', 'rdi', 'orig_rax', 'rip', 'cs', 'eflags',
  'rsp', 'ss', 'fs_base', 'gs_base', 'ds', 'es', 'fs', 'gs',
] as const;
type Register = (typeof REGISTERS)[number];
export type CoreRegisters = Readonly<Record<Register, bigint>>;
export const GREGSET = struct(Object.fromEntries(REGISTERS.map((name) => [name, u64])) as Record<Register, typeof u64>);

/** `struct elf_prstatus` up to the registers: signals, ids, four times. */
const PRSTATUS_HEAD = struct({
  si_signo: u32, si_code: u32, si_errno: u32, cursig: u16, pad: u16, sigpend: u64, sighold: u64, pid: u32, ppid: u32, pgrp: u32, sid: u32,
  utime: u64, utimeFraction: u64, stime: u64, stimeFraction: u64, cutime: u64, cutimeFraction: u64, cstime: u64, cstimeFraction: u64,
});
const NOTE = struct({ namesz: u32, descsz: u32, type: u32 });

/** Memory at an address. `physical` and `size` choose the part of the core's memory that lies there. */
export interface CoreSegment {
  readonly virtual: bigint;
  readonly physical: number;
  readonly size: number;
}

export interface Core {
  /** In the order of the CPUs; gdb calls them threads 1 to n. */
  readonly cpus: readonly CoreRegisters[];
  readonly segments: readonly CoreSegment[];
  /** Physical memory from address 0; what lies behind its end is zero and not in the file. */
  readonly memory: Uint8Array;
  /** Lines `NAME=value` for tools that know the kernel. */
  readonly vmcoreinfo: string;
}

const note = (out: ByteWriter, name: string, type: number, content: Uint8Array): void => {
  out.put(NOTE, { namesz: name.length + 1, descsz: content.length, type }).string(name).align(4).bytes(content).align(4);
};

const prstatus = (id: number, registers: CoreRegisters): Uint8Array =>
  new ByteWriter()
    .put(PRSTATUS_HEAD, {
      si_signo: 0, si_code: 0, si_errno: 0, cursig: 0, pad: 0, sigpend: 0n, sighold: 0n, ppid: 0, pgrp: 0, sid: 0,
      pid: id + 1, // gdb takes pid 0 for no thread at all
      utime: 0n, utimeFraction: 0n, stime: 0n, stimeFraction: 0n, cutime: 0n, cutimeFraction: 0n, cstime: 0n, cstimeFraction: 0n,
    })
    .put(GREGSET, registers)
    .u32(0) // no floating-point registers
    .u32(0)
    .finish();

export const writeCore = ({ cpus, segments, memory, vmcoreinfo }: Core): Uint8Array => {
  const notes = new ByteWriter();
  for (const [id, registers] of cpus.entries()) note(notes, 'CORE', NT_PRSTATUS, prstatus(id, registers));
  note(notes, 'VMCOREINFO', 0, new TextEncoder().encode(vmcoreinfo));
  const count = segments.length + 1;
  const notesAt = IDENT.size + ELF64.header.size + count * ELF64.segment.size;
  const memoryAt = Math.ceil((notesAt + notes.length) / PAGE) * PAGE;
  const out = new ByteWriter(memoryAt + memory.length)
    .put(IDENT, { magic: MAGIC, class: CLASS64, data: LITTLE_ENDIAN, version: 1, abi: 0, abiVersion: 0, pad0: 0, pad1: 0, pad2: 0 })
    .put(ELF64.header, {
      e_type: ET_CORE, e_machine: EM_X86_64, e_version: 1, e_entry: 0n, e_phoff: BigInt(IDENT.size + ELF64.header.size), e_shoff: 0n,
      e_flags: 0, e_ehsize: IDENT.size + ELF64.header.size, e_phentsize: ELF64.segment.size, e_phnum: count, e_shentsize: 0, e_shnum: 0,
      e_shstrndx: 0,
    })
    .put(ELF64.segment, {
      p_type: PT_NOTE, p_flags: PF_R, p_offset: BigInt(notesAt), p_vaddr: 0n, p_paddr: 0n, p_filesz: BigInt(notes.length),
      p_memsz: BigInt(notes.length), p_align: 4n,
    });
  for (const { virtual, physical, size } of segments) {
    const inFile = Math.max(0, Math.min(size, memory.length - physical));
    out.put(ELF64.segment, {
      p_type: PT_LOAD, p_flags: PF_R | PF_W | PF_X, p_offset: BigInt(memoryAt + Math.min(physical, memory.length)), p_vaddr: virtual,
      p_paddr: BigInt(physical), p_filesz: BigInt(inFile), p_memsz: BigInt(size), p_align: BigInt(PAGE),
    });
  }
  return out.bytes(notes.finish()).align(PAGE).bytes(memory).finish();
};
