// The walk of translated code beside the MMU's: page tables of all kinds, filled at random, asked at random. Afterwards the TLB and all of
// memory are the same; the MMU is the judge.

import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { Cpu } from '../../src/cpu/cpu.ts';
import { Fault, PF } from '../../src/cpu/events/fault.ts';
import { InsnCache } from '../../src/cpu/code/icache.ts';
import { READ, WRITE } from '../../src/cpu/memory/paging.ts';
import { HAS_CODE, Ram } from '../../src/cpu/memory/ram.ts';
import {
  CR0_PE, CR0_PG, CR0_WP, CR4_PAE, CR4_PSE, CR4_SMAP, EFER_LMA, EFER_LME, EFER_NXE,
} from '../../src/cpu/identity/registers.ts';
import { TLB_RUN } from '../../src/cpu/memory/tlb.ts';
import { DS } from '../../src/isa/operand.ts';
import { MachineMemory } from '../../src/machine/memory.ts';
import { ACCESSES } from '../../src/translate/emitter.ts';
import { walkOf } from '../../src/translate/walk.ts';
import { WIRES } from './bench.ts';

const RAM_BYTES = 0x100_0000;
const TABLES = 0x10_0000;
const TABLE_COUNT = 32;
type Walk = (state: number, tlb: number, linear: bigint, size: number, access: number, user: number) => number;

interface Side {
  readonly cpu: Cpu;
  readonly tlb: Uint8Array;
  /** By the host, and in WebAssembly if that can. */
  readonly enter: (linear: bigint, size: number, access: number) => number;
  readonly walk: (linear: bigint, size: number, access: number) => number;
  readonly asked: () => number;
  /** Whether it may do anything without the host. */
  readonly setPlain: (isPlain: boolean) => void;
  /** Error code and address of the page fault that the last walk has told of. */
  readonly told: () => readonly [error: number, address: bigint] | undefined;
}

/** The page fault of an access by the MMU. */
function faultOf({ cpu }: Side, linear: bigint, access: number): readonly [error: number | undefined, address: bigint] {
  try {
    if (ACCESSES[access] === 'read') cpu.mmu.translateRead(linear, DS);
    else cpu.mmu.probeWrite(linear, 8, DS);
  } catch (fault) {
    if (fault instanceof Fault && fault.vector === PF) return [fault.error, fault.address];
  }
  return [undefined, 0n];
}

function makeSide(): Side {
  const memory = new MachineMemory({ cpus: 1, ramBytes: RAM_BYTES });
  const ram = new Ram(memory.buffer, memory.ramOffset, RAM_BYTES, memory.marks);
  const [stateOffset, tlbOffset] = [memory.stateOffset(0), memory.tlbOffset(0)];
  const cpu = new Cpu({
    id: 0, memory: memory.buffer, stateOffset, tlbOffset, ram, code: new InsnCache(ram), wires: WIRES,
    identity: { cpus: 1, apicId: 0, hz: 1_000_000, pmu: false },
  });
  let asked = 0;
  const host = (low: number, high: number, size: number, access: number): number => {
    asked++;
    if (ACCESSES[access] !== 'read' && !cpu.mmu.enter(low, high, size, WRITE)) return 0;
    return ACCESSES[access] === 'write' || cpu.mmu.enter(low, high, size, READ) ? 1 : 0;
  };
  const context = { ramOffset: memory.ramOffset, ramBytes: RAM_BYTES, marksOffset: memory.marksOffset };
  const walk = walkOf(context, memory.wasm, host) as Walk;
  const setPlain = (isPlain: boolean): void => {
    new Uint32Array(memory.buffer)[(tlbOffset + TLB_RUN.walksArePlain) / 4] = isPlain ? 1 : 0;
  };
  setPlain(true);
  return {
    cpu,
    tlb: new Uint8Array(memory.buffer, tlbOffset, TLB_RUN.end),
    enter: (linear, size, access) => host(Number(linear & 0xffff_ffffn) | 0, Number(linear >> 32n) | 0, size, access),
    walk: (linear, size, access) => walk(stateOffset, tlbOffset, BigInt.asIntN(64, linear), size, access, cpu.mmu.user ? 1 : 0),
    asked: () => asked,
    setPlain,
    told: () => {
      const error = new DataView(memory.buffer).getUint32(tlbOffset + TLB_RUN.faultError, true);
      new DataView(memory.buffer).setUint32(tlbOffset + TLB_RUN.faultError, 0, true);
      return error === 0 ? undefined : [error - 1, new DataView(memory.buffer).getBigUint64(tlbOffset + TLB_RUN.faultAddress, true)];
    },
  };
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)];
const chance = (random: Random, one: number): boolean => random.below(one) === 0;

