// One iteration of a loop that counts, or waits for the time-stamp counter → how the next ones go. Each value is followed through the
// iteration as a sum of registers and the counter at its start; then those registers that only move by a constant can be moved by many
// iterations at once, up to the first in which a condition would come out otherwise. What is no such sum must not matter to any
// condition, and comes out right when the last iteration is executed.

import type { Insn } from '../../isa/insn.ts';
import { NONE, type Operand, RAX, RBP, RCX, RDX, RSP } from '../../isa/operand.ts';
import type { Sem } from '../../isa/sems.ts';
import { literal, plus, type Sum, type Test, unchanged, withoutWrap } from './affine.ts';
import { CF } from '../flags.ts';
import type { CpuState } from '../state.ts';

/** What following a loop needs of a CPU. */
export interface Followed extends CpuState {
  /** Where the next instruction is. */
  readonly nextRip: bigint;
  read(op: Operand): bigint;
}

/** What a value may depend on: registers 0 to 15, the counter, flags from before the iteration. Bits of a mask. */
const TSC = 16;
const FLAGS = 17;
const GPRS = 16;

/** `depends` is 0 for what is the same in every iteration. The high half of the counter, or of what has been taken from it, has `high`: the whole, and by how many bits the half is shifted left. */
interface Value {
  readonly depends: number;
  readonly sum?: Sum;
  readonly high?: { readonly shift: number; readonly of: Sum };
}

/**
 * A comparison of a with b that decided a branch; `zeroOnly`: b is 0, and CF and OF are something else; `isHigh`: only the high halves of 64
 * bits were compared, and b's low half is 0.
 */
interface Comparison {
  readonly a: Sum;
  readonly b: Sum;
  readonly zeroOnly: boolean;
  readonly isHigh?: true;
}

interface Condition extends Comparison {
  readonly test: Test;
  readonly outcome: boolean;
}

/** Bits of half a counter. */
const HALF = 32n;

const SAME: Value = { depends: 0 };
const unknown = (depends: number): Value => ({ depends });

/** Their result is told from their explicit operands. */
const PLAIN: ReadonlySet<Sem> = new Set<Sem>([
  'and', 'or', 'xor', 'not', 'neg', 'adc', 'sbb', 'imul3', 'shl', 'shr', 'sar', 'rol', 'ror', 'movzx', 'movsx', 'bswap', 'bt', 'setcc',
  'cmovcc', 'bsf', 'bsr', 'tzcnt', 'lzcnt', 'popcnt', 'test',
]);
const READS_FLAGS: ReadonlySet<Sem> = new Set<Sem>(['adc', 'sbb', 'setcc', 'cmovcc']);
const KEEPS_FLAGS: ReadonlySet<Sem> = new Set<Sem>(['not', 'movzx', 'movsx', 'bswap', 'setcc', 'cmovcc']);
const NOTHING: ReadonlySet<Sem> = new Set<Sem>(['nop', 'pause', 'fence', 'prefetch']);
/** Condition numbers halved (SDM vol. 1, appendix B). */
const TESTS: Readonly<Record<number, Test>> = { 1: 'below', 2: 'equal', 3: 'belowEqual', 4: 'negative', 6: 'less', 7: 'lessEqual' };

export class Induction {
  readonly #values: Value[] = new Array<Value>(GPRS).fill(SAME);
  /** Registers before the instruction at hand, and at the start. */
  readonly #before = new BigUint64Array(GPRS);
  readonly #start = new BigUint64Array(GPRS);
  #flags: { readonly depends: number; readonly comparison?: Comparison } = { depends: 1 << FLAGS };
  #conditions: Condition[] = [];
  /** Registers taken for different in each iteration. */
  #changing = 0;
  /** Registers that had the same value after an iteration as before, but need not have it: to be taken for changing the next time. */
  suspects = 0;
  #time = 0;
  #failed = true;

