// A loop whose iteration changes nothing → the same loop in one step: clocks and counters go on by as many iterations as fit before the
// next thing that can happen. The proof is by execution: from a state, one whole iteration of instructions that read only registers and
// RAM has led to the same state and has left all of RAM as it was; so the next one does the same, as long as nobody writes to what it
// has accessed. Nothing is guessed from patterns.
// Loops that count, or wait for the time-stamp counter, do all this but for some registers: see induction.ts.

import type { Insn } from '../../isa/insn.ts';
import type { Sem } from '../../isa/sems.ts';
import type { CpuWires } from '../bus.ts';
import { STATUS } from '../flags.ts';
import { type Followed, Induction } from './induction.ts';
import type { AccessWatcher, Mmu } from '../memory/mmu.ts';
import { IS_POLLED, LINE_SHIFT, type Ram } from '../memory/ram.ts';
import { STATE_OFFSETS } from '../state.ts';

/** What the detector needs of its CPU. */
interface Looping extends Followed {
  readonly mmu: Mmu;
  readonly ram: Ram;
  readonly wires: CpuWires;
  /** When the run in progress ends at the latest. */
  readonly stop: number;
  /** What the instruction in execution costs. */
  readonly ticks: number;
  readonly attention: boolean;
  /** Somebody sees every instruction. */
  readonly onExecuted: unknown;
}

/** Meanings that depend on registers and memory only and change nothing else. */
const QUIET: readonly Sem[] = [
  'mov', 'movzx', 'movsx', 'lea', 'push', 'pop', 'push_seg', 'pushf', 'pusha', 'popa',
  'xchg', 'cmpxchg', 'cmpxchg8b', 'cmpxchg16b', 'xadd', 'bswap', 'xlat', 'cmovcc', 'setcc', 'cbw', 'cwd', 'movbe',
  'add', 'adc', 'sub', 'sbb', 'cmp', 'inc', 'dec', 'neg', 'not', 'and', 'or', 'xor', 'test', 'mul', 'imul', 'imul3', 'div', 'idiv',
  'rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'sar', 'shld', 'shrd', 'bt', 'bts', 'btr', 'btc', 'bsf', 'bsr', 'tzcnt', 'lzcnt', 'popcnt',
  'jcc', 'jmp', 'jrcxz', 'loop', 'loope', 'loopne', 'call', 'ret', 'enter', 'leave', 'nop', 'pause',
  'clc', 'stc', 'cmc', 'cld', 'std', 'cli', 'lahf', 'sahf', 'salc', 'fence', 'prefetch',
];

/** What a meaning does that matters here. Where interrupts may be opened, pins are looked at. */
type Kind = 'quiet' | 'opens interrupts' | 'reads time' | 'reads port';
const KINDS: ReadonlyMap<Sem, Kind> = new Map<Sem, Kind>([
  ...QUIET.map((sem) => [sem, 'quiet'] as const),
  ['sti', 'opens interrupts'],
  ['popf', 'opens interrupts'],
  ['rdtsc', 'reads time'],
  ['in', 'reads port'],
]);

/** The longest iteration that is looked for, in instructions. */
const MAX_LENGTH = 256;
/** Iterations after which a loop is taken for one that works. */
const MAX_ATTEMPTS = 4;
/** The same while other CPUs work, whose stores make every proof void, maybe before it has been of use. */
const MAX_DISTURBED = 64;
/** And proofs of no use after which it is left to execution. */
const MAX_IDLE = 32;
/** Backward branches between two attempts: at first, and at most. */
const PATIENCE = 4;
const MAX_PATIENCE = 1024;

/** Ticks in translated code that count as a branch: in a loop that works, more looks at it would cost more than it does. */
const TICKS_FOR_BRANCH = 4096;

const GPR_WORDS = 32;
const TIME = STATE_OFFSETS.time / 8;
const EXTRA = STATE_OFFSETS.extraTicks / 8;
const RFLAGS = STATE_OFFSETS.rflags / 4;
const SHADOW = STATE_OFFSETS.shadow / 4;

/** A status register of a device that says the same until something happens to the device, which ends the turn. */
const isSteadyRead = (cpu: Looping, { src, size }: Insn): boolean =>
  size === 8 && (cpu.wires.bus.isSteady?.(Number(cpu.read(src))) ?? false);

