// One logical processor as instructions see it: operands, segmented memory, the stack, branches, privilege. What is architectural
// lies in CpuState; the fields here are either derived from it (refresh() makes them anew) or live for one instruction.

import { type Size, truncate } from '../base/bits.ts';
import type { Insn } from '../isa/insn.ts';
import { CS, FS, type MemOperand, type Mode, NONE, type Operand, RIP, RSP, SS } from '../isa/operand.ts';
import type { CpuWires } from './bus.ts';
import type { CpuIdentity } from './identity/cpuid.ts';
import { Breakpoints } from './events/debug.ts';
import { Fault, GP } from './events/fault.ts';
import { AC, IF, IOPL } from './flags.ts';
import type { InsnCache, Slots } from './code/icache.ts';
import { Mmu, SYSTEM } from './memory/mmu.ts';
import { type Access, READ, WRITE } from './memory/paging.ts';
import { IS_MONITORED, LINE_BYTES, type Ram } from './memory/ram.ts';
import { CR0_AM, CR0_PE, DESCRIPTOR_DB, DESCRIPTOR_L, EFER_LMA, REAL_MODE_DATA } from './identity/registers.ts';
import { reset } from './reset.ts';
import { Frame } from './events/frame.ts';
import { bitmapAllows, checkAccess } from './memory/segment.ts';
import { Spin } from './fast-forward/spin.ts';
import { CpuState, HALTED, RUNNING, STATE_OFFSETS, WAIT_FOR_SIPI } from './state.ts';
import { TLB_BYTES, Tlb } from './memory/tlb.ts';
import type { Translator } from './code/translated.ts';

/** `stateOffset` is where in `memory` the CPU's block begins; `ram` and `code` are shared by the CPUs of a machine. */
export interface CpuOptions {
  readonly id: number;
  readonly memory: ArrayBufferLike;
  readonly stateOffset: number;
  /** Where in `memory` its TLB lies; without, it lies elsewhere. */
  readonly tlbOffset?: number;
  readonly ram: Ram;
  readonly code: InsnCache<Cpu>;
  readonly wires: CpuWires;
  readonly identity: CpuIdentity;
  /** Whether loops that change nothing are taken in one step; no result depends on it. */
  readonly fastForward?: boolean;
  /** Who runs translated code; it needs `tlbOffset`. */
  readonly translator?: Translator<Cpu> | undefined;
}

/** A page number that no address has. */
const NO_PAGE = -1;
const SEGMENTS_WITH_BASE = FS;
const CS_BASE = STATE_OFFSETS.segBase / 4 + 2 * CS;

export class Cpu extends CpuState {
  readonly id: number;
  readonly ram: Ram;
  readonly code: InsnCache<Cpu>;
  readonly wires: CpuWires;
  readonly identity: CpuIdentity;
  readonly tlb: Tlb;
  readonly mmu: Mmu;
  readonly breakpoints: Breakpoints;
  readonly spin: Spin | undefined;
  readonly translator: Translator<Cpu> | undefined;
  readonly tlbOffset: number;

  /** Derived: size of code and of stack addresses in bits. */
  mode: Mode = 16;
  stackSize: 16 | 32 | 64 = 16;
  /** Derived: base and limit of CS in the forms that fetching wants; in 64-bit mode 0 and no limit. */
  codeBase = 0;
  codeLimit = 0;
  /** Linear page that code was last fetched from, and the instructions known there. */
  codePage = NO_PAGE;
  codeSlots: Slots<Cpu> = [];

  /** The run in progress ends at this time at the latest: endRun() lowers it. */
  limit = 0;
  /** The same, or the next alarm that the CPU has set for itself, if that is sooner: shorten() lowers it. */
  stop = 0;
  /** Anything but the next instruction may be due at the next boundary: interrupts, shadows, breakpoints, sleep. */
  attention = true;
  /** What the instruction in execution costs; PAUSE raises it. */
  ticks = 1;
  /** Time has passed the slot of what is happening: exceptions that take a slot are delivered behind it, all else happens in it. */
  slotIsOver = false;
  /** A single-step trap follows the instruction in execution. */
  stepping = false;
  /** The instruction in execution is shadowed by the MOV SS before it, which holds back these traps (bits of DR6). */
  inMovSsShadow = false;
  debugHeld = 0;

  /** What was last read of one of the processor's own tables (segment.ts). */
  readonly entry = new Uint32Array(2);
  /** The frame of an interrupt on its way to or from the stack. */
  readonly frame = new Frame();

