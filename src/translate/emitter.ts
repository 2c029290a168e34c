// What the emitters of single instructions write with: registers in locals, operands, memory through the TLB, and leaving the region in
// front of an instruction. Values on the WebAssembly stack are i64 for 64-bit operands and i32 for smaller ones, with zeros above.

import type { Size } from '../base/bits.ts';
import { LINE_SHIFT } from '../cpu/memory/ram.ts';
import { STATE_OFFSETS } from '../cpu/state.ts';
import { TLB_ADDEND_BYTE, TLB_ENTRIES, TLB_ENTRY_BYTES, TLB_KINDS, TLB_RUN, TLB_TABLE_BYTES } from '../cpu/memory/tlb.ts';
import { FS, type MemOperand, type Mode, NONE, type Operand, RIP, RSP } from '../isa/operand.ts';
import { ALL, emitCarry, emitCondition, type Kind, kindOf } from './flags.ts';
import { FUNCTION, LOCAL } from './locals.ts';
import type { Step } from './region.ts';
import { Code, F64, I32, I64, MEMORY } from './wasm.ts';

/** What the code of a region takes for granted, besides its own bytes. */
export interface Context {
  readonly mode: Mode;
  /** Linear address less RIP. */
  readonly codeBase: bigint;
  readonly user: boolean;
  /**
   * An access that misses the TLB asks for a walk (walk.ts) and goes on. Else the region is left and says why: a call in it,
   * even if it never comes to that, makes a loop slower, and few of them miss.
   */
  readonly entersTlb: boolean;
  /** Where the byte of line n of memory is, less n. */
  readonly marksOffset: number;
}

/** What an instruction does with its operand in memory; an update is a read of what must be writable. */
export const ACCESSES = ['read', 'write', 'update'] as const;
type DataAccess = (typeof ACCESSES)[number];

/** Added to the ticks that are left when a region is left since an access missed the TLB; there are never so many. */
export const MISSED = 2 ** 30;

const READ_TABLE = 0;
const WRITE_TABLE = TLB_TABLE_BYTES;
export const EXECUTE_TABLE = 2 * TLB_TABLE_BYTES;
const USER_TABLES = TLB_KINDS * TLB_TABLE_BYTES;

const maskOf = (size: Size): number => (size === 8 ? 0xff : 0xffff);

export class Emitter {
  readonly code = new Code();
  readonly context: Context;
  /** Registers that the region reads or writes, and those that it writes. */
  readonly touched = new Set<number>();
  readonly written = new Set<number>();
  /** How many blocks and loops are open. */
  depth = 0;
  /** What is known of LOCAL.kind here. */
  kind: Kind | undefined;
  /** The instruction at hand, and what it and those behind it in its block take. */
  step!: Step;
  #ahead = 0;
  #exit = 0;
  #giveUp = 0;

  constructor(context: Context) {
    this.context = context;
  }

  get mode(): Mode {
    return this.context.mode;
  }

  begin(step: Step, ahead: number): void {
    this.step = step;
    this.#ahead = ahead;
  }

  // Control.

  block(): number {
    this.code.block();
    return ++this.depth;
  }

  loop(): number {
    this.code.loop();
    return ++this.depth;
  }

  if(): void {
    this.code.if();
    this.depth++;
  }

  else(): void {
    this.code.else();
  }

  end(): void {
    this.code.end();
    this.depth--;
  }

  /** To the end of an open block, or the head of an open loop. */
  br(label: number): void {
    this.code.br(this.depth - label);
  }

  /** Opens the blocks that end where the region is left: for wherever RIP leads, and for the interpreter. */
  openExits(): void {
    this.#exit = this.block();
    this.#giveUp = this.block();
  }

  /** RIP at a linear address. */
  ripAt(address: bigint): bigint {
    return address - this.context.codeBase;
  }

  /** Leaves the region with RIP at `address`. */
  leave(address: bigint): void {
    this.code.i64(this.ripAt(address)).set(LOCAL.rip);
    this.leaveToRip();
  }

