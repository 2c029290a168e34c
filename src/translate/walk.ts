// A miss of the TLB in translated code → the same entries that the interpreter's MMU would make, without it (SDM vol. 3, 4.3, 4.5). Only
// what is plain is done here: 4-level and 32-bit paging, tables and page in RAM, nothing reserved, access allowed, and of accessed and
// dirty flags at most those of the last entry to be set. All else is asked of the host, or, if it must fault, left to the
// interpreter; of a page that is not present the engine is told.

import { LINE_SHIFT } from '../cpu/memory/ram.ts';
import { CR0_PG, CR4_PAE, CR4_PSE, CR4_SMAP, EFER_LMA, EFER_NXE } from '../cpu/identity/registers.ts';
import { STATE_OFFSETS } from '../cpu/state.ts';
import {
  TLB_ADDEND_BYTE, TLB_EMPTY, TLB_ENTRIES, TLB_ENTRY_BYTES, TLB_FRAME_BYTE, TLB_HIGH_BYTE, TLB_KINDS, TLB_RUN, TLB_TABLE_BYTES,
} from '../cpu/memory/tlb.ts';
import { ACCESSES } from './emitter.ts';
import { instantiate } from './host.ts';
import { Code, type FunctionType, I32, I64, MEMORY, moduleOf, TYPE, type WasmFunction } from './wasm.ts';

const { i32, i64 } = TYPE;
/** Offsets of state and TLB, address, size in bits, number in ACCESSES, 1 for the user → 1 if the TLB has it now, else 0. */
export const WALK_TYPE: FunctionType = { params: [i32, i32, i64, i32, i32, i32], result: i32 };
/** Halves of an address, size and access: the same, by the host. It is number 0 in the walk's module. */
const HOST_WALK_TYPE: FunctionType = { params: [i32, i32, i32, i32], result: i32 };
const HOST_WALK = 0;

const [STATE, TLB, LINEAR, SIZE, ACCESS, USER] = [0, 1, 2, 3, 4, 5];
const [LOW, BAD, TABLE, AT, ENTRY, RIGHTS, FRAME, IS_LARGE, PLACE, COUNT] = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const LOCALS = 10;

const PRESENT = 1;
const WRITABLE = 2;
const OF_USER = 4;
const ACCESSED = 0x20;
const DIRTY = 0x40;
const LARGE = 0x80;
/** Of the upper half of an entry: what no frame in RAM has, and XD where it is not a right. */
const NO_RAM = 0x000f_ffff;
const NO_EXECUTE = -0x8000_0000;
const PAGE_SHIFT = 12;
const PAGE_BYTES = 2 ** PAGE_SHIFT;
const READ = ACCESSES.indexOf('read');
const WRITE = ACCESSES.indexOf('write');

export interface WalkContext {
  readonly ramOffset: number;
  readonly ramBytes: number;
  readonly marksOffset: number;
}

export type HostWalk = (low: number, high: number, size: number, access: number) => number;

export function walkOf(context: WalkContext, memory: { readonly buffer: ArrayBuffer }, host: HostWalk): object {
  const bytes = moduleOf([walkFunction(context)], { pages: memory.buffer.byteLength / 0x1_0000, imported: HOST_WALK_TYPE });
  return instantiate<{ readonly f: object }>(bytes, memory, host).f;
}