  /** An observer of every instruction that did not fault, called while RIP and time are still its own. */
  onExecuted: ((cpu: Cpu, insn: Insn) => void) | undefined;

  readonly #next = new BigUint64Array(1);
  /** Halves of nextRip, for step(). */
  readonly nextRipHalves = new Uint32Array(this.#next.buffer);

  constructor(options: CpuOptions) {
    super(options.memory, options.stateOffset);
    this.id = options.id;
    this.ram = options.ram;
    this.code = options.code;
    this.wires = options.wires;
    this.identity = options.identity;
    const { tlbOffset, memory, ram } = options;
    const [place, at] = tlbOffset === undefined ? [new ArrayBuffer(TLB_BYTES), 0] : [memory, tlbOffset];
    this.tlb = new Tlb(place, at, ram.bytes.byteOffset, ram.size);
    this.mmu = new Mmu(this, ram, this.tlb, options.wires.bus, () => this.forgetCode());
    this.breakpoints = new Breakpoints(this);
    this.translator = options.translator;
    this.tlbOffset = at;
    this.spin = options.fastForward ? new Spin(this) : undefined;
    options.code.onForget(() => this.forgetCode());
    options.ram.onWrite(IS_MONITORED, (line) => this.#monitoredWrite(line));
    this.reset();
  }

  /** Power-up; `init` keeps what an INIT keeps (SDM vol. 3, table 9-1). */
  reset(init = false): void {
    reset(this, init);
    this.refresh();
  }

  /** To be called when state has been written from outside (a loader, a snapshot, a debugger): derives everything anew. */
  refresh(): void {
    this.mmu.flush();
    this.mmu.user = this.cpl === 3;
    this.updateAlignmentCheck();
    this.breakpoints.refresh();
    this.spin?.leave();
    this.updateMode();
    if (this.monitored >= 0) this.ram.mark(this.monitored, IS_MONITORED);
    this.attention = true;
  }

  // Pins. They may move at any time and are looked at when the next boundary comes.

  raiseNmi(): void {
    this.spin?.disturb();
    this.nmiPending = Math.min(this.nmiPending + 1, this.nmiBlocked ? 1 : 2);
    this.attention = true;
  }

  raiseInit(): void {
    this.spin?.disturb();
    this.initPending = true;
    this.attention = true;
  }

  /** A start-up IPI; ignored unless an INIT came before it (SDM vol. 3, 8.4.3). */
  raiseSipi(vector: number): void {
    if (!this.initPending && this.activity !== WAIT_FOR_SIPI) return;
    this.spin?.disturb();
    this.sipiPending = vector + 1;
    this.attention = true;
  }

  /** The local APIC's output may have changed. */
  interruptChanged(): void {
    this.spin?.disturb();
    this.attention = true;
  }

  // Modes and privilege.

  /** Where the next instruction is; step() sets it behind the one in execution, branches move it. */
  get nextRip(): bigint {
    return this.#next[0];
  }

  set nextRip(value: bigint) {
    this.#next[0] = value;
  }

  /** The same in halves. */
  goOnAt(low: number, high: number): void {
    this.nextRipHalves[0] = low;
    this.nextRipHalves[1] = high;
  }

  get protectedMode(): boolean {
    return (this.cr0 & CR0_PE) !== 0;
  }

  /** IA-32e mode: 64-bit or compatibility mode. */
  get longMode(): boolean {
    return (this.efer & EFER_LMA) !== 0;
  }

  get iopl(): number {
    return (this.rflags & IOPL) >>> 12;
  }

  /** Writes the flags register as a whole: POPF, IRET, SYSRET. Bit 1 is always set. */
  setRflags(value: number): void {
    this.rflags = (value | 2) >>> 0;
    if ((value & IF) !== 0) this.attention = true;
    this.updateAlignmentCheck();
  }

  setCpl(cpl: number): void {
    if (cpl === this.cpl) return;
    this.wires.counters.privilegeChanging(cpl);
    this.cpl = cpl;
    this.mmu.user = cpl === 3;
    this.updateAlignmentCheck();
  }

  /** Translated code has gone to another privilege, where no counter minds. */
  followPrivilege(): void {
    if (this.mmu.user === (this.cpl === 3)) return;
    this.wires.counters.privilegeChanging(this.cpl);
    this.mmu.user = this.cpl === 3;
    this.updateAlignmentCheck();
  }

  /** After a change of CPL, EFLAGS.AC or CR0.AM (SDM vol. 3, 6.15, interrupt 17). */
  updateAlignmentCheck(): void {
    this.mmu.isAlignmentChecked = this.isAlignmentChecked;
  }

  get isAlignmentChecked(): boolean {
    return this.cpl === 3 && (this.rflags & AC) !== 0 && (this.cr0 & CR0_AM) !== 0;
  }

  requireCpl0(): void {
    if (this.cpl !== 0) throw new Fault(GP, 0);
  }

  requireIoPermission(port: number, size: number): void {
    if (this.protectedMode && this.cpl > this.iopl && !bitmapAllows(this, port, size >>> 3)) throw new Fault(GP, 0);
  }

  /** Sets a segment register, descriptor cache included. */
  setSegment(segment: number, selector: number, base: bigint, limit: number, attributes: number): void {
    this.segSelector[segment] = selector;
    this.segBase[segment] = base;
    this.segLimit[segment] = limit;
    this.segAttributes[segment] = attributes;
    if (segment === CS || segment === SS) this.updateMode();
  }

  /** A load in real mode changes selector and base only; CS becomes what real mode expects of it (SDM vol. 3, 9.9.2). */
  setRealSegment(segment: number, selector: number): void {
    const kept = this.segAttributes[segment];
    const attributes = segment === CS ? (kept & ~0xff) | REAL_MODE_DATA : kept;
    this.setSegment(segment, selector, BigInt(selector * 16), this.segLimit[segment], attributes);
  }

  /** After a change of CS, SS, CR0 or EFER. */
  updateMode(): void {
    const code = this.segAttributes[CS];
    const before = this.mode;
    this.mode = this.longMode && (code & DESCRIPTOR_L) !== 0 ? 64 : (code & DESCRIPTOR_DB) !== 0 ? 32 : 16;
    this.stackSize = this.mode === 64 ? 64 : (this.segAttributes[SS] & DESCRIPTOR_DB) !== 0 ? 32 : 16;
    this.codeBase = this.mode === 64 ? 0 : this.words32[CS_BASE];
    this.codeLimit = this.mode === 64 ? 0xffff_ffff : this.segLimit[CS];
    this.mmu.linearBits = this.mode === 64 ? 64 : 32;
    if (this.mode !== before) this.forgetCode();
  }

  forgetCode(): void {
    this.codePage = NO_PAGE;
  }

  // Operands.

  read(op: Operand): bigint {
    switch (op.kind) {
      case 'reg':
        return op.high ? BigInt(this.gpr8[op.index * 8 + 1]) : this.readReg(op.index, op.size);
      case 'mem':
        return this.load(op.segment, this.offsetOf(op), op.size);
      case 'imm':
        return op.value;
      default:
        throw new Error(`An operand of kind ${op.kind} has no value.`);
    }
  }

  write(op: Operand, value: bigint): void {
    if (op.kind === 'reg') {
      if (op.high) this.gpr8[op.index * 8 + 1] = Number(BigInt.asUintN(8, value));
      else this.writeReg(op.index, op.size, value);
    } else if (op.kind === 'mem') {
      this.store(op.segment, this.offsetOf(op), op.size, value);
    } else {
      throw new Error(`An operand of kind ${op.kind} cannot be written.`);
    }
  }

  /** Like read(), but memory must be writable: the faults of a read-modify-write come before anything changes. */
  readForUpdate(op: Operand): bigint {
    if (op.kind !== 'mem') return this.read(op);
    const linear = this.linear(op.segment, this.offsetOf(op), op.size, WRITE);
    this.mmu.probeWrite(linear, op.size, op.segment);
    return this.mmu.read(linear, op.size, op.segment);
  }

  /** The low `size` bits of a general register; never AH..BH. */
  readReg(index: number, size: number): bigint {
    switch (size) {
      case 64:
        return this.gpr[index];
      case 32:
        return BigInt(this.gpr32[index * 2]);
      case 16:
        return BigInt(this.gpr16[index * 4]);
      default:
        return BigInt(this.gpr8[index * 8]);
    }
  }

  /** 32-bit writes clear the upper half, smaller ones leave it (SDM vol. 1, 3.4.1.1). */
  writeReg(index: number, size: number, value: bigint): void {
    switch (size) {
      case 64:
        this.gpr[index] = value;
        break;
      case 32:
        this.gpr[index] = BigInt.asUintN(32, value);
        break;
      case 16:
        this.gpr16[index * 4] = Number(BigInt.asUintN(16, value));
        break;
      default:
        this.gpr8[index * 8] = Number(BigInt.asUintN(8, value));
    }
  }

  /** Effective address of a memory operand, as wide as its address size. */
  offsetOf({ base, index, scale, displacement, addressSize }: MemOperand): bigint {
    let offset = displacement;
    if (base === RIP) offset += this.nextRip;
    else if (base !== NONE) offset += this.gpr[base];
    if (index !== NONE) offset += this.gpr[index] * BigInt(scale);
    return BigInt.asUintN(addressSize, offset);
  }

  // Memory.

  load(segment: number, offset: bigint, size: number): bigint {
    return this.mmu.read(this.linear(segment, offset, size, READ), size, segment);
  }

  store(segment: number, offset: bigint, size: number, value: bigint): void {
    this.mmu.write(this.linear(segment, offset, size, WRITE), size, value, segment);
  }

  /** Throws the fault that a store would. */
  probeWrite(segment: number, offset: bigint, size: number): void {
    this.mmu.probeWrite(this.linear(segment, offset, size, WRITE), size, segment);
  }

  /** Memory as the processor itself reads descriptors, gates and task state: supervisor rights at any CPL. */
  readLinear(address: bigint, size: Size): bigint {
    return this.mmu.read(address, size, SYSTEM);
  }

  writeLinear(address: bigint, size: Size, value: bigint): void {
    this.mmu.write(address, size, value, SYSTEM);
  }

  /** Linear address of an access, after the checks of segmentation; 64-bit mode leaves the canonical form to the MMU. */
  linear(segment: number, offset: bigint, size: number, access: Access): bigint {
    if (this.mode === 64) return segment < SEGMENTS_WITH_BASE ? offset : BigInt.asUintN(64, offset + this.segBase[segment]);
    checkAccess(this, segment, Number(offset), size >>> 3, access);
    return BigInt.asUintN(32, offset + this.segBase[segment]);
  }

  /** Stores below the stack pointer, then moves it. */
  push(value: bigint, size: number): void {
    const width = this.stackSize;
    const pointer = BigInt.asUintN(width, this.gpr[RSP] - BigInt(size >>> 3));
    this.store(SS, pointer, size, value);
    this.writeReg(RSP, width, pointer);
  }

  pop(size: number): bigint {
    const width = this.stackSize;
    const pointer = this.readReg(RSP, width);
    const value = this.load(SS, pointer, size);
    this.writeReg(RSP, width, pointer + BigInt(size >>> 3));
    return value;
  }

  // Branches.

  /** A near branch to an offset already truncated to the operand size; #GP(0) if nothing can be fetched there. */
  jump(target: bigint): void {
    if (this.mode === 64) {
      if (BigInt.asUintN(64, BigInt.asIntN(48, target)) !== target) throw new Fault(GP, 0);
    } else if (target > BigInt(this.codeLimit)) {
      throw new Fault(GP, 0);
    }
    this.#next[0] = target;
  }

  branchRelative(insn: Insn, displacement: bigint): void {
    this.jump(truncate(this.#next[0] + displacement, this.mode === 64 ? 64 : insn.size));
  }

  // Time and sleep.

  /** The time-stamp counter as an instruction in the present slot reads it. */
  get tsc(): bigint {
    return BigInt.asUintN(64, BigInt(this.time) + this.tscAdjust);
  }

  /** An alarm of the CPU's own has become due at `time`, sooner than what the run in progress knew. */
  shorten(time: number): void {
    if (time < this.stop) this.stop = time;
  }

  /** The run in progress shall return at `time`, if not before: something outside is due then. */
  endRun(time: number): void {
    if (time < this.limit) this.limit = time;
    this.shorten(time);
  }

  /** STI, MOV SS: what the next instruction shall not be separated from. */
  setShadow(shadow: number): void {
    this.shadow = shadow;
    this.attention = true;
  }

  /** HLT and MWAIT: no more instructions until something wakes the CPU. A monitor that is armed wakes it too. */
  sleep(): void {
    this.activity = HALTED;
    this.attention = true;
    this.wires.observe?.({ kind: 'halt' });
  }

  #monitoredWrite(line: number): void {
    if (this.monitored < line || this.monitored >= line + LINE_BYTES) return;
    this.monitored = -1;
    if (this.activity === HALTED) this.activity = RUNNING;
  }
}
