// A region → a WebAssembly module. Registers live in locals from the entry to the way out; blocks are laid out with structured control
// (structure.ts), each beginning with its share of the ticks that are left: a block that does not fit is not entered.

import { RF, STATUS } from '../cpu/flags.ts';
import { NO_SHADOW, STATE_OFFSETS } from '../cpu/state.ts';
import { addendOf, TLB_ADDEND_BYTE, TLB_ENTRIES, TLB_ENTRY_BYTES, TLB_KINDS, TLB_TABLE_BYTES } from '../cpu/memory/tlb.ts';
import { pushRflags } from './emitters/common.ts';
import { branchCondition } from './emitters/flow.ts';
import { EMITTERS } from './emitters/index.ts';
import { multiplyHighFunction } from './emitters/multiply.ts';
import { type Context, EXECUTE_TABLE, Emitter } from './emitter.ts';
import { ALL, emitFlags, flagsFunction, type Kind } from './flags.ts';
import { FUNCTION, LOCAL, REGION_LOCALS, REGION_TYPE } from './locals.ts';
import { type Block, isBranch, isConditional, isTransfer, PAGE_BYTES, type Region, type Step, ticksOf, ticksOfAll } from './region.ts';
import { type Structure, structureOf } from './structure.ts';
import { WALK_TYPE } from './walk.ts';
import { Code, I32, I64, MEMORY, moduleOf, TYPE, type WasmFunction } from './wasm.ts';

export interface CompileContext extends Context {
  /** Where RAM begins in memory, and pages of 64 KiB that the memory has. */
  readonly ramOffset: number;
  readonly memoryPages: number;
}

/** `entries`: blocks by the number that the function's last parameter chooses. */
export interface CompiledRegion {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly entries: readonly Block[];
}

export function compile(region: Region, context: CompileContext): CompiledRegion {
  const writer = new RegionWriter(region, context);
  return { bytes: moduleOf(writer.functions(), { pages: context.memoryPages, imported: WALK_TYPE }), entries: writer.entries };
}

class RegionWriter {
  readonly #region: Region;
  readonly #context: CompileContext;
  readonly #structure: Structure;
  readonly #e: Emitter;
  /** Labels of open blocks and loops: of joins, of loop heads, of the dispatcher. */
  readonly #joins = new Map<number, number>();
  readonly #heads = new Map<number, number>();
  #dispatcher = 0;
  /** What is known of the flags at the end of each block written so far; before it is written, nothing. */
  readonly #kinds = new Map<number, Kind | undefined>();
  #hasIndirect = false;