function walkFunction(context: WalkContext): WasmFunction {
  const code = new Code();
  const state = (offset: number): Code => code.get(STATE).memory(MEMORY.i32_load, offset);
  code.get(LINEAR).op(I32.wrap_i64).set(LOW);
  code.block();
  code.get(TLB).memory(MEMORY.i32_load, TLB_RUN.walksArePlain).op(I32.eqz).brIf(0);
  code.get(LOW).i32(PAGE_BYTES - 1).op(I32.and).get(SIZE).i32(3).op(I32.shr_u, I32.add);
  code.i32(PAGE_BYTES).op(I32.gt_u).brIf(0);
  code.get(LINEAR).i64(16n).op(I64.shl).i64(16n).op(I64.shr_s).get(LINEAR).op(I64.ne).brIf(0);
  state(STATE_OFFSETS.cr0).i32(CR0_PG).op(I32.and, I32.eqz).brIf(0);
  state(STATE_OFFSETS.cr3).i32(-PAGE_BYTES).op(I32.and).set(TABLE);
  code.i32(-1).set(RIGHTS);
  // What follows leads to the end of this block with FRAME, and the last entry, which was at AT.
  code.block();
  state(STATE_OFFSETS.efer).i32(EFER_LMA).op(I32.and).if();
    state(STATE_OFFSETS.cr3 + 4).brIf(2);
    code.i32(NO_RAM).i32(NO_RAM | NO_EXECUTE);
    state(STATE_OFFSETS.efer).i32(EFER_NXE).op(I32.and).select().set(BAD);
    for (const shift of [39, 30, 21]) {
      readEntry(code, context, shift, 8, 2);
      code.get(ENTRY).i32(LARGE).op(I32.and).if();
      if (shift === 39) code.br(3);
      else takeLargePage(code, shift, 3).br(2);
      code.end();
    }
    readEntry(code, context, PAGE_SHIFT, 8, 2);
    code.br(1);
  code.end();
  state(STATE_OFFSETS.cr4).i32(CR4_PAE).op(I32.and).brIf(1);
  readEntry(code, context, 22, 4, 1);
  code.get(ENTRY).i32(LARGE).op(I32.and).if();
  state(STATE_OFFSETS.cr4).i32(CR4_PSE).op(I32.and, I32.eqz).brIf(2);
  takeLargePage(code, 22, 2).br(1).end();
  readEntry(code, context, PAGE_SHIFT, 4, 1);
  code.end();

  requireRights(code);
  code.get(FRAME).i32(context.ramBytes - PAGE_BYTES).op(I32.gt_u).brIf(0);
  touch(code, context);
  code.get(LOW).i32(8).op(I32.shr_u).i32((TLB_ENTRIES - 1) * TLB_ENTRY_BYTES).op(I32.and);
  code.get(USER).i32(TLB_KINDS * TLB_TABLE_BYTES).op(I32.mul, I32.add).get(TLB).op(I32.add).set(PLACE);
  code.get(ACCESS).i32(READ).op(I32.ne).if();
  put(code, context, TLB_TABLE_BYTES, 0);
  code.end().get(ACCESS).i32(WRITE).op(I32.ne).if();
  put(code, context, 0, TLB_TABLE_BYTES);
  code.end();
  code.get(TLB).get(TLB).memory(MEMORY.i32_load, TLB_RUN.hasLargePages).get(IS_LARGE).op(I32.or);
  code.memory(MEMORY.i32_store, TLB_RUN.hasLargePages).i32(1).return();
  code.end();
  code.get(LOW).get(LINEAR).i64(32n).op(I64.shr_u, I32.wrap_i64).get(SIZE).get(ACCESS).call(HOST_WALK);
  return { ...WALK_TYPE, locals: new Array<typeof i32>(LOCALS).fill(i32), code };
}

/** The entry for the bits of LINEAR from `shift` up in TABLE, which becomes where it leads to. `slow` is the depth of the host's block. */
function readEntry(code: Code, { ramOffset, ramBytes }: WalkContext, shift: number, bytes: 4 | 8, slow: number): void {
  code.get(TABLE).i32(ramBytes - PAGE_BYTES).op(I32.gt_u).brIf(slow);
  code.get(LINEAR).i64(BigInt(shift)).op(I64.shr_u, I32.wrap_i64).i32(PAGE_BYTES / bytes - 1).op(I32.and);
  code.i32(Math.log2(bytes)).op(I32.shl).get(TABLE).op(I32.add).tee(AT).memory(MEMORY.i32_load, ramOffset).tee(ENTRY);
  code.i32(PRESENT).op(I32.and, I32.eqz).if();
  code.get(TLB).get(LINEAR).memory(MEMORY.i64_store, TLB_RUN.faultAddress);
  code.get(TLB).get(ACCESS).i32(READ).op(I32.ne).i32(Math.log2(WRITABLE)).op(I32.shl).get(USER).i32(Math.log2(OF_USER)).op(I32.shl, I32.or);
  code.i32(1).op(I32.add).memory(MEMORY.i32_store, TLB_RUN.faultError).i32(0).return().end();
  if (bytes === 8) code.get(AT).memory(MEMORY.i32_load, ramOffset + 4).get(BAD).op(I32.and).brIf(slow);
  if (shift > PAGE_SHIFT) code.get(ENTRY).i32(ACCESSED | LARGE).op(I32.and, I32.eqz).brIf(slow);
  code.get(RIGHTS).get(ENTRY).op(I32.and).set(RIGHTS);
  code.get(ENTRY).i32(-PAGE_BYTES).op(I32.and).tee(TABLE).set(FRAME);
}