/** The spin detector of one CPU. step() tells it of backward branches, and of every instruction while `watching`. */
export class Spin {
  readonly #cpu: Looping;
  /** Every instruction is looked at: an iteration is being proved, or has been. */
  watching = false;
  /** Until this time the CPU goes round a loop of which nobody else can notice anything, unless something comes from outside. */
  provedUntil = -Infinity;
  /** Instructions of iterations that were not executed, since they would have changed nothing but clocks and counts. */
  skipped = 0;
  /** Called before anything changes on which the proof depends, and before pins are looked at. */
  onDisturb: () => void = () => {};
  /** Something has come from outside since the iteration began. */
  #isDisturbed = false;
  #busAccesses = 0;
  /** Lines of RAM that the iteration, or the proof, has accessed: they are marked. */
  readonly #lines = new Set<number>();
  #readsDevice = false;
  #opensInterrupts = false;
  /** Where iterations begin, and the state there: registers, RFLAGS, shadow. */
  #target = 0n;
  readonly #registers = new Uint32Array(GPR_WORDS);
  #flags = 0;
  #shadow = 0;
  /** Time and extraTicks when the iteration began. */
  #time = 0;
  #extra = 0;
  #length = 0;
  #attempts = 0;
  #disturbed = 0;
  /** Proofs in a row that were of no use, since the run ends too soon. */
  #idle = 0;
  /** The iteration has read the time-stamp counter: the same state does not mean the same way on. */
  #readsTime = false;
  readonly #induction = new Induction();
  /** What each iteration adds to registers. */
  readonly #moves = new Map<number, bigint>();
  /** The iteration has changed RAM itself. */
  #changed = false;
  /** Backward branches until the next attempt. */
  #patience = PATIENCE;
  #nextPatience = PATIENCE;

