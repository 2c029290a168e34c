// System calls, INT n and IRET between the kernel and the user, as systems are set up that have nothing unusual: flat segments that are marked
// as accessed, 32- or 64-bit throughout, the tables and the frame at hand. Everything else is the interpreter's, and so is whatever an
// interrupt, an NMI or a trap may follow at once. The region is left behind each of these, by the driver, which looks at the privilege.

import { AC, DF, ID, IF, IOPL, NT, RF, STATUS, TF, VIF, VIP, VM } from '../../cpu/flags.ts';
import { EFER_LMA, EFER_SCE } from '../../cpu/registers.ts';
import { STATE_OFFSETS, TR } from '../../cpu/state.ts';
import { TLB_RUN } from '../../cpu/tlb.ts';
import { CS, DS, ES, FS, GS, type ImmOperand, RCX, RSP, SS } from '../../isa/insn.ts';
import type { Emitter } from '../emitter.ts';
import { LOCAL } from '../locals.ts';
import { type Code, I32, I64, MEMORY } from '../wasm.ts';
import { type Emitters, pushRflags, settle } from './common.ts';

const { a: A, b: B, r: R, t: T, x: X, y: Y, rest: REST, from: FRAME } = LOCAL;
const R11 = 11;

/** Attributes that SYSCALL and SYSRET give CS and SS, without DPL (SDM vol. 2). */
const SYSTEM_CODE = 0xa09b;
const SYSTEM_STACK = 0xc093;
/** What SYSRET takes of R11. */
const SYSRET_FLAGS = 0x3c_7fd7;
/** What IRET restores at CPL 0 besides the flags of arithmetic. */
const RESTORED = TF | DF | NT | RF | AC | ID | IF | IOPL | VIF | VIP;

/** Flat segments: what must be how in a descriptor's two words, DPL aside. Base and limit; P, S and type; L or D of code, B of a 32-bit stack. */
const CODE = { 64: [0xffef_9fffn, 0x00af_9b00n], 32: [0xffcf_9fffn, 0x00cf_9b00n] } as const;
const STACK = { 64: [0xff8f_9fffn, 0x008f_9300n], 32: [0xffcf_9fffn, 0x00cf_9300n] } as const;
/** A code segment may be readable or not. */
const READABLE = 0x200n;
const LOW_WORD = 0xffffn;

const load = (e: Emitter, name: keyof typeof STATE_OFFSETS, more = 0): Code =>
  e.code.get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS[name] + more);

const store = (e: Emitter, offset: number, push: () => void): void => {
  e.code.get(LOCAL.state);
  push();
  e.code.memory(MEMORY.i32_store, offset);
};

/** Leaves unless nobody but this CPU itself minds what its privilege is. */
const requirePlain = ({ code }: Emitter): Code => code.get(LOCAL.tlb).memory(MEMORY.i32_load, TLB_RUN.transfersArePlain).op(I32.eqz);

/** Pushes whether the CPL is 1 or 2, which is not the user's and not the kernel's. */
const pushIsMiddle = (e: Emitter): Code => load(e, 'cpl').i32(1).op(I32.add).i32(2).op(I32.and);

/** A segment register by selector and attributes, of a flat segment; one that has no attributes has no limit either. */
function setSegment(e: Emitter, segment: number, selector: () => void, attributes: () => void): void {
  const { code } = e;
  store(e, STATE_OFFSETS.segSelector + 4 * segment, selector);
  code.get(LOCAL.state).i64(0n).memory(MEMORY.i64_store, STATE_OFFSETS.segBase + 8 * segment);
  store(e, STATE_OFFSETS.segAttributes + 4 * segment, attributes);
  store(e, STATE_OFFSETS.segLimit + 4 * segment, () => {
    load(e, 'segAttributes', 4 * segment).op(I32.eqz).i32(1).op(I32.sub);
  });
}

/** The segment whose descriptor is in a local. */
const setFromDescriptor = (e: Emitter, segment: number, selector: () => void, descriptor: number): void =>
  setSegment(e, segment, selector, () => e.code.get(descriptor).i64(40n).op(I64.shr_u, I32.wrap_i64).i32(0xf0ff).op(I32.and));

/** Finds what is at an offset, pushed as an i64, in a table of the processor's own. */
function findInTable(e: Emitter, base: number, pushOffset: () => void, bytes: number): void {
  e.code.get(LOCAL.state).memory(MEMORY.i64_load, base);
  pushOffset();
  e.code.op(I64.add);
  e.findSystem(bytes, 'read');
}