/** ENTRY maps a larger page: FRAME is the part of it that LINEAR is in. What is below its address in the entry must be clear. */
function takeLargePage(code: Code, shift: number, slow: number): Code {
  const within = (2 ** shift - 1) & -PAGE_BYTES;
  code.get(ENTRY).i32(within).op(I32.and).brIf(slow);
  code.get(LOW).i32(within).op(I32.and).get(FRAME).op(I32.or).set(FRAME);
  return code.i32(1).set(IS_LARGE);
}

/** SDM vol. 3, 4.6.1; what SMAP and WP have to say is the host's. */
function requireRights(code: Code): void {
  code.get(USER).if();
  code.get(RIGHTS).i32(OF_USER).op(I32.and, I32.eqz).if().i32(0).return().end();
  code.else().get(RIGHTS).i32(Math.log2(OF_USER)).op(I32.shr_u);
  code.get(STATE).memory(MEMORY.i32_load, STATE_OFFSETS.cr4).i32(Math.log2(CR4_SMAP)).op(I32.shr_u, I32.and).i32(1).op(I32.and).brIf(1);
  code.end().get(ACCESS).i32(READ).op(I32.ne).if();
  code.get(RIGHTS).i32(WRITABLE).op(I32.and, I32.eqz).brIf(1).end();
}

/** Sets the last entry's flags, if nobody wants to know of it. */
function touch(code: Code, { ramOffset, marksOffset }: WalkContext): void {
  code.get(ENTRY).i32(ACCESSED).op(I32.or).get(ACCESS).i32(READ).op(I32.ne).i32(Math.log2(DIRTY)).op(I32.shl, I32.or).tee(COUNT);
  code.get(ENTRY).op(I32.ne).if();
  code.get(AT).i32(ramOffset).op(I32.add).i32(LINE_SHIFT).op(I32.shr_u).memory(MEMORY.i32_load8_u, marksOffset).brIf(1);
  code.get(AT).get(COUNT).memory(MEMORY.i32_store, ramOffset).end();
}

/** What Tlb.put() does, to the entry of a table that is at PLACE plus `table`; `other` is that of the other kind of access to data. */
function put(code: Code, { ramOffset }: WalkContext, table: number, other: number): void {
  const page = (): Code => code.get(LINEAR).i64(BigInt(PAGE_SHIFT)).op(I64.shr_u);
  code.get(TLB).memory(MEMORY.i32_load, TLB_RUN.count).tee(COUNT).i32(TLB_RUN.filledEntries).op(I32.lt_u).if();
  code.get(COUNT).i32(2).op(I32.shl).get(TLB).op(I32.add).get(PLACE).get(TLB).op(I32.sub).i32(table).op(I32.add).i32(2).op(I32.shr_u);
  code.memory(MEMORY.i32_store, TLB_RUN.filled).end();
  code.get(TLB).get(COUNT).get(COUNT).i32(TLB_RUN.filledEntries).op(I32.le_u, I32.add).memory(MEMORY.i32_store, TLB_RUN.count);
  code.get(PLACE).memory(MEMORY.i32_load, other);
  page().op(I32.wrap_i64, I32.eq);
  code.get(PLACE).memory(MEMORY.i32_load, other + TLB_FRAME_BYTE).get(FRAME).i32(PAGE_SHIFT).op(I32.shr_u, I32.ne, I32.and).if();
  code.get(PLACE).i32(TLB_EMPTY).memory(MEMORY.i32_store, other + TLB_HIGH_BYTE).end();
  code.get(PLACE);
  page().memory(MEMORY.i64_store, table);
  code.get(PLACE).get(FRAME).i32(ramOffset).op(I32.add).get(LOW).i32(-PAGE_BYTES).op(I32.and, I32.sub);
  code.memory(MEMORY.i32_store, table + TLB_ADDEND_BYTE);
  code.get(PLACE).get(FRAME).i32(PAGE_SHIFT).op(I32.shr_u).memory(MEMORY.i32_store, table + TLB_FRAME_BYTE);
}