  /** An iteration begins at a boundary at `time`; `changing` has a bit for each register that the one before has changed. */
  begin(cpu: Followed, time: number, changing: number): void {
    this.#start.set(cpu.gpr);
    this.#before.set(cpu.gpr);
    this.#changing = changing;
    for (let register = 0; register < GPRS; register++) {
      const isChanging = (changing >> register) & 1;
      this.#values[register] = isChanging
        ? { depends: 1 << register, sum: { terms: new Map([[register, 1n]]), constant: 0n, bits: 64 } }
        : SAME;
    }
    this.#flags = { depends: 1 << FLAGS };
    this.#conditions = [];
    this.#time = time;
    this.#failed = false;
  }

  /** Whether what `moves` has for a register is modulo 2^32. */
  isNarrow(register: number): boolean {
    return this.#values[register].sum?.bits === 32;
  }

  /** Nothing is to be followed. */
  stop(): void {
    this.#failed = true;
  }

  /** An instruction has executed; time is still its own. */
  follow(cpu: Followed, insn: Insn): void {
    if (this.#failed) return;
    this.#failed = !this.#execute(cpu, insn);
    this.#before.set(cpu.gpr);
  }

  /**
   * At the end of the iteration, which took `period` ticks: how many more, starting now, will take the same way. 0 if nothing is
   * proved. `moves` gets what each adds to a register.
   */
  iterations(cpu: Followed, time: number, period: number, moves: Map<number, bigint>): number {
    moves.clear();
    if (this.#failed) return 0;
    let recomputed = 1 << FLAGS;
    for (let register = 0; register < GPRS; register++) {
      const { depends, sum } = this.#values[register];
      if (((this.#changing >> register) & 1) === 0) {
        if (depends !== 0) this.suspects |= 1 << register;
        else if (cpu.gpr[register] !== this.#start[register]) return 0;
      } else if (sum?.terms.size === 1 && sum.terms.get(register) === 1n && cpu.gpr[register] >> BigInt(sum.bits) === 0n) {
        moves.set(register, BigInt.asIntN(sum.bits, sum.constant));
      } else {
        recomputed |= 1 << register;
      }
    }
    for (let register = 0; register < GPRS; register++) {
      if ((recomputed >> register) & 1 && (this.#values[register].depends & recomputed) !== 0) return 0;
    }
    if ((this.suspects & ~this.#changing) !== 0) return 0;
    const now = BigInt.asUintN(64, BigInt(time) + cpu.tscAdjust);
    const move = (base: number): bigint => (base === TSC ? BigInt(period) : moves.get(base)!);
    let least = Number.MAX_SAFE_INTEGER;
    for (const { a, b, test, outcome } of this.#conditions) {
      for (const base of [...a.terms.keys(), ...b.terms.keys()]) if (base !== TSC && !moves.has(base)) return 0;
      const isSigned = test === 'less' || test === 'lessEqual' || test === 'negative';
      const startOf = ({ terms, constant, bits }: Sum): bigint => {
        let value = constant;
        for (const [base, coefficient] of terms) value += coefficient * (base === TSC ? now : cpu.gpr[base]);
        return isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
      };
      const stepOf = ({ terms, bits }: Sum): bigint => {
        let step = 0n;
        for (const [base, coefficient] of terms) step += coefficient * move(base);
        return BigInt.asIntN(bits, step);
      };
      const [from, step] = [startOf(a) - startOf(b), stepOf(a) - stepOf(b)];
      const fits = [a, b].map((sum) => withoutWrap(startOf(sum), stepOf(sum), sum.bits, isSigned));
      least = Math.min(least, fits[0], fits[1], unchanged(from, step, test, outcome));
    }
    return least;
  }

  // What instructions do. False: this is not followed.

  #execute(cpu: Followed, insn: Insn): boolean {
    const { form, dst, src, third, size } = insn;
    const { sem } = form;
    if (![dst, src, third].every((op) => this.#hasFixedAddress(op)) && sem !== 'lea') return false;
    if (NOTHING.has(sem)) return true;
    switch (sem) {
      case 'mov':
        return this.#set(dst, this.#value(src));
      case 'add':
      case 'sub':
      case 'cmp': {
        if (sem === 'sub' && dst.kind === 'reg' && src.kind === 'reg' && dst.index === src.index) return this.#plain(insn, 0);
        const [a, b] = [this.#sum(cpu, dst, size), this.#sum(cpu, src, size)];
        const depends = this.#value(dst).depends | this.#value(src).depends;
        const { high } = this.#value(dst);
        if (sem === 'cmp' && high?.shift === 0 && b?.terms.size === 0) {
          this.#flags = { depends, comparison: { a: high.of, b: literal(BigInt.asUintN(32, b.constant) << HALF, 64), zeroOnly: false, isHigh: true } };
          return true;
        }
        const joined = sem === 'add' && size === 64 ? this.#joinHalves(dst, src) : undefined;
        if (a === undefined || b === undefined) {
          this.#flags = { depends };
          return sem === 'cmp' || this.#set(dst, joined ?? unknown(depends));
        }
        const result = plus(a, b, sem === 'add' ? 1n : -1n);
        const comparison = sem === 'add' ? { a: result, b: literal(0n, size), zeroOnly: true } : { a, b, zeroOnly: false };
        this.#flags = { depends, comparison };
        return sem === 'cmp' || this.#set(dst, depends === 0 ? SAME : { depends, sum: result });
      }
      case 'inc':
      case 'dec': {
        const { depends } = this.#value(dst);
        const a = this.#sum(cpu, dst, size);
        const carry = this.#flags.depends;
        if (a === undefined) {
          this.#flags = { depends: depends | carry };
          return this.#set(dst, unknown(depends));
        }
        const result = plus(a, literal(1n, size), sem === 'inc' ? 1n : -1n);
        this.#flags = { depends: depends | carry, comparison: { a: result, b: literal(0n, size), zeroOnly: true } };
        return this.#set(dst, depends === 0 ? SAME : { depends, sum: result });
      }
      case 'lea':
        return this.#leaOf(insn);
      case 'rdtsc': {
        const of: Sum = { terms: new Map([[TSC, 1n]]), constant: BigInt(cpu.time - this.#time), bits: 64 };
        this.#values[RAX] = { depends: 1 << TSC, sum: { ...of, bits: 32 } };
        this.#values[RDX] = { depends: 1 << TSC, high: { shift: 0, of } };
        return true;
      }
      case 'jmp':
      case 'call':
      case 'push':
      case 'ret':
        return this.#values[RSP].depends === 0 && (dst.kind === 'none' || this.#value(dst).depends === 0);
      case 'pop':
        return this.#values[RSP].depends === 0 && this.#set(dst, SAME);
      case 'leave':
        return this.#values[RBP].depends === 0 && this.#values[RSP].depends === 0;
      case 'jcc':
        return this.#branch(cpu, form.condition >> 1, (cpu.nextRip !== cpu.rip + BigInt(insn.length)) !== ((form.condition & 1) === 1));
      case 'loop': {
        const a = insn.addressSize === 16 ? undefined : this.#registerSum(RCX, insn.addressSize);
        if (a === undefined) return false;
        const result = plus(a, literal(1n, a.bits), -1n);
        this.#values[RCX] = this.#values[RCX].depends === 0 ? SAME : { depends: this.#values[RCX].depends, sum: result };
        return this.#decide({ a: result, b: literal(0n, a.bits), zeroOnly: true }, 'equal', cpu.nextRip === cpu.rip + BigInt(insn.length));
      }
      case 'in':
        return this.#value(src).depends === 0 && this.#set(dst, SAME);
      default:
        return PLAIN.has(sem) ? this.#plainOrTime(cpu, insn) : this.#isSame();
    }
  }

  /** SHL and OR put the halves of RDTSC together, SBB goes on with the high one; everything else of PLAIN gives what depends on all operands. */
  #plainOrTime(cpu: Followed, insn: Insn): boolean {
    const { form, dst, src, size } = insn;
    const { sem } = form;
    if (sem === 'shl' && size === 64 && dst.kind === 'reg' && src.kind === 'imm') {
      const { high, depends } = this.#values[dst.index];
      if (high !== undefined && high.shift === 0 && src.value === 32n) {
        this.#flags = { depends };
        return this.#set(dst, { depends, high: { ...high, shift: 32 } });
      }
    }
    if (sem === 'sbb' && size === 32) {
      const rest = this.#lessBorrow(dst, this.#sum(cpu, src, size));
      if (rest !== undefined) {
        this.#flags = { depends: rest.depends };
        return this.#set(dst, rest);
      }
    }
    if (sem === 'or' && size === 64) {
      const joined = this.#joinHalves(dst, src);
      if (joined !== undefined) {
        this.#flags = { depends: joined.depends };
        return this.#set(dst, joined);
      }
    }
    if (sem === 'test' || sem === 'and' || sem === 'or') {
      const isOne = dst.kind === 'reg' && src.kind === 'reg' && dst.index === src.index && !dst.high && !src.high && size >= 32;
      const a = isOne ? this.#registerSum(dst.index, size) : undefined;
      if (a !== undefined) {
        this.#flags = { depends: this.#value(dst).depends, comparison: { a, b: literal(0n, size), zeroOnly: true } };
        return sem === 'test' || this.#set(dst, this.#value(dst));
      }
    }
    const isZero = sem === 'xor' && dst.kind === 'reg' && src.kind === 'reg' && dst.index === src.index;
    return this.#plain(insn, isZero ? 0 : this.#value(dst).depends | this.#value(src).depends | this.#value(insn.third).depends);
  }

  #plain({ form, dst }: Insn, depends: number): boolean {
    const all = READS_FLAGS.has(form.sem) ? depends | this.#flags.depends : depends;
    if (!KEEPS_FLAGS.has(form.sem)) this.#flags = { depends: form.sem === 'bt' || /^[sr]/.test(form.sem) ? all | this.#flags.depends : all };
    if (form.sem === 'test' || form.sem === 'bt') return true;
    return this.#set(dst, all === 0 ? SAME : unknown(all));
  }

  /** Anything else is followed only while nothing at all changes. */
  #isSame(): boolean {
    return this.#flags.depends === 0 && this.#values.every(({ depends }) => depends === 0);
  }

  #leaOf({ dst, src, size }: Insn): boolean {
    if (src.kind !== 'mem' || src.addressSize !== 64) return false;
    let sum = literal(src.displacement, 64);
    let depends = 0;
    for (const [register, scale] of [[src.base, 1], [src.index, src.scale]]) {
      if (register === NONE) continue;
      if (register >= GPRS) return this.#set(dst, SAME);
      const part = this.#registerSum(register, 64);
      depends |= this.#values[register].depends;
      if (part === undefined) return this.#set(dst, unknown(depends | this.#values[src.base]?.depends));
      sum = plus(sum, part, BigInt(scale));
    }
    return this.#set(dst, depends === 0 || size < 32 ? unknown(depends) : { depends, sum: { ...sum, bits: size } });
  }

  /** The low and the shifted high half of one reading make the whole counter. */
  #joinHalves(dst: Operand, src: Operand): Value | undefined {
    const [x, y] = [this.#value(dst), this.#value(src)];
    const [low, high] = x.high === undefined ? [x, y] : [y, x];
    if (high.high?.shift !== 32 || low.sum === undefined || !isLowHalf(low.sum, high.high.of)) return undefined;
    return { depends: 1 << TSC, sum: high.high.of };
  }

  /** SBB of the high half, when the flags are those of SUB of the low one: both give the high half of the difference. */
  #lessBorrow(dst: Operand, subtrahend: Sum | undefined): Value | undefined {
    const { depends, high } = this.#value(dst);
    const { comparison } = this.#flags;
    if (high?.shift !== 0 || subtrahend?.terms.size !== 0 || comparison?.b.terms.size !== 0) return undefined;
    if (comparison.zeroOnly || comparison.isHigh || !isLowHalf(comparison.a, high.of)) return undefined;
    const whole = literal((subtrahend.constant << HALF) + BigInt.asUintN(32, comparison.b.constant), 64);
    return { depends, high: { shift: 0, of: plus(high.of, whole, -1n) } };
  }

  #branch(cpu: Followed, test: number, outcome: boolean): boolean {
    const { depends, comparison } = this.#flags;
    if (depends === 0) return true;
    const name = TESTS[test];
    if (comparison === undefined || name === undefined) return false;
    if (comparison.zeroOnly ? name !== 'equal' && name !== 'negative' : name === 'negative') return false;
    return comparison.isHigh ? this.#decideHigh(cpu, comparison, name, outcome) : this.#decide(comparison, name, outcome);
  }

  /** What a comparison of high halves says of the whole: it is below b, or below the next number with another high half. */
  #decideHigh(cpu: Followed, { a, b }: Comparison, test: Test, outcome: boolean): boolean {
    const isBelow = (limit: bigint, is: boolean): boolean =>
      limit >> 64n !== 0n || this.#decide({ a, b: literal(limit, 64), zeroOnly: false }, 'below', is);
    const next = b.constant + (1n << HALF);
    switch (test) {
      case 'below':
        return isBelow(b.constant, outcome);
      case 'belowEqual':
        return isBelow(next, outcome);
      case 'equal':
        if (outcome) return isBelow(b.constant, false) && isBelow(next, true);
        return (cpu.rflags & CF) !== 0 ? isBelow(b.constant, true) : isBelow(next, false);
      default:
        return false;
    }
  }

  #decide(comparison: Comparison, test: Test, outcome: boolean): boolean {
    this.#conditions.push({ ...comparison, test, outcome });
    return true;
  }

  // Operands.

  #value(op: Operand): Value {
    if (op.kind !== 'reg') return SAME;
    const value = this.#values[op.index];
    if (op.size === 64 || value.depends === 0 || (op.size === 32 && value.high?.shift === 0)) return value;
    const sum = op.size === 32 ? this.#registerSum(op.index, 32) : undefined;
    return sum === undefined ? unknown(value.depends) : { depends: value.depends, sum };
  }

  #sum(cpu: Followed, op: Operand, size: number): Sum | undefined {
    if (size < 32) return undefined;
    if (op.kind === 'reg') return this.#registerSum(op.index, size);
    if (op.kind === 'imm') return literal(op.value, size);
    return op.kind === 'mem' ? literal(cpu.read(op), size) : undefined;
  }

  /** Of a register before the instruction at hand, at a width; a narrow sum is no wide one, since it may have wrapped. */
  #registerSum(register: number, size: number): Sum | undefined {
    const { depends, sum } = this.#values[register];
    if (depends === 0) return literal(BigInt.asUintN(size, this.#before[register]), size);
    return sum === undefined || sum.bits < size ? undefined : { ...sum, bits: size };
  }

  #set(op: Operand, value: Value): boolean {
    if (op.kind === 'mem') return value.depends === 0;
    if (op.kind !== 'reg') return false;
    const before = this.#values[op.index].depends;
    if (op.size < 32) this.#values[op.index] = before === 0 && value.depends === 0 ? SAME : unknown(before | value.depends);
    else this.#values[op.index] = value.high?.shift === 32 && op.size === 32 ? unknown(value.depends) : value;
    return true;
  }

  #hasFixedAddress(op: Operand): boolean {
    if (op.kind !== 'mem') return true;
    const isFixed = (register: number): boolean => register === NONE || register >= GPRS || this.#values[register].depends === 0;
    return isFixed(op.base) && isFixed(op.index);
  }
}

const isLowHalf = (low: Sum, whole: Sum): boolean =>
  low.bits === 32 && low.terms.size === 1 && low.terms.get(TSC) === 1n && BigInt.asUintN(32, low.constant - whole.constant) === 0n;