  constructor(cpu: Looping) {
    this.#cpu = cpu;
    cpu.ram.onChange((line, hasCode) => {
      if (this.watching && (hasCode || this.#lines.has(line))) this.disturb();
    });
  }

  /** Whether a CPU in a proved loop may be left behind in time until `onDisturb`: it does not look at pins, nor at devices. */
  get canWait(): boolean {
    return !this.#readsDevice && !this.#opensInterrupts && !this.#cpu.attention && this.#cpu.onExecuted === undefined;
  }

  /** For how long code may run that tells nothing of its branches, so that a loop in it is found in time. */
  get ticksToLook(): number {
    return (this.#patience + 1) * TICKS_FOR_BRANCH;
  }

  /** At a boundary behind code that has run for so long, and a branch backwards: whether instructions from here on are to be watched. */
  wantsToWatch(ticks: number): boolean {
    this.#patience -= 1 + Math.floor(ticks / TICKS_FOR_BRANCH);
    if (this.#patience >= 0) return false;
    const cpu = this.#cpu;
    this.watching = true;
    this.provedUntil = -Infinity;
    this.#target = cpu.rip;
    this.#attempts = 0;
    this.#idle = 0;
    this.#induction.suspects = 0;
    this.#induction.stop();
    this.#disturbed = 0;
    cpu.mmu.watcher = this.#accesses;
    this.#begin(cpu.time, cpu.extraTicks);
    return true;
  }

  /** The CPU does something else: an event, or an instruction that a loop of this kind does not have. */
  leave(): void {
    if (!this.watching) return;
    this.#stopWatching();
    this.#nextPatience = PATIENCE;
    this.#patience = PATIENCE;
  }

  /** Something comes from outside, maybe in the middle of an iteration. What was proved is to be proved again. */
  disturb(): void {
    if (!this.watching) return;
    this.onDisturb();
    this.provedUntil = -Infinity;
    this.#isDisturbed = true;
  }

  /** Devices may say something else than before. */
  deviceChanged(): void {
    if (this.#readsDevice) this.disturb();
  }

  /** To be called for each instruction while watching, when it has executed and RIP and time are still its own. */
  readonly onExecuted = (cpu: Looping, insn: Insn): void => {
    if (!this.watching) return;
    const kind = KINDS.get(insn.form.sem);
    if (kind === undefined || (kind === 'reads port' && !isSteadyRead(cpu, insn))) {
      this.#giveUp();
      return;
    }
    if (kind === 'reads time') this.#readsTime = true;
    else if (kind === 'reads port') this.#readsDevice = true;
    else if (kind === 'opens interrupts') this.#opensInterrupts = true;
    this.#induction.follow(cpu, insn);
    if (cpu.nextRip === this.#target) {
      this.#arrive(cpu);
    } else if (++this.#length > MAX_LENGTH) {
      this.#giveUp();
    }
  };

  /** Accesses while watching. A store must write what is there already. */
  readonly #accesses: AccessWatcher = {
    load: (physical, size) => {
      const [first, last] = [physical >>> LINE_SHIFT, (physical + (size >>> 3) - 1) >>> LINE_SHIFT];
      this.#poll(first);
      if (last !== first) this.#poll(last);
    },
    store: (physical, size, value) => {
      const isSame = this.#cpu.mmu.readPhysical(physical, size) === BigInt.asUintN(size, value);
      if (!isSame) this.#changed = true;
      return isSame;
    },
  };

  #poll(line: number): void {
    if (this.#lines.has(line)) return;
    this.#lines.add(line);
    this.#cpu.ram.marks[line] |= IS_POLLED;
  }

  /** The state is at the target; time is still that of the branch. */
  #arrive(cpu: Looping): void {
    const time = cpu.floats[TIME] + cpu.ticks;
    const extra = cpu.floats[EXTRA] + cpu.ticks - 1;
    const isQuiet = !this.#changed && this.#busAccesses === cpu.mmu.busAccesses;
    if (isQuiet && !this.#isDisturbed && this.#prove(cpu, time, extra)) return;
    const changing = this.#changing(cpu);
    this.provedUntil = -Infinity;
    if (this.#changed || !this.#isDisturbed ? ++this.#attempts < MAX_ATTEMPTS : ++this.#disturbed < MAX_DISTURBED) {
      this.#begin(time, extra, changing);
    } else {
      this.#giveUp();
    }
  }

  /** Takes as many iterations as fit; false if nothing is proved. */
  #prove(cpu: Looping, time: number, extra: number): boolean {
    const period = time - this.#time;
    const room = Math.floor((cpu.stop - time) / period);
    const changing = this.#changing(cpu);
    let taken = Math.max(0, room);
    if (this.#readsTime || changing !== 0 || cpu.words32[RFLAGS] !== this.#flags) {
      if (((cpu.words32[RFLAGS] ^ this.#flags) & ~STATUS) !== 0 || cpu.words32[SHADOW] !== this.#shadow) return false;
      const alike = this.#induction.iterations(cpu, time, period, this.#moves);
      if (alike < 1) return false;
      // What does not move by a constant comes out right only when the last iteration is executed.
      taken = Math.max(0, Math.min(alike, room) - 1);
      for (const [register, move] of this.#moves) {
        const isNarrow = this.#induction.isNarrow(register);
        cpu.gpr[register] = BigInt.asUintN(isNarrow ? 32 : 64, cpu.gpr[register] + BigInt(taken) * move);
      }
      this.provedUntil = time + alike * period;
      this.#idle = taken > 0 ? 0 : this.#idle + 1;
      if (this.#idle > MAX_IDLE) return false;
    } else if (cpu.words32[SHADOW] === this.#shadow) {
      this.provedUntil = Infinity;
    } else {
      return false;
    }
    this.#attempts = 0;
    if (taken > 0 && !this.#readsTime) this.#disturbed = 0;
    this.#nextPatience = PATIENCE;
    const ticksExtra = extra - this.#extra;
    this.skipped += taken * (period - ticksExtra);
    cpu.floats[TIME] += taken * period;
    cpu.floats[EXTRA] += taken * ticksExtra;
    this.#begin(time + taken * period, extra + taken * ticksExtra, changing);
    return true;
  }

  /** A bit for each register that is not as it was when the iteration began. */
  #changing(cpu: Looping): number {
    const { gpr32 } = cpu;
    let changing = 0;
    for (let word = 0; word < GPR_WORDS; word++) if (gpr32[word] !== this.#registers[word]) changing |= 1 << (word >> 1);
    return changing;
  }

  /** An iteration begins; the last one has changed the registers in `changing`. */
  #begin(time: number, extra: number, changing = 0): void {
    const cpu = this.#cpu;
    const { suspects } = this.#induction;
    if (changing !== 0) this.#induction.begin(cpu, time, changing | suspects);
    else this.#induction.stop();
    this.#readsTime = false;
    this.#isDisturbed = false;
    if (this.provedUntil === -Infinity) {
      this.#lines.clear();
      this.#readsDevice = false;
      this.#opensInterrupts = false;
    }
    this.#busAccesses = cpu.mmu.busAccesses;
    this.#registers.set(cpu.gpr32);
    this.#flags = cpu.words32[RFLAGS];
    this.#shadow = cpu.words32[SHADOW];
    this.#time = time;
    this.#extra = extra;
    this.#length = 0;
    this.#changed = false;
  }

  /** This loop works: the next attempt comes later. */
  #giveUp(): void {
    this.#stopWatching();
    this.#nextPatience = Math.min(2 * this.#nextPatience, MAX_PATIENCE);
    this.#patience = this.#nextPatience;
  }

  #stopWatching(): void {
    this.watching = false;
    this.provedUntil = -Infinity;
    this.#cpu.mmu.watcher = undefined;
  }
}
