// A hot address → a region: the basic blocks that direct jumps, calls and what follows calls can reach from there, as far as their pages
// are in the TLB and the region stays small. Code that has never been executed is left out: most of it never will be. What cannot be
// translated ends a block; the code behind it belongs to the region all the same, since the interpreter will come back there.

import { truncate } from '../base/bits.ts';
import { LINE_BYTES } from '../cpu/memory/ram.ts';
import { PAUSE_TICKS } from '../cpu/semantics/flow.ts';
import { decode, MAX_LENGTH } from '../isa/decode.ts';
import type { Insn } from '../isa/insn.ts';
import type { Mode } from '../isa/operand.ts';
import type { Sem } from '../isa/sems.ts';

export const PAGE_BYTES = 0x1000;
const MAX_PAGES = 8;
const MAX_INSNS = 600;

/** A page of code: linear and physical page numbers. */
export interface CodePage {
  readonly linear: number;
  readonly frame: number;
}

export interface Step {
  readonly insn: Insn;
  /** Linear address of the instruction. */
  readonly at: bigint;
  /** And of what is behind it. */
  readonly next: bigint;
}

export interface Block {
  readonly at: bigint;
  readonly page: number;
  /** An instruction on two pages stands alone in its block; this is its other page. */
  readonly secondPage: number | undefined;
  readonly steps: readonly Step[];
  /** Where it goes on: addresses, whether in the region or not. Indirect branches have none. */
  readonly targets: readonly bigint[];
}

export interface Region {
  readonly mode: Mode;
  /** Where its making began. */
  readonly roots: readonly bigint[];
  readonly blocks: readonly Block[];
  readonly byAddress: ReadonlyMap<bigint, number>;
  /** Numbers of the blocks that can be entered from outside. */
  readonly entries: readonly number[];
  readonly pages: readonly CodePage[];
  /** There would be more, but for its size. */
  readonly isFull: boolean;
}

export interface CodeSource {
  readonly mode: Mode;
  /** Of the code segment. Addresses are linear; RIP is less by this. */
  readonly codeBase: bigint;
  /** Physical page number of a linear page that may be executed without a walk and lies in RAM. */
  readonly frameOf: (linearPage: number) => number | undefined;
  readonly bytes: Uint8Array;
  /** Whether an instruction that begins there, physically, has been executed. */
  readonly isKnown: (physical: number) => boolean;
  /** Whether the instruction can be translated here. */
  readonly canEmit: (insn: Insn) => boolean;
}

/** Branches of which the next instruction is one of the two targets. */
const CONDITIONAL: ReadonlySet<Sem> = new Set<Sem>(['jcc', 'loop', 'loope', 'loopne', 'jrcxz']);
const BRANCHES: ReadonlySet<Sem> = new Set<Sem>([...CONDITIONAL, 'jmp', 'call', 'ret']);
/** These go on elsewhere, maybe at another privilege, and out of any region. */
const TRANSFERS: ReadonlySet<Sem> = new Set<Sem>(['syscall', 'sysret', 'int', 'iret']);
/** What is behind these is not what comes next. */
const NEVER_RETURN: ReadonlySet<Sem> = new Set<Sem>(['iret', 'sysret', 'sysexit', 'ret_far', 'jmp_far', 'jmp', 'ret', 'ud']);

const pageOf = (address: bigint): number => Number(address >> 12n);

/** What executing the instruction takes; a repetition pays for its further elements by itself. */
export const ticksOf = (insn: Insn): number => (insn.form.sem === 'pause' ? PAUSE_TICKS : 1);
export const ticksOfAll = (steps: readonly Step[]): number => steps.reduce((sum, { insn }) => sum + ticksOf(insn), 0);

export const isBranch = (insn: Insn): boolean => BRANCHES.has(insn.form.sem);
export const isTransfer = (insn: Insn): boolean => TRANSFERS.has(insn.form.sem);
export const isConditional = (insn: Insn): boolean => CONDITIONAL.has(insn.form.sem);

/** Where a direct branch goes, or undefined for an indirect one. */
function targetOf({ insn, next }: Step, codeBase: bigint): bigint | undefined {
  if (insn.dst.kind !== 'rel') return undefined;
  return codeBase + truncate(next - codeBase + insn.dst.displacement, insn.mode === 64 ? 64 : insn.size);
}

