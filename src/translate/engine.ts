// Hot instructions → regions → code that runs in place of the interpreter. Which engine ran cannot be observed: translated code begins and
// ends at boundaries, takes no more ticks than are left, and leaves everything that is not plain integer work to the interpreter.

import type { Cpu } from '../cpu/cpu.ts';
import { Fault, PF } from '../cpu/events/fault.ts';
import { decodedOf } from '../cpu/code/fetch.ts';
import { IF } from '../cpu/flags.ts';
import { type Decoded, HOPELESS, type InsnCache, type TranslatedEntry } from '../cpu/code/icache.ts';
import { READ, WRITE } from '../cpu/memory/paging.ts';
import { HAS_CODE, LINE_BYTES, type Ram } from '../cpu/memory/ram.ts';
import { NO_SHADOW, STATE_OFFSETS } from '../cpu/state.ts';
import { takeFault } from '../cpu/step.ts';
import { addendOf, TLB_RUN } from '../cpu/memory/tlb.ts';
import type { Translator } from '../cpu/code/translated.ts';
import { Chain, type RegionFunction, targetOf, type WayIn } from './chain.ts';
import { type CompileContext, compile } from './compile.ts';
import { ACCESSES, MISSED } from './emitter.ts';
import { canEmit, hasOneAccess } from './emitters/index.ts';
import { type Block, type CodePage, discover, linesOf, PAGE_BYTES, type Region, ticksOfAll } from './region.ts';
import { instantiate } from './host.ts';
import { hasPlainSegments } from './segments.ts';
import { walkOf } from './walk.ts';

export interface TranslatorOptions {
  readonly ram: Ram;
  readonly code: InsnCache<Cpu>;
  /** The memory of the machine; where in it the byte of line n is, less n, and the ways into regions (chain.ts). */
  readonly memory: { readonly wasm: { readonly buffer: ArrayBuffer }; readonly marksOffset: number; readonly waysOffset: number };
  /** How often an instruction must have been the target of a branch to be worth a region, whatever has been dropped; for tests. */
  readonly hot?: number;
  /** How many regions there may be; for tests. */
  readonly regions?: number | undefined;
}

const HOT = 1000;
/** The same for the first region of all: that costs much more, for the host has yet to see to the translator. */
const FIRST_HOT = 8000;
/** And so often again when there is code for it that does not fit: of another address space or privilege. */
const VERY_HOT = 20_000;
/** An entry that so often could not execute its first instruction is given up. */
const MAX_FAILURES = 100;
/** Regions that so many accesses miss the TLB in, on an average of less than so many ticks, call for walks. */
const MANY_MISSES = 200;
const TICKS_FOR_MISS = 500;
/** A region that leads to hot code is made anew with it, so often at most; so many places where it leads to are looked at. */
const MAX_GROWTH = 4;
const MAX_EXITS = 32;
const MAX_TICKS = MISSED - 1;
/** What is alive at most; then the older half of it is dropped, and what is hot comes back. */
const MAX_REGIONS = 2000;
const MAX_BYTES = 12_000_000;
/** So many ticks of translated code make up for a translation that is dropped. */
const COST = 2 ** 20;
/** While that is owed for so many, code must be twice as hot, and again for each as many, up to this debt. */
const COSTS_FOR_DOUBLING = 4;
const MAX_DEBT = 8 * COSTS_FOR_DOUBLING * COST;

const TIME = STATE_OFFSETS.time / 8;
const RIP_LOW = STATE_OFFSETS.rip / 4;
const RIP_HIGH = RIP_LOW + 1;
const RFLAGS = STATE_OFFSETS.rflags / 4;
const SHADOW = STATE_OFFSETS.shadow / 4;

/** One compiled region. */
interface Translation {
  /** Where its making began. */
  readonly roots: readonly bigint[];
  readonly context: CompileContext;
  /** How often it has been made larger. */
  readonly grown: number;
  /** Where it has led to, by address, where there was no code to go on with. */
  readonly exits: Map<bigint, Decoded<Cpu>>;
  /** Its place in the chain. */
  readonly place: number;
  readonly lines: ReadonlySet<number>;
  readonly entries: Entry[];
  readonly bytes: number;
  readonly entersTlb: boolean;
  /** Accesses that missed the TLB since `ticks` was this. */
  misses: number;
  since: number;
}

interface Entry extends TranslatedEntry, WayIn {
  readonly owner: Translation;
  /** The instruction that it begins with. */
  readonly head: Decoded<Cpu>;
  /** Of the code segment. */
  readonly codeBase: number;
  /** Ticks of its block. */
  readonly ticks: number;
  failures: number;
}

