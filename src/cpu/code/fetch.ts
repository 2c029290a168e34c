// RIP → a decoded instruction, the long way: limits, translation, decoding; and where the CPU looks first the next time. A fault
// belongs to the byte that could not be had: an instruction on two pages faults on the second only if it needs it.

import { decode } from '../../isa/decode.ts';
import type { Insn } from '../../isa/insn.ts';
import type { Cpu } from '../cpu.ts';
import { Fault, GP, UD } from '../events/fault.ts';
import { type Decoded, MAX_INSN_BYTES, slotAt } from './icache.ts';
import { SEMANTICS } from '../semantics/index.ts';
import type { Semantic } from '../semantics/semantic.ts';
import { STATE_OFFSETS } from '../state.ts';

const PAGE_BYTES = 0x1000;
const RIP_LOW = STATE_OFFSETS.rip / 4;
const RIP_HIGH = RIP_LOW + 1;

/** The instruction at RIP. Throws #GP(0), #PF or #UD in the order of B2. */
export function fetch(cpu: Cpu): Decoded<Cpu> {
  const { mode, words32 } = cpu;
  const low = words32[RIP_LOW];
  const high = words32[RIP_HIGH];
  const room = mode === 64 ? MAX_INSN_BYTES : cpu.codeLimit - (high * 2 ** 32 + low) + 1;
  if (room <= 0) throw new Fault(GP, 0);
  const linear = (low + cpu.codeBase) >>> 0;
  const known = cpu.mmu.knownFetch(linear, high);
  const first = known >= 0 ? known : cpu.mmu.translateFetch(linearRip(cpu));
  if (first >= cpu.ram.size) return decodeAt(cpu, first, room);

  const slots = cpu.code.slots(Math.floor(first / PAGE_BYTES), mode);
  cpu.codePage = high * 0x10_0000 + (linear >>> 12);
  cpu.codeSlots = slots;
  const decoded = slotAt(slots, first % PAGE_BYTES);
  if (decoded !== undefined && decoded.length <= room) return decoded;
  return decodeAt(cpu, first, room);
}

const linearRip = (cpu: Cpu): bigint => BigInt.asUintN(cpu.mode === 64 ? 64 : 32, cpu.rip + BigInt(cpu.codeBase));

function decodeAt(cpu: Cpu, first: number, room: number): Decoded<Cpu> {
  const within = first % PAGE_BYTES;
  const inPage = PAGE_BYTES - within;
  const straddler = inPage < MAX_INSN_BYTES ? cpu.code.straddler(first, cpu.mode) : undefined;
  if (straddler !== undefined && straddler.decoded.length <= room) {
    if (translateNext(cpu, inPage) === straddler.second) return straddler.decoded;
  }
  const { bytes, size } = cpu.ram;
  const usable = Math.min(room, inPage, MAX_INSN_BYTES);
  const like = first < size ? cpu.code.memo.find(bytes, first, usable, cpu.mode) : undefined;
  const insn = like?.insn ?? decode(bytesAt(cpu, first, usable), 0, cpu.mode);
  if (insn !== 'truncated') {
    const decoded = like === undefined ? meaningOf(insn) : { ...like, entry: undefined, heat: 0 };
    if (first < size) {
      cpu.code.put(cpu.codeSlots, first, decoded);
      if (like === undefined) cpu.code.memo.put(bytes, first, cpu.mode, decoded);
    }
    return decoded;
  }
  if (room < inPage) throw new Fault(GP, 0);
  return decodeStraddling(cpu, first, room);
}

function decodeStraddling(cpu: Cpu, first: number, room: number): Decoded<Cpu> {
  const inPage = PAGE_BYTES - (first % PAGE_BYTES);
  const second = translateNext(cpu, inPage);
  const bytes = new Uint8Array(Math.min(room, MAX_INSN_BYTES));
  bytes.set(bytesAt(cpu, first, inPage));
  bytes.set(bytesAt(cpu, second, bytes.length - inPage), inPage);
  const insn = decode(bytes, 0, cpu.mode);
  if (insn === 'truncated') throw new Fault(GP, 0);
  const decoded = meaningOf(insn);
  if (first < cpu.ram.size && second < cpu.ram.size) cpu.code.putStraddler(first, second, cpu.mode, decoded);
  return decoded;
}

const translateNext = (cpu: Cpu, inPage: number): number =>
  cpu.mmu.translateFetch(BigInt.asUintN(cpu.mode === 64 ? 64 : 32, linearRip(cpu) + BigInt(inPage)));

function bytesAt(cpu: Cpu, physical: number, count: number): Uint8Array {
  if (physical + count <= cpu.ram.size) return cpu.ram.bytes.subarray(physical, physical + count);
  return Uint8Array.from({ length: count }, (_, index) => Number(cpu.mmu.readPhysical(physical + index, 8)));
}

function meaningOf(insn: Insn | 'invalid' | 'truncated' | 'too-long'): Decoded<Cpu> {
  if (insn === 'invalid') throw new Fault(UD);
  if (typeof insn === 'string') throw new Fault(GP, 0);
  return decodedOf(insn);
}

/** An instruction with its meaning at hand. */
export function decodedOf(insn: Insn): Decoded<Cpu> {
  const meaning: Semantic = SEMANTICS[insn.form.sem];
  return { insn, length: insn.length, execute: insn.form.cpl0 ? privileged(meaning) : meaning, entry: undefined, heat: 0 };
}

const privileged =
  (meaning: Semantic): Semantic =>
  (cpu, insn) => {
    cpu.requireCpl0();
    meaning(cpu, insn);
  };