  /** The same with RIP in LOCAL.rip already. */
  leaveToRip(): void {
    this.br(this.mode === 16 ? this.#giveUp : this.#exit);
  }

  /** The same, and the host is to look what may come before the instruction there. */
  giveUpAtRip(): void {
    this.br(this.#giveUp);
  }

  /** Leaves, and the interpreter is to look what comes next. */
  giveUp(address: bigint): void {
    this.code.i64(this.ripAt(address)).set(LOCAL.rip);
    this.br(this.#giveUp);
  }

  /** If the value on the stack is not 0: leaves in front of the instruction at hand, so that the interpreter executes it. */
  leaveBeforeIf(why = 0): void {
    this.if();
    this.code.get(LOCAL.left).i32(this.#ahead + why).op(I32.add).set(LOCAL.left);
    this.giveUp(this.step.at);
    this.end();
  }

  /** The instruction at hand pays for what it does from now on, not on entry of the block. */
  giveBackTick(): void {
    this.code.get(LOCAL.left).i32(1).op(I32.add).set(LOCAL.left);
    this.#ahead--;
  }

  /** Pushes the time at which the instruction at hand begins. */
  pushTime(): void {
    this.code.get(LOCAL.tlb).memory(MEMORY.f64_load, TLB_RUN.end);
    this.code.get(LOCAL.left).i32(this.#ahead).op(I32.add, F64.convert_i32_s, F64.sub, I64.trunc_f64_u);
  }

  // Registers.

  /** The whole register as an i64. */
  getWhole(index: number): Code {
    this.touched.add(index);
    return this.code.get(LOCAL.gpr + index);
  }

  setWhole(index: number): Code {
    this.touched.add(index);
    this.written.add(index);
    return this.code.set(LOCAL.gpr + index);
  }

  getReg(index: number, size: Size, high = false): void {
    this.getWhole(index);
    if (size === 64) return;
    this.code.op(I32.wrap_i64);
    if (high) this.code.i32(8).op(I32.shr_u);
    if (size < 32) this.code.i32(maskOf(size)).op(I32.and);
  }

  setReg(index: number, size: Size, high = false): void {
    if (size === 64) {
      this.setWhole(index);
      return;
    }
    this.code.op(I64.extend_i32_u);
    if (size < 32) {
      const mask = BigInt(maskOf(size));
      this.code.i64(mask).op(I64.and);
      if (high) this.code.i64(8n).op(I64.shl);
      this.getWhole(index);
      this.code.i64(high ? ~0xff00n : ~mask).op(I64.and, I64.or);
    }
    this.setWhole(index);
  }

  // Operands. One that is in memory must have been found before: see find().

  get(op: Operand): void {
    switch (op.kind) {
      case 'reg':
        this.getReg(op.index, op.size, op.high);
        break;
      case 'mem':
        this.code.get(LOCAL.host);
        this.load(op.size as Size);
        break;
      case 'imm':
        this.constant(op.value, op.size as Size);
        break;
      default:
        throw new Error(`An operand of kind ${op.kind} has no value.`);
    }
  }

  /** For memory the value goes through `t` or `x`. */
  set(op: Operand): void {
    if (op.kind === 'reg') {
      this.setReg(op.index, op.size, op.high);
    } else if (op.kind === 'mem') {
      const temporary = op.size === 64 ? LOCAL.t : LOCAL.x;
      this.code.set(temporary).get(LOCAL.host).get(temporary);
      this.store(op.size as Size);
    } else {
      throw new Error(`An operand of kind ${op.kind} cannot be written.`);
    }
  }

  constant(value: bigint, size: Size): void {
    if (size === 64) this.code.i64(value);
    else this.code.i32(Number(BigInt.asIntN(32, value)));
  }

  /** The value on the stack, of that size, as an i64 with zeros or the sign above; or an i64 as a value of that size. */
  widen(size: Size): Code {
    return size === 64 ? this.code : this.code.op(I64.extend_i32_u);
  }

  widenSigned(size: Size): Code {
    if (size === 64) return this.code;
    if (size === 16) this.code.op(I32.extend16_s);
    if (size === 8) this.code.op(I32.extend8_s);
    return this.code.op(I64.extend_i32_s);
  }

  narrow(size: Size): Code {
    if (size === 64) return this.code;
    this.code.op(I32.wrap_i64);
    if (size < 32) this.code.i32(maskOf(size)).op(I32.and);
    return this.code;
  }

  // Memory.

  load(size: Size): void {
    const { i64_load, i32_load, i32_load16_u, i32_load8_u } = MEMORY;
    this.code.memory({ 64: i64_load, 32: i32_load, 16: i32_load16_u, 8: i32_load8_u }[size], 0);
  }

  store(size: Size): void {
    const { i64_store, i32_store, i32_store16, i32_store8 } = MEMORY;
    this.code.memory({ 64: i64_store, 32: i32_store, 16: i32_store16, 8: i32_store8 }[size], 0);
  }

  /** Effective address of a memory operand, as an i64. */
  offset({ base, index, scale, displacement, addressSize }: MemOperand): void {
    const { code } = this;
    let constant = displacement;
    let terms = 0;
    const add = (): void => {
      if (terms++ > 0) code.op(I64.add);
    };
    if (base === RIP) constant += this.step.next;
    else if (base !== NONE) {
      this.getWhole(base);
      add();
    }
    if (index !== NONE) {
      this.getWhole(index);
      if (scale > 1) code.i64(BigInt(Math.log2(scale))).op(I64.shl);
      add();
    }
    if (constant !== 0n || terms === 0) {
      code.i64(constant);
      add();
    }
    this.truncate(addressSize);
  }

  /** The i64 on the stack as an offset of that width. */
  truncate(width: Size): void {
    if (width < 64) this.code.i64(2n ** BigInt(width) - 1n).op(I64.and);
  }

  /** Finds an operand in memory; nothing to do for others. */
  find(op: Operand, access: DataAccess): void {
    if (op.kind !== 'mem') return;
    this.offset(op);
    this.findAt(op.segment, op.size as Size, access);
  }

  /** Finds the memory at the offset on the stack: LOCAL.host is where it is. Leaves if the interpreter has to look. */
  findAt(segment: number, size: number, access: DataAccess): void {
    const { code } = this;
    if (this.mode === 16) this.#leaveBeyondLimit(size);
    if (this.mode === 16 || segment >= FS) {
      code.get(LOCAL.state).memory(MEMORY.i64_load, STATE_OFFSETS.segBase + 8 * segment).op(I64.add);
      if (this.mode === 16) this.truncate(32);
    }
    this.#findLinear(size / 8, access, this.context.user ? USER_TABLES : 0, () => this.#leaveIfMissing(size, access));
  }

  /** The same at a linear address, with the supervisor's rights, and only if the TLB has it. */
  findSystem(bytes: number, access: DataAccess): void {
    this.#findLinear(bytes, access, 0, () => this.leaveBeforeIf());
  }

  #findLinear(bytes: number, access: DataAccess, tables: number, leaveIfMissing: () => void): void {
    const { code } = this;
    const { linear, entry, host } = LOCAL;
    code.tee(linear).op(I32.wrap_i64).i32(8).op(I32.shr_u).i32((TLB_ENTRIES - 1) * TLB_ENTRY_BYTES).op(I32.and);
    code.get(LOCAL.tlb).op(I32.add).set(entry);
    const last = (): void => {
      code.get(linear);
      if (bytes > 1) code.i64(BigInt(bytes - 1)).op(I64.add);
      code.i64(12n).op(I64.shr_u);
    };
    const table = tables + (access === 'read' ? READ_TABLE : WRITE_TABLE);
    code.get(entry).memory(MEMORY.i64_load, table);
    last();
    code.op(I64.ne);
    if (access === 'update') {
      code.get(entry).memory(MEMORY.i64_load, tables + READ_TABLE);
      last();
      code.op(I64.ne, I32.or);
    }
    leaveIfMissing();
    code.get(linear).op(I32.wrap_i64).get(entry).memory(MEMORY.i32_load, table + TLB_ADDEND_BYTE).op(I32.add).set(host);
    if (access === 'read') return;
    // Somebody wants to know of stores to a line that is marked.
    code.get(host).i32(LINE_SHIFT).op(I32.shr_u).memory(MEMORY.i32_load8_u, this.context.marksOffset);
    if (bytes > 1) {
      code.get(host).i32(bytes - 1).op(I32.add).i32(LINE_SHIFT).op(I32.shr_u);
      code.memory(MEMORY.i32_load8_u, this.context.marksOffset).op(I32.or);
    }
    this.leaveBeforeIf();
  }

  /** Segments of 16-bit code have 64 KiB at least. */
  #leaveBeyondLimit(size: number): void {
    if (size === 8) return;
    this.code.tee(LOCAL.linear).get(LOCAL.linear).i64(BigInt(0x1_0000 - size / 8)).op(I64.gt_u);
    this.leaveBeforeIf();
  }

  /** If the value on the stack is not 0, the TLB does not have what is at LOCAL.linear. */
  #leaveIfMissing(size: number, access: DataAccess): void {
    if (!this.context.entersTlb) {
      this.leaveBeforeIf(MISSED);
      return;
    }
    const { code } = this;
    this.if();
    code.get(LOCAL.state).get(LOCAL.tlb).get(LOCAL.linear).i32(size).i32(ACCESSES.indexOf(access)).i32(this.context.user ? 1 : 0);
    code.call(FUNCTION.walk).op(I32.eqz);
    this.leaveBeforeIf();
    this.end();
  }

  // The stack, which is flat.

  get stackSize(): Size {
    return this.mode;
  }

  /** Pushes rSP plus `distance` as an offset. */
  stackOffset(distance: number): void {
    this.getWhole(RSP);
    this.code.i64(BigInt(distance)).op(I64.add);
    this.truncate(this.stackSize);
  }

  moveStack(distance: number): void {
    this.stackOffset(distance);
    this.setStack();
  }

  /** rSP becomes the offset on the stack. */
  setStack(): void {
    this.narrow(this.stackSize);
    this.setReg(RSP, this.stackSize);
  }

  // Flags.

  setKind(kind: Kind): void {
    this.code.i32(kind).set(LOCAL.kind);
    this.kind = kind;
  }

  /** The flags are those of an operation whose operands and result are in their locals. */
  setFlags(name: Parameters<typeof kindOf>[0], size: Size): void {
    this.setKind(kindOf(name, size));
  }

  /** All six flags are in LOCAL.rest from here on. */
  setAllFlags(): void {
    this.setKind(ALL);
  }

  condition(condition: number): void {
    this.kind = emitCondition(this.code, condition, this.kind);
  }

  carry(): void {
    this.kind = emitCarry(this.code, this.kind);
  }
}