/** The descriptor of the selector in `selector`, which is in the GDT and not null, into `into`. */
function readDescriptor(e: Emitter, selector: number, into: number): void {
  const { code } = e;
  code.get(selector).i32(0xfff8).op(I32.and, I32.eqz).get(selector).i32(4).op(I32.and, I32.or);
  code.get(selector).i32(7).op(I32.or);
  load(e, 'gdtrLimit').op(I32.gt_u, I32.or);
  e.leaveBeforeIf();
  findInTable(e, STATE_OFFSETS.gdtrBase, () => code.get(selector).i32(0xfff8).op(I32.and, I64.extend_i32_u), 8);
  code.get(LOCAL.host).memory(MEMORY.i64_load, 0).set(into);
}

/** Leaves unless the descriptor in `local` is that of a flat segment with the DPL that is pushed. */
function requireFlat(e: Emitter, local: number, [mask, value]: readonly [bigint, bigint], pushDpl: () => void): void {
  const { code } = e;
  const isCode = (value & 0x800n) !== 0n;
  const bits = ((isCode ? mask & ~READABLE : mask) << 32n) | 0xffff_ffffn;
  const dpl = 3n << 45n;
  code.get(local).i64(bits | dpl).op(I64.and);
  pushDpl();
  code.op(I64.extend_i32_u).i64(45n).op(I64.shl).i64(((isCode ? value & ~READABLE : value) << 32n) | LOW_WORD).op(I64.or, I64.ne);
  e.leaveBeforeIf();
}

/** Leaves if IF, in the flags in X, would let an interrupt in. */
function requireNoInterrupt(e: Emitter): void {
  e.code.get(X);
  pushRflags(e.code).i32(-1).op(I32.xor, I32.and).i32(Math.log2(IF)).op(I32.shr_u);
  e.code.get(LOCAL.tlb).memory(MEMORY.i32_load, TLB_RUN.interruptWaits).op(I32.and);
  e.leaveBeforeIf();
}

/** Leaves unless the i64 in a local is a canonical address. */
function requireCanonical(e: Emitter, local: number): void {
  e.code.get(local).i64(16n).op(I64.shl).i64(16n).op(I64.shr_s).get(local).op(I64.ne);
  e.leaveBeforeIf();
}

/** SYSCALL and SYSRET: flat segments, from a selector in STAR. */
function setSystemSegments(e: Emitter, shift: number, distance: number, cpl: number): void {
  const { code } = e;
  const selector = (add: number) => (): void => {
    load(e, 'star', 4).i32(shift).op(I32.shr_u).i32(0xfffc).op(I32.and).i32(add).op(I32.add).i32(cpl).op(I32.or);
  };
  setSegment(e, CS, selector(distance), () => code.i32(SYSTEM_CODE | (cpl << 5)));
  setSegment(e, SS, selector(8), () => code.i32(SYSTEM_STACK | (cpl << 5)));
  store(e, STATE_OFFSETS.cpl, () => code.i32(cpl));
}

/** Puts the frame of `slots` slots below the stack pointer in T, for whom it becomes the new one. */
function findFrame(e: Emitter, slots: number): void {
  const bytes = (slots * e.mode) / 8;
  e.code.get(T).i64(BigInt(bytes)).op(I64.sub);
  e.truncate(e.stackSize);
  e.code.tee(T);
  e.findSystem(bytes, 'write');
}