  constructor(region: Region, context: CompileContext) {
    this.#region = region;
    this.#context = context;
    this.#e = new Emitter(context);
    this.#structure = structureOf({
      size: region.blocks.length,
      successors: (node) => region.blocks[node].targets.flatMap((target) => region.byAddress.get(target) ?? []),
      entries: region.entries,
    });
  }

  get entries(): readonly Block[] {
    return this.#structure.entries.map((node) => this.#region.blocks[node]);
  }

  functions(): WasmFunction[] {
    const e = this.#e;
    e.openExits();
    this.#dispatch();
    e.end();
    e.code.get(LOCAL.left).i32(-1).op(I32.xor).set(LOCAL.left);
    e.end();
    const code = new Code();
    this.#enter(code);
    code.append(e.code.bytes);
    this.#exit(code);
    return [
      { ...REGION_TYPE, locals: REGION_LOCALS, code },
      flagsFunction(),
      this.#hasIndirect ? this.#findFunction() : { params: [], result: TYPE.i32, locals: [], code: new Code().i32(-1) },
      multiplyHighFunction(),
    ];
  }

  /** Registers and flags from the CPU's state. */
  #enter(code: Code): void {
    for (const register of this.#e.touched) {
      code.get(LOCAL.state).memory(MEMORY.i64_load, STATE_OFFSETS.gpr + 8 * register).set(LOCAL.gpr + register);
    }
    code.get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS.rflags).i32(STATUS).op(I32.and).set(LOCAL.rest);
    code.i32(ALL).set(LOCAL.kind);
  }

  /** And back. The result is how many ticks are left, or the complement if the interpreter is asked for. */
  #exit(code: Code): void {
    for (const register of this.#e.written) {
      code.get(LOCAL.state).get(LOCAL.gpr + register).memory(MEMORY.i64_store, STATE_OFFSETS.gpr + 8 * register);
    }
    code.get(LOCAL.state).get(LOCAL.rip).memory(MEMORY.i64_store, STATE_OFFSETS.rip);
    code.get(LOCAL.state).get(LOCAL.state).memory(MEMORY.i32_load, STATE_OFFSETS.rflags).i32(~STATUS).op(I32.and);
    emitFlags(code, undefined);
    code.op(I32.or).memory(MEMORY.i32_store, STATE_OFFSETS.rflags).get(LOCAL.left);
  }

  #dispatch(): void {
    const e = this.#e;
    const joins = this.#structure.joinsIn('dispatcher');
    this.#dispatcher = e.loop();
    this.#writeJoins(joins, () => {
      const depths = this.#structure.entries.map((entry) => e.depth - this.#joins.get(entry)!);
      e.code.get(LOCAL.next).brTable(depths, depths[0]);
    });
    e.end();
    e.code.unreachable();
  }

  /** `body` inside a block for each of `joins`, whose code follows its block. */
  #writeJoins(joins: readonly number[], body: () => void): void {
    const e = this.#e;
    for (const join of joins.toReversed()) this.#joins.set(join, e.block());
    body();
    for (const join of joins) {
      e.end();
      this.#writeTree(join);
    }
  }

  #writeTree(node: number): void {
    const e = this.#e;
    const isHead = this.#structure.isLoopHead(node);
    if (isHead) this.#heads.set(node, e.loop());
    this.#writeJoins(this.#structure.joinsIn(node), () => this.#writeBlock(node));
    if (isHead) e.end();
  }

  #writeBlock(node: number): void {
    const e = this.#e;
    const { steps, secondPage } = this.#region.blocks[node];
    e.kind = this.#kindAtStart(node);
    let ticks = ticksOfAll(steps);
    e.code.get(LOCAL.left).i32(ticks).op(I32.sub).tee(LOCAL.left).i32(0).op(I32.lt_s);
    e.begin(steps[0], ticks);
    e.leaveBeforeIf();
    if (secondPage !== undefined) {
      this.#pushPageMismatch(secondPage);
      e.leaveBeforeIf();
    }
    for (const [index, step] of steps.entries()) {
      e.begin(step, ticks);
      EMITTERS[step.insn.form.sem]!(e, step.insn);
      if (index > 0 && holdsBack(steps[index - 1])) e.code.get(LOCAL.state).i32(NO_SHADOW).memory(MEMORY.i32_store, STATE_OFFSETS.shadow);
      ticks -= ticksOf(step.insn);
    }
    this.#kinds.set(node, e.kind);
    this.#writeEnd(node);
  }

  /** The same for all blocks before it, if they are written already and it cannot be entered from elsewhere. */
  #kindAtStart(node: number): Kind | undefined {
    if (this.#structure.entries.includes(node)) return undefined;
    const kinds = this.#region.blocks.flatMap((block, from) =>
      block.targets.includes(this.#region.blocks[node].at) ? [this.#kinds.get(from)] : [],
    );
    return kinds.every((kind) => kind === kinds[0]) ? kinds[0] : undefined;
  }

  /** Where the block goes on. */
  #writeEnd(node: number): void {
    const e = this.#e;
    const block = this.#region.blocks[node];
    const { insn } = block.steps[block.steps.length - 1];
    if (isTransfer(insn)) {
      // RF holds for the one instruction at the end of which the interpreter takes it away.
      pushRflags(e.code).i32(RF).op(I32.and);
      e.if();
      e.giveUpAtRip();
      e.end();
      e.leaveToRip();
      return;
    }
    if (block.targets.length === 0) {
      this.#writeIndirect(block);
      return;
    }
    if (holdsBack(block.steps[block.steps.length - 1])) {
      e.giveUp(block.targets[0]);
      return;
    }
    if (!isBranch(insn) || !isConditional(insn)) {
      this.#writeEdge(node, block.targets[0]);
      return;
    }
    branchCondition(e, insn);
    this.#kinds.set(node, e.kind);
    e.if();
    this.#writeEdge(node, block.targets[0]);
    e.else();
    this.#writeEdge(node, block.targets[1]);
    e.end();
    e.code.unreachable();
  }

  #writeEdge(from: number, address: bigint): void {
    const e = this.#e;
    const to = this.#region.byAddress.get(address);
    if (to === undefined) {
      e.leave(address);
      return;
    }
    const { page } = this.#region.blocks[to];
    // The page that the interpreter would have fetched from last is, for an instruction on two pages, the first.
    if (page !== this.#region.blocks[from].page) {
      this.#pushPageMismatch(page);
      e.if();
      e.leave(address);
      e.end();
    }
    switch (this.#structure.edge(from, to)) {
      case 'inline':
        this.#writeTree(to);
        break;
      case 'forward':
        e.br(this.#joins.get(to)!);
        break;
      case 'back':
        e.br(this.#heads.get(to)!);
        break;
      case 'dispatch':
        e.code.i32(this.#structure.entries.indexOf(to)).set(LOCAL.next);
        e.br(this.#dispatcher);
    }
  }

  /** Pushes 1 if a page of the region is not where it was, or nobody knows: fetching from it is then the interpreter's. */
  #pushPageMismatch(page: number): void {
    const { linear, frame } = this.#region.pages[page];
    const at = EXECUTE_TABLE + (this.#context.user ? TLB_KINDS * TLB_TABLE_BYTES : 0) + (linear % TLB_ENTRIES) * TLB_ENTRY_BYTES;
    const addend = addendOf(this.#context.ramOffset, linear, frame * PAGE_BYTES);
    this.#e.code.get(LOCAL.tlb).memory(MEMORY.i64_load, at).i64(BigInt(linear)).op(I64.ne);
    this.#e.code.get(LOCAL.tlb).memory(MEMORY.i32_load, at + TLB_ADDEND_BYTE).i32(addend).op(I32.ne, I32.or);
  }

  /** An indirect branch, to LOCAL.rip: inside the region if that is an entry of it and in the same page, else out of it. */
  #writeIndirect(block: Block): void {
    const e = this.#e;
    this.#hasIndirect = true;
    e.code.get(LOCAL.rip).i64(BigInt(this.#region.pages[block.page].linear)).get(LOCAL.tlb).call(FUNCTION.find);
    e.code.tee(LOCAL.next).i32(0).op(I32.ge_s);
    e.if();
    e.br(this.#dispatcher);
    e.end();
    e.leaveToRip();
  }

  /** Function of an address, the page come from, and the TLB: number of the entry there, or -1 if the region has to be left. */
  #findFunction(): WasmFunction {
    const [address, page, tlb] = [0, 1, 2];
    const code = new Code();
    const entries = this.#structure.entries.map((node, number) => ({ block: this.#region.blocks[node], number }));
    const { shift, buckets } = bucketsOf(entries.map(({ block }) => this.#e.ripAt(block.at)));
    for (let bucket = buckets.length; bucket > 0; bucket--) code.block();
    code.get(address).i64(BigInt(shift)).op(I64.shr_u, I32.wrap_i64).i32(buckets.length - 1).op(I32.and);
    code.brTable(buckets.map((_, bucket) => bucket), 0);
    for (const bucket of buckets) {
      code.end();
      for (const index of bucket) {
        const { block, number } = entries[index];
        const { linear, frame } = this.#region.pages[block.page];
        const { ramOffset, user } = this.#context;
        const at = EXECUTE_TABLE + (user ? TLB_KINDS * TLB_TABLE_BYTES : 0) + (linear % TLB_ENTRIES) * TLB_ENTRY_BYTES;
        const addend = addendOf(ramOffset, linear, frame * PAGE_BYTES);
        code.get(address).i64(this.#e.ripAt(block.at)).op(I64.eq).if();
        code.get(page).i64(BigInt(linear)).op(I64.eq);
        code.get(tlb).memory(MEMORY.i64_load, at).i64(BigInt(linear)).op(I64.eq);
        code.get(tlb).memory(MEMORY.i32_load, at + TLB_ADDEND_BYTE).i32(addend).op(I32.eq, I32.and, I32.or);
        code.if().i32(number).return().end();
        code.end();
      }
      code.i32(-1).return();
    }
    code.unreachable();
    const { i32, i64 } = TYPE;
    return { params: [i64, i64, i32], result: i32, locals: [], code };
  }
}

/** Whether the next instruction is in the shadow of this one; what ends the shadow is in the same block, or the interpreter's. */
const holdsBack = ({ insn }: Step): boolean => insn.form.sem === 'sti';

/** Addresses by some of their low bits: as many buckets as there are addresses, up to a power of two, and a shift that spreads them. */
function bucketsOf(addresses: readonly bigint[]): { readonly shift: number; readonly buckets: readonly (readonly number[])[] } {
  const count = 2 ** Math.ceil(Math.log2(addresses.length + 1));
  const fill = (shift: number): number[][] => {
    const buckets: number[][] = Array.from({ length: count }, () => []);
    for (const [index, address] of addresses.entries()) buckets[Number((address >> BigInt(shift)) % BigInt(count))].push(index);
    return buckets;
  };
  const longest = (buckets: readonly (readonly number[])[]): number => Math.max(...buckets.map(({ length }) => length));
  const choices = [0, 1, 2, 3, 4].map((shift) => ({ shift, buckets: fill(shift) }));
  return choices.reduce((best, choice) => (longest(choice.buckets) < longest(best.buckets) ? choice : best));
}