export class RegionTranslator implements Translator<Cpu> {
  readonly #options: TranslatorOptions;
  readonly #hot: number;
  readonly #maxRegions: number;
  /** Made when it is needed. */
  #lazyChain: Chain | undefined;
  #lazyWalk: object | undefined;
  readonly #live = new Set<Translation>();
  /** Regions with code in a line of RAM. */
  readonly #byLine = new Map<number, Set<Translation>>();
  /** Ticks that translations which were dropped have still cost when `ticks` was `#settled`. */
  #debt = 0;
  #settled = 0;
  readonly #words: Uint32Array;
  readonly #floats: Float64Array;
  #bytes = 0;
  readonly #byPlace: (Translation | undefined)[] = [];
  /** What the last run has left for where nothing was known. */
  #from: Translation | undefined;
  /** The CPU that runs translated code. */
  #cpu: Cpu | undefined;
  /** Regions made so far, how often the host has entered one, and ticks spent in them. */
  compiled = 0;
  entered = 0;
  ticks = 0;

  constructor(options: TranslatorOptions) {
    this.#options = options;
    this.#hot = options.hot ?? HOT;
    this.#maxRegions = options.regions ?? MAX_REGIONS;
    this.#words = new Uint32Array(options.memory.wasm.buffer);
    this.#floats = new Float64Array(options.memory.wasm.buffer);
    options.ram.onWrite(HAS_CODE, (line) => this.#written(line));
  }

  run(cpu: Cpu, decoded: Decoded<Cpu>, room: number): boolean {
    const { words32, floats } = cpu;
    let entry = decoded.entry as Entry | undefined;
    const from = this.#from;
    this.#from = undefined;
    if (entry === undefined || !isFor(entry, cpu)) {
      if (from !== undefined && from.grown < MAX_GROWTH && from.exits.size < MAX_EXITS) from.exits.set(addressOf(cpu), decoded);
      if (++decoded.heat < this.#hot || decoded.heat < this.#threshold()) return false;
      this.#translate(cpu, decoded, addressOf(cpu), from);
      entry = decoded.entry as Entry | undefined;
      if (entry === undefined) return false;
    }
    if (!hasPlainSegments(cpu)) return false;
    const ticks = Math.min(room, MAX_TICKS);
    if (ticks < entry.ticks) return false;
    this.#cpu = cpu;
    this.#floats[(cpu.tlbOffset + TLB_RUN.end) / 8] = floats[TIME] + ticks;
    this.#words[(cpu.tlbOffset + TLB_RUN.interruptWaits) / 4] = (words32[RFLAGS] & IF) === 0 && cpu.wires.interrupts.pendingVector >= 0 ? 1 : 0;
    this.#words[(cpu.tlbOffset + TLB_RUN.walksArePlain) / 4] = cpu.mmu.isWatched === undefined && !cpu.isAlignmentChecked ? 1 : 0;
    this.#words[(cpu.tlbOffset + TLB_RUN.transfersArePlain) / 4] = cpu.wires.counters.ringsMatter ? 0 : 1;
    this.entered++;
    const result = this.#chain.run(entry, cpu.bytes.byteOffset, cpu.tlbOffset, ticks);
    cpu.followPrivilege();
    const left = result % MISSED;
    this.ticks += ticks - left;
    floats[TIME] += ticks - left;
    this.#from = this.#byPlace[this.#words[(cpu.tlbOffset + TLB_RUN.lastRegion) / 4]];
    this.#words[(cpu.tlbOffset + TLB_RUN.lastRegion) / 4] = 0;
    const fault = this.#fault(cpu);
    if (fault !== undefined && left > 0) {
      takeFault(cpu, fault);
      return true;
    }
    if (result >= MISSED) this.#missed(cpu);
    else if (left === ticks && ++entry.failures > MAX_FAILURES) this.#giveUp(entry);
    if (left === ticks) return false;
    if (words32[SHADOW] !== NO_SHADOW) cpu.attention = true;
    return true;
  }

  /** The page fault of the instruction at RIP, if the walk has found its page not present and it can do nothing else. */
  #fault(cpu: Cpu): Fault | undefined {
    const error = this.#words[(cpu.tlbOffset + TLB_RUN.faultError) / 4];
    if (error === 0) return undefined;
    this.#words[(cpu.tlbOffset + TLB_RUN.faultError) / 4] = 0;
    const { mmu, mode, words32 } = cpu;
    const physical = mmu.knownFetch((words32[RIP_LOW] + cpu.codeBase) >>> 0, words32[RIP_HIGH]);
    const decoded = physical < 0 ? undefined : this.#options.code.at(physical, mode);
    if (decoded === undefined || !hasOneAccess(decoded.insn)) return undefined;
    const address = (cpu.tlbOffset + TLB_RUN.faultAddress) / 4;
    return new Fault(PF, error - 1, (BigInt(this.#words[address + 1]) << 32n) | BigInt(this.#words[address]));
  }

  get #chain(): Chain {
    const { memory } = this.#options;
    return (this.#lazyChain ??= new Chain(memory.wasm, memory.waysOffset, this.#maxRegions));
  }

  /** What regions call for an access that misses the TLB. */
  get #walk(): object {
    const { memory, ram } = this.#options;
    const context = { ramOffset: ram.bytes.byteOffset, ramBytes: ram.size, marksOffset: memory.marksOffset };
    return (this.#lazyWalk ??= walkOf(context, memory.wasm, this.#hostWalk));
  }

  /**
   * 1 if the TLB has the page now, else the interpreter has to look. Nobody may notice it: a CPU that polls page tables would catch up to a
   * time at which this one is not.
   */
  readonly #hostWalk = (low: number, high: number, size: number, access: number): number => {
    this.#cpu!.followPrivilege();
    const { mmu } = this.#cpu!;
    if (ACCESSES[access] !== 'read' && !mmu.enter(low, high, size, WRITE)) return 0;
    if (ACCESSES[access] !== 'write' && !mmu.enter(low, high, size, READ)) return 0;
    return 1;
  };

  /** An access in the instruction at RIP has missed the TLB. Regions that this happens to often are made anew, with walks. */
  #missed(cpu: Cpu): void {
    const physical = cpu.mmu.knownFetch((cpu.words32[RIP_LOW] + cpu.codeBase) >>> 0, cpu.words32[RIP_HIGH]);
    const found = physical < 0 ? undefined : this.#byLine.get(Math.floor(physical / LINE_BYTES));
    for (const translation of found ?? []) {
      if (translation.entersTlb || ++translation.misses < MANY_MISSES) continue;
      const isOften = this.ticks - translation.since < MANY_MISSES * TICKS_FOR_MISS;
      translation.misses = 0;
      translation.since = this.ticks;
      if (!isOften) continue;
      this.#drop(translation);
      const region = this.#discover(cpu, translation.roots);
      if (region !== undefined) this.#make(cpu, region, translation.grown, true);
      return;
    }
  }

  /** Forgets all translated code, and what it has cost. */
  clear(): void {
    for (const translation of this.#live) this.#drop(translation);
    this.#debt = 0;
  }

  /** Half of what is alive. */
  #dropOlder(): void {
    let count = Math.ceil(this.#live.size / 2);
    for (const translation of this.#live) {
      if (count-- === 0) break;
      this.#drop(translation);
    }
  }

  #giveUp(entry: Entry): void {
    this.#chain.forget(entry);
    entry.head.entry = undefined;
    entry.head.heat = HOPELESS;
  }

  /** Makes a region for a hot address, or makes that which has led there larger. */
  #translate(cpu: Cpu, decoded: Decoded<Cpu>, address: bigint, from: Translation | undefined): void {
    decoded.heat = HOPELESS;
    if (!canEmit(decoded.insn) || !hasPlainSegments(cpu)) return;
    if (from !== undefined && this.#live.has(from) && from.grown < MAX_GROWTH && isLike(from, cpu)) {
      const warm = [...from.exits].filter(([_, exit]) => exit.heat > this.#threshold() / 4).map(([exit]) => exit);
      const region = this.#discover(cpu, [...new Set([...from.roots, address, ...warm])]);
      if (region !== undefined && !region.isFull) {
        this.#drop(from, 0);
        this.#make(cpu, region, from.grown + 1, from.entersTlb);
        return;
      }
    }
    const region = this.#discover(cpu, [address]);
    if (region !== undefined) this.#make(cpu, region, 0, false);
  }

  #discover(cpu: Cpu, roots: readonly bigint[]): Region | undefined {
    const { ram, code } = this.#options;
    const { mode } = cpu;
    const frameOf = (page: number): number | undefined => {
      const physical = cpu.mmu.knownFetch((page % 2 ** 20) * PAGE_BYTES, Math.floor(page / 2 ** 20));
      return physical < 0 || physical >= ram.size ? undefined : physical / PAGE_BYTES;
    };
    const isKnown = (physical: number): boolean => (code.at(physical, mode) ?? code.straddler(physical, mode)) !== undefined;
    return discover({ mode, codeBase: BigInt(cpu.codeBase), frameOf, bytes: ram.bytes, isKnown, canEmit }, roots);
  }

  #make(cpu: Cpu, region: Region, grown: number, entersTlb: boolean): void {
    const { ram, code, memory } = this.#options;
    const { mode } = cpu;
    const codeBase = BigInt(cpu.codeBase);
    if (this.#live.size >= this.#maxRegions || this.#bytes > MAX_BYTES) this.#dropOlder();
    const context: CompileContext = {
      mode,
      codeBase,
      user: cpu.mmu.user,
      entersTlb,
      marksOffset: memory.marksOffset,
      ramOffset: ram.bytes.byteOffset,
      memoryPages: memory.wasm.buffer.byteLength / 0x1_0000,
    };
    const { bytes, entries } = compile(region, context);
    const { f } = instantiate<{ f: RegionFunction }>(bytes, memory.wasm, this.#walk);
    this.compiled++;
    const translation: Translation = {
      roots: region.roots,
      context,
      place: this.#chain.add(f),
      grown,
      exits: new Map(),
      lines: linesOf(region),
      entries: [],
      bytes: bytes.length,
      entersTlb,
      misses: 0,
      since: this.ticks,
    };
    this.#live.add(translation);
    this.#byPlace[translation.place] = translation;
    this.#bytes += bytes.length;
    for (const line of translation.lines) {
      ram.mark(line * LINE_BYTES, HAS_CODE);
      const known = this.#byLine.get(line);
      if (known === undefined) this.#byLine.set(line, new Set([translation]));
      else known.add(translation);
    }
    for (const [number, block] of entries.entries()) {
      if (block.secondPage !== undefined) continue;
      const head = headOf(code, region, block);
      if (head.entry !== undefined && !region.roots.includes(block.at)) continue;
      this.#enter(translation, head, number, block, region.pages[block.page], context);
    }
  }

  #enter(owner: Translation, head: Decoded<Cpu>, number: number, block: Block, page: CodePage, context: CompileContext): void {
    const { mode, user, codeBase, ramOffset } = context;
    const rip = block.at - codeBase;
    const entry: Entry = {
      owner,
      head,
      mode,
      user,
      codeBase: Number(codeBase),
      low: Number(rip & 0xffff_ffffn),
      high: Number(rip >> 32n),
      addend: addendOf(ramOffset, page.linear, page.frame * PAGE_BYTES),
      target: targetOf(owner.place, number),
      ticks: ticksOfAll(block.steps),
      failures: 0,
    };
    head.entry = entry;
    head.heat = this.#hot - VERY_HOT;
    owner.entries.push(entry);
  }

  #written(line: number): void {
    const found = this.#byLine.get(line / LINE_BYTES);
    if (found === undefined) return;
    for (const translation of [...found]) this.#drop(translation);
  }