export const TRANSFER: Emitters = {
  syscall: (e) => {
    const { code } = e;
    settle(e);
    requirePlain(e);
    load(e, 'efer').i32(EFER_SCE).op(I32.and, I32.eqz, I32.or);
    pushIsMiddle(e).op(I32.or);
    e.leaveBeforeIf();
    code.i64(e.ripAt(e.step.next));
    e.setWhole(RCX);
    pushRflags(code).i32(~(STATUS | RF)).op(I32.and).get(REST).op(I32.or, I64.extend_i32_u);
    e.setWhole(R11);
    const kept = (): Code => load(e, 'fmask').i32(RF).op(I32.or).i32(-1).op(I32.xor);
    store(e, STATE_OFFSETS.rflags, () => {
      pushRflags(code);
      kept().op(I32.and).i32(2).op(I32.or);
    });
    code.get(REST);
    kept().op(I32.and).set(REST);
    setSystemSegments(e, 0, 0, 0);
    code.get(LOCAL.state).memory(MEMORY.i64_load, STATE_OFFSETS.lstar).set(LOCAL.rip);
  },
  sysret: (e) => {
    const { code } = e;
    requirePlain(e);
    load(e, 'efer').i32(EFER_SCE).op(I32.and, I32.eqz, I32.or);
    load(e, 'cpl').op(I32.or);
    e.getReg(R11, 32);
    code.i32(SYSRET_FLAGS).op(I32.and).tee(X).i32(TF | AC).op(I32.and, I32.or);
    e.leaveBeforeIf();
    requireNoInterrupt(e);
    e.getWhole(RCX).set(LOCAL.rip);
    requireCanonical(e, LOCAL.rip);
    setSystemSegments(e, 16, 16, 3);
    store(e, STATE_OFFSETS.rflags, () => code.get(X).i32(2).op(I32.or));
    code.get(X).i32(STATUS).op(I32.and).set(REST);
    e.setAllFlags();
  },
  iret: (e) => {
    const { code } = e;
    const is64 = e.mode === 64;
    const [size, step] = is64 ? ([64, 8] as const) : ([32, 4] as const);
    settle(e);
    requirePlain(e);
    load(e, 'cpl').op(I32.or);
    load(e, 'nmiPending').op(I32.or);
    pushRflags(code).i32(NT).op(I32.and, I32.or);
    if (!is64) load(e, 'efer').i32(EFER_LMA).op(I32.and, I32.or);
    e.leaveBeforeIf();
    e.stackOffset(0);
    e.findAt(SS, (is64 ? 5 : 3) * size, 'read');
    const slot = (n: number): void => {
      code.get(FRAME);
      code.memory(is64 ? MEMORY.i64_load : MEMORY.i32_load, n * step);
      if (!is64) code.op(I64.extend_i32_u);
    };
    code.get(LOCAL.host).tee(FRAME).memory(MEMORY.i32_load16_u, step).tee(Y).i32(1).op(I32.add).i32(2).op(I32.and);
    code.get(FRAME).memory(MEMORY.i32_load, 2 * step).tee(X).i32(TF | AC | VM | VIF | VIP).op(I32.and, I32.or);
    e.leaveBeforeIf();
    requireNoInterrupt(e);
    const pushRpl = (): Code => code.get(Y).i32(3).op(I32.and);
    readDescriptor(e, Y, A);
    requireFlat(e, A, CODE[size], pushRpl);
    slot(0);
    code.set(LOCAL.rip);
    if (is64) requireCanonical(e, LOCAL.rip);

    // The stack: 64-bit mode always returns to one, and knows a null selector at CPL 0.
    const ss = LOCAL.next;
    if (is64) {
      code.i64(0n).set(B).get(FRAME).memory(MEMORY.i32_load16_u, 4 * step).tee(ss).get(Y).i32(3).op(I32.and, I32.or);
    } else pushRpl();
    e.if();
    if (!is64) {
      e.stackOffset(0);
      e.findAt(SS, 5 * size, 'read');
      code.get(FRAME).memory(MEMORY.i32_load16_u, 4 * step).set(ss);
    }
    code.get(ss).get(Y).op(I32.xor).i32(3).op(I32.and);
    e.leaveBeforeIf();
    readDescriptor(e, ss, B);
    requireFlat(e, B, STACK[size], pushRpl);
    e.end();
    pushRpl();
    e.if();
    for (const segment of [ES, DS, FS, GS]) {
      load(e, 'segAttributes', 4 * segment).i32(0xe0).op(I32.and).i32(0x80).op(I32.sub).i32(0x60).op(I32.lt_u);
      if (segment !== ES) code.op(I32.or);
    }
    e.leaveBeforeIf();
    e.end();

    const setStack = (): void => {
      setFromDescriptor(e, SS, () => code.get(ss), B);
      slot(3);
      e.setWhole(RSP);
    };
    if (is64) setStack();
    else {
      e.stackOffset(3 * step);
      e.setWhole(RSP);
      pushRpl();
      e.if();
      setStack();
      e.end();
    }
    setFromDescriptor(e, CS, () => code.get(Y), A);
    store(e, STATE_OFFSETS.cpl, () => pushRpl());
    store(e, STATE_OFFSETS.nmiBlocked, () => code.i32(0));
    store(e, STATE_OFFSETS.rflags, () => pushRflags(code).i32(~RESTORED).op(I32.and).get(X).i32(RESTORED).op(I32.and, I32.or));
    code.get(X).i32(STATUS).op(I32.and).set(REST);
    e.setAllFlags();
  },
  int: (e, { dst }) => {
    const { code } = e;
    const is64 = e.mode === 64;
    const size = is64 ? 64 : 32;
    const gateBytes = is64 ? 16 : 8;
    const at = Number((dst as ImmOperand).value) * gateBytes;
    settle(e);
    requirePlain(e);
    pushIsMiddle(e).op(I32.or);
    load(e, 'idtrLimit').i32(at + gateBytes - 1).op(I32.lt_u, I32.or);
    if (!is64) load(e, 'efer').i32(EFER_LMA).op(I32.and, I32.or);
    e.leaveBeforeIf();
    findInTable(e, STATE_OFFSETS.idtrBase, () => code.i64(BigInt(at)), gateBytes);
    // P and type: an interrupt or trap gate of 32 or 64 bits, which in 64-bit mode has no stack of its own.
    code.get(LOCAL.host).memory(MEMORY.i64_load, 0).tee(A).i64(is64 ? 0x9e07_0000_0000n : 0x9e00_0000_0000n).op(I64.and);
    code.i64(0x8e00_0000_0000n).op(I64.ne);
    code.get(A).i64(45n).op(I64.shr_u, I32.wrap_i64).i32(3).op(I32.and);
    load(e, 'cpl').op(I32.lt_u, I32.or);
    e.leaveBeforeIf();
    code.get(A).i64(LOW_WORD).op(I64.and).get(A).i64(32n).op(I64.shr_u).i64(0xffff_0000n).op(I64.and, I64.or);
    if (is64) code.get(LOCAL.host).memory(MEMORY.i32_load, 8).op(I64.extend_i32_u).i64(32n).op(I64.shl, I64.or);
    code.set(LOCAL.rip);
    if (is64) requireCanonical(e, LOCAL.rip);
    code.get(A).op(I32.wrap_i64).i32(16).op(I32.shr_u).set(Y);
    readDescriptor(e, Y, B);
    requireFlat(e, B, CODE[size], () => code.i32(0));

    // RSP to T: from the TSS, or as it is. The kernel's stack segment in 32-bit mode goes to R, its selector to FRAME.
    const fromUser = (): void => {
      load(e, 'cpl');
      e.if();
    };
    e.stackOffset(0);
    code.set(T);
    fromUser();
    load(e, 'segAttributes', 4 * TR).i32(0x89).op(I32.and).i32(0x89).op(I32.ne);
    load(e, 'segLimit', 4 * TR).i32(11).op(I32.lt_u, I32.or);
    e.leaveBeforeIf();
    findInTable(e, STATE_OFFSETS.segBase + 8 * TR, () => code.i64(4n), 8);
    code.get(LOCAL.host).memory(MEMORY.i64_load, 0).set(T);
    if (is64) requireCanonical(e, T);
    else {
      code.get(T).i64(32n).op(I64.shr_u, I32.wrap_i64).i32(0xffff).op(I32.and).tee(FRAME).i32(3).op(I32.and);
      e.leaveBeforeIf();
      readDescriptor(e, FRAME, R);
      requireFlat(e, R, STACK[size], () => code.i32(0));
    }
    e.end();

    if (is64) {
      code.get(T).i64(~15n).op(I64.and).set(T);
      findFrame(e, 5);
    } else {
      fromUser();
      findFrame(e, 5);
      e.else();
      findFrame(e, 3);
      e.end();
    }
    let place = 0;
    const put = (push: () => void): void => {
      code.get(LOCAL.host);
      push();
      code.memory(is64 ? MEMORY.i64_store : MEMORY.i32_store, place++ * (size / 8));
    };
    const wide = (): Code => (is64 ? code.op(I64.extend_i32_u) : code);
    put(() => e.constant(e.ripAt(e.step.next), size));
    put(() => {
      load(e, 'segSelector', 4 * CS);
      wide();
    });
    put(() => {
      pushRflags(code).i32(~STATUS).op(I32.and).get(REST).op(I32.or);
      wide();
    });
    if (!is64) fromUser();
    put(() => e.getReg(RSP, size));
    put(() => {
      load(e, 'segSelector', 4 * SS);
      wide();
    });
    if (is64) fromUser();
    if (is64) setSegment(e, SS, () => code.i32(0), () => code.i32(0));
    else setFromDescriptor(e, SS, () => code.get(FRAME), R);
    e.end();
    code.get(T);
    e.setWhole(RSP);
    setFromDescriptor(e, CS, () => code.get(Y).i32(0xfffc).op(I32.and), B);
    store(e, STATE_OFFSETS.cpl, () => code.i32(0));
    // Bit 40 of the gate tells a trap gate, which leaves IF.
    store(e, STATE_OFFSETS.rflags, () => {
      pushRflags(code).i32(~(TF | NT | RF | VM | IF)).get(A).i64(40n).op(I64.shr_u, I32.wrap_i64).i32(1).op(I32.and);
      code.i32(Math.log2(IF)).op(I32.shl, I32.or, I32.and);
    });
  },
};