/** The region around `roots`, or undefined if not even all of their own instructions can be translated. */
export function discover(source: CodeSource, roots: readonly bigint[]): Region | undefined {
  const { steps, leaders, entries } = explore(source, roots);
  if (!roots.every((root) => steps.has(root))) return undefined;
  const pages: CodePage[] = [];
  const indexOf = (address: bigint): number => {
    const linear = pageOf(address);
    const known = pages.findIndex((page) => page.linear === linear);
    return known >= 0 ? known : pages.push({ linear, frame: source.frameOf(linear)! }) - 1;
  };
  const blocks: Block[] = [];
  const byAddress = new Map<bigint, number>();
  for (const at of [...leaders].filter((leader) => steps.has(leader))) {
    const body: Step[] = [];
    let next = at;
    for (;;) {
      const step = steps.get(next);
      if (step === undefined || (body.length > 0 && leaders.has(next))) break;
      body.push(step);
      next = step.next;
      if (isBranch(step.insn) || isTransfer(step.insn)) break;
    }
    const last = body[body.length - 1];
    const straddles = pageOf(last.at) !== pageOf(last.next - 1n);
    byAddress.set(at, blocks.length);
    blocks.push({
      at,
      page: indexOf(at),
      secondPage: straddles ? indexOf(last.next - 1n) : undefined,
      steps: body,
      targets: successorsOf(last, source.codeBase),
    });
  }
  const entered = [...entries].flatMap((address) => byAddress.get(address) ?? []);
  return { mode: source.mode, roots, blocks, byAddress, entries: entered, pages, isFull: steps.size >= MAX_INSNS };
}

function successorsOf(last: Step, codeBase: bigint): readonly bigint[] {
  if (isTransfer(last.insn)) return [];
  if (!isBranch(last.insn)) return [last.next];
  const target = targetOf(last, codeBase);
  if (target === undefined) return [];
  return isConditional(last.insn) ? [target, last.next] : [target];
}

/** All that can be reached: instructions by address, where blocks begin, and which of these can be entered from outside. */
function explore(source: CodeSource, roots: readonly bigint[]) {
  const steps = new Map<bigint, Step>();
  const leaders = new Set(roots);
  const entries = new Set(roots);
  const pages = new Set<number>();
  const queue = [...roots];
  const lead = (address: bigint, enter = false): void => {
    leaders.add(address);
    if (enter) entries.add(address);
    if (!steps.has(address)) queue.push(address);
  };
  const mayUse = (page: number): boolean => {
    if (pages.has(page)) return true;
    if (pages.size >= MAX_PAGES || source.frameOf(page) === undefined) return false;
    pages.add(page);
    return true;
  };
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (let address = at; !steps.has(address) && steps.size < MAX_INSNS && mayUse(pageOf(address)); ) {
      const insn = decodeAt(source, address);
      if (insn === undefined) break;
      const next = truncate(address + BigInt(insn.length), source.mode === 64 ? 64 : 32);
      if (source.mode === 16 && next - source.codeBase > 0xffffn) break;
      const straddles = pageOf(address) !== pageOf(next - 1n);
      if (next < address || (straddles && !mayUse(pageOf(next - 1n)))) break;
      if (pageOf(address) !== pageOf(next)) leaders.add(next);
      if (!source.canEmit(insn)) {
        if (!NEVER_RETURN.has(insn.form.sem)) lead(next, true);
        break;
      }
      const step = { insn, at: address, next };
      steps.set(address, step);
      // A repetition may be left in its middle, and goes on there.
      if (insn.repeat !== 'none') lead(address, true);
      if (straddles) leaders.add(address);
      if (isTransfer(insn)) {
        if (!NEVER_RETURN.has(insn.form.sem)) lead(next, true);
        break;
      }
      if (isBranch(insn)) {
        const target = targetOf(step, source.codeBase);
        if (target !== undefined) lead(target, target <= address);
        if (isConditional(insn)) lead(next);
        else if (insn.form.sem === 'call') lead(next, true);
        break;
      }
      address = next;
    }
  }
  return { steps, leaders, entries };
}

function decodeAt({ bytes, frameOf, isKnown, mode }: CodeSource, address: bigint): Insn | undefined {
  const within = Number(address & 0xfffn);
  const frame = frameOf(pageOf(address));
  if (frame === undefined) return undefined;
  const first = frame * PAGE_BYTES + within;
  if (!isKnown(first)) return undefined;
  const inPage = PAGE_BYTES - within;
  if (inPage >= MAX_LENGTH) return known(decode(bytes.subarray(first, first + MAX_LENGTH), 0, mode));
  const alone = decode(bytes.subarray(first, first + inPage), 0, mode);
  if (alone !== 'truncated') return known(alone);
  const second = frameOf(pageOf(address) + 1);
  if (second === undefined) return undefined;
  const both = new Uint8Array(MAX_LENGTH);
  both.set(bytes.subarray(first, first + inPage));
  both.set(bytes.subarray(second * PAGE_BYTES, second * PAGE_BYTES + MAX_LENGTH - inPage), inPage);
  return known(decode(both, 0, mode));
}

const known = (insn: Insn | string): Insn | undefined => (typeof insn === 'string' ? undefined : insn);

/** Lines of RAM, by number, that the region's instructions lie in. */
export function linesOf(region: Region): Set<number> {
  const lines = new Set<number>();
  for (const { steps, page, secondPage } of region.blocks) {
    for (const { at, next } of steps) {
      for (const address of [at, next - 1n]) {
        const isSecond = secondPage !== undefined && Number(address >> 12n) === region.pages[secondPage].linear;
        const { frame } = region.pages[isSecond ? secondPage : page];
        lines.add(Math.floor((frame * PAGE_BYTES + Number(address & 0xfffn)) / LINE_BYTES));
      }
    }
  }
  return lines;
}