  /** How hot code must be for a translation: hotter while these are dropped time and again, since their code is written or there are too many. */
  #threshold(): number {
    if (this.#options.hot !== undefined) return this.#options.hot;
    this.#settle(0);
    return (this.compiled === 0 ? FIRST_HOT : HOT) * 2 ** Math.floor(this.#debt / (COSTS_FOR_DOUBLING * COST));
  }

  #settle(cost: number): void {
    this.#debt = Math.min(Math.max(0, this.#debt - (this.ticks - this.#settled)) + cost, MAX_DEBT);
    this.#settled = this.ticks;
  }

  #drop(translation: Translation, cost = COST): void {
    this.#settle(cost);
    this.#byPlace[translation.place] = undefined;
    this.#live.delete(translation);
    this.#bytes -= translation.bytes;
    for (const line of translation.lines) {
      const known = this.#byLine.get(line);
      known?.delete(translation);
      if (known?.size === 0) this.#byLine.delete(line);
    }
    for (const entry of translation.entries) {
      this.#chain.forget(entry);
      if (entry.head.entry !== entry) continue;
      entry.head.entry = undefined;
      entry.head.heat = 0;
    }
    this.#chain.remove(translation.place);
  }
}

/** Linear, of the next instruction. */
const addressOf = (cpu: Cpu): bigint => cpu.rip + BigInt(cpu.codeBase);

const isLike = ({ context }: Translation, cpu: Cpu): boolean =>
  context.mode === cpu.mode && context.user === cpu.mmu.user && context.codeBase === BigInt(cpu.codeBase);

const isFor = (entry: Entry, cpu: Cpu): boolean =>
  entry.low === cpu.words32[RIP_LOW] && entry.high === cpu.words32[RIP_HIGH] && entry.user === cpu.mmu.user && entry.codeBase === cpu.codeBase;

/** The decoded instruction that a block begins with; it may not have been executed yet. */
function headOf(code: InsnCache<Cpu>, region: Region, block: Block): Decoded<Cpu> {
  const { frame } = region.pages[block.page];
  const physical = frame * PAGE_BYTES + Number(block.at & 0xfffn);
  const known = code.at(physical, region.mode);
  if (known !== undefined) return known;
  const decoded = decodedOf(block.steps[0].insn);
  code.put(code.slots(frame, region.mode), physical, decoded);
  return decoded;
}