/** Control registers, privilege, tables and a few marked lines from a seed. */
function prepare({ cpu }: Side, seed: number): void {
  const random = new Random(seed);
  const kind = pick(random, ['long', 'long', 'two-level', 'pae', 'none'] as const);
  cpu.cr0 = (CR0_PE | (kind === 'none' ? 0 : CR0_PG) | (chance(random, 2) ? CR0_WP : 0)) >>> 0;
  cpu.cr4 = (kind === 'long' || kind === 'pae' ? CR4_PAE : chance(random, 3) ? 0 : CR4_PSE) | (chance(random, 4) ? CR4_SMAP : 0);
  cpu.efer = (kind === 'long' ? EFER_LME | EFER_LMA : 0) | (chance(random, 2) ? EFER_NXE : 0);
  cpu.cr3 = BigInt(TABLES);
  cpu.cpl = chance(random, 2) ? 3 : 0;
  const { view } = cpu.ram;
  const isWide = kind !== 'two-level';
  for (let at = TABLES; at < TABLES + TABLE_COUNT * 0x1000; at += isWide ? 8 : 4) {
    let low = 0x27 | (pick(random, [0x1000, 0x1000, 0x1000, 0x20_0000]) * random.below(TABLE_COUNT * 8));
    if (chance(random, 2)) low = 0x27 | (TABLES + 0x1000 * random.below(TABLE_COUNT));
    if (chance(random, 3)) low |= 0x40;
    if (chance(random, 12)) low |= 0x80;
    for (const bit of [1, 2, 4, 0x20, 0x20]) if (chance(random, 30)) low &= ~bit;
    if (chance(random, 60)) low |= 0xff00_0000;
    view.setUint32(at, low, true);
    if (isWide) view.setUint32(at + 4, chance(random, 40) ? pick(random, [1, 0x80, 0x100, 0x10_0000, 0x8000_0000]) : 0, true);
  }
  for (let count = 0; count < 8; count++) cpu.ram.mark(TABLES + random.below(TABLE_COUNT * 0x1000), HAS_CODE);
  cpu.pdpte.set([TABLES | 1, (TABLES + 0x1000) | 1, 0, (TABLES + 0x2000) | 1].map(BigInt));
  cpu.refresh();
}

test('the walk in WebAssembly leaves what the walk of the MMU leaves', () => {
  const [judge, tried] = [makeSide(), makeSide()];
  const differences: string[] = [];
  let [entered, asked, told] = [0, 0, 0];
  for (let seed = 1; seed <= 200; seed++) {
    for (const side of [judge, tried]) prepare(side, seed);
    const random = new Random(seed);
    const addresses = Array.from({ length: 40 }, () => {
      const page = BigInt(random.below(2 ** 20)) * 0x1000n + BigInt(pick(random, [0, 0x10, 0xff8, 0xffd, 0xfff]));
      return judge.cpu.longMode ? BigInt.asUintN(64, BigInt.asIntN(chance(random, 30) ? 64 : 48, page | (BigInt(random.below(2 ** 32)) << 32n))) : page;
    });
    for (let count = 0; count < 120; count++) {
      const linear = pick(random, addresses);
      const [size, access] = [pick(random, [8, 16, 32, 64]), random.below(3)];
      if (chance(random, 40)) for (const side of [judge, tried]) side.cpu.mmu.flushPage(linear);
      tried.setPlain(!chance(random, 8));
      const before = tried.asked();
      const wanted = judge.enter(linear, size, access);
      const got = tried.walk(linear, size, access);
      if (got === 1 && tried.asked() === before) entered++;
      asked += tried.asked() - before;
      const fault = tried.told();
      if (fault !== undefined) {
        told++;
        const [error, address] = faultOf(judge, linear, access);
        if (error !== fault[0] || address !== fault[1]) differences.push(`seed ${seed}: ${linear.toString(16)}: fault ${fault[0]}, not ${error}`);
      }
      if (got !== wanted) differences.push(`seed ${seed}: ${linear.toString(16)} ${size} ${ACCESSES[access]}: ${got}, not ${wanted}`);
      else if (count % 8 === 7 && !Buffer.from(judge.tlb).equals(Buffer.from(tried.tlb))) differences.push(`seed ${seed}, ${linear.toString(16)} ${ACCESSES[access]}: the TLB`);
    }
    if (!Buffer.from(judge.cpu.ram.bytes).equals(Buffer.from(tried.cpu.ram.bytes))) differences.push(`seed ${seed}: memory`);
  }
  expect(differences.slice(0, 5)).toEqual([]);
  expect(entered).toBeGreaterThan(900);
  expect(asked).toBeGreaterThan(1000);
  expect(told).toBeGreaterThan(100);
});

test('INVLPG of one part of a large page that was entered without the MMU empties the others too', () => {
  const side = makeSide();
  const { cpu } = side;
  cpu.cr0 = CR0_PE | CR0_PG;
  cpu.cr4 = CR4_PSE;
  cpu.cr3 = BigInt(TABLES);
  cpu.ram.view.setUint32(TABLES, 0xa7, true);
  cpu.refresh();
  expect([side.walk(0x1000n, 32, 0), side.walk(0x5000n, 32, 0), side.asked()]).toEqual([1, 1, 0]);
  cpu.mmu.flushPage(0x1000n);
  expect([cpu.mmu.knownFetch(0x5000, 0), cpu.tlb.frame(0x5000, 0, 0)]).toEqual([-1, -1]);
});
