// What `clispin cpu` lists is there, all of it and nothing else: each form executes or faults, each MSR answers as its access says,
// the numbers between them are #GP, each leaf and each port is asked.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { Cpu } from '../../src/cpu/cpu.ts';
import { cpuid } from '../../src/cpu/identity/cpuid.ts';
import { Fault, GP } from '../../src/cpu/events/fault.ts';
import { readMsr, writeMsr } from '../../src/cpu/identity/msr.ts';
import { decode } from '../../src/isa/decode.ts';
import { encode } from '../../src/isa/encode.ts';
import { allForms } from '../../src/isa/forms.ts';
import type { Form } from '../../src/isa/form.ts';
import type { Mode } from '../../src/isa/operand.ts';
import { DEFAULT_CONFIG } from '../../src/machine/config.ts';
import { DIFFERENCES } from '../../src/machine/differences.ts';
import { inventory } from '../../src/machine/inventory.ts';
import { sample } from '../isa/samples.ts';
import { execute, flatCpu } from '../support/flat-cpu.ts';
import { boot } from './boot.ts';

const ALL = inventory(DEFAULT_CONFIG);
const DRAWS = 20;
const MODES = [64, 32, 16] as const;
const APIC_BASE = 0x1b;
const X2APIC_ON = 0xfee0_0d00n;

/** A CPU of a machine, with its APIC in x2APIC mode. */
const wholeCpu = (pmu: boolean): Cpu => {
  const [cpu] = boot('start: hlt', { pmu }).cpus;
  writeMsr(cpu, APIC_BASE, X2APIC_ON);
  return cpu;
};

/** Whether it is no #GP. */
const isAllowed = (act: () => unknown): boolean => {
  try {
    act();
    return true;
  } catch (fault) {
    if (fault instanceof Fault && fault.vector === GP) return false;
    throw fault;
  }
};

/** Executes a sample of the form where it exists; undefined where it does not. */
const outcomeOf = (form: Form, mode: Mode, random: Random): 'done' | Fault | undefined => {
  for (let draw = 0; draw < DRAWS; draw++) {
    const insn = sample(form, mode, random);
    if (insn === undefined) continue;
    const known = decode(encode(insn), 0, mode);
    if (typeof known !== 'string') return execute(flatCpu(mode).cpu, known) ?? 'done';
  }
  return undefined;
};

describe('instructions', () => {
  test('every form is listed under its mnemonic', () =>
    expect(ALL.instructions.flatMap(({ forms }) => forms).sort()).toEqual(allForms().map(({ id }) => id).sort()));

  test('every form executes or faults as a processor may, in some mode', () => {
    const random = new Random(1);
    const isUntouched = (form: Form): boolean => MODES.every((mode) => outcomeOf(form, mode, random) === undefined);
    // No instructions to decode: NASM's UD without the operand that the processor's have, and RSM outside of system management.
    expect(allForms().filter(isUntouched).map(({ id }) => id)).toEqual(['UD1', 'UD2B', 'UD0', 'RSM']);
  });
});

describe('model-specific registers', () => {
  const cpu = wholeCpu(true);

  test.each(ALL.msrs)('$name is $access', ({ index, access }) => {
    expect(isAllowed(() => readMsr(cpu, index))).toBe(access !== 'w');
    const value = access === 'w' ? 0n : readMsr(cpu, index);
    expect(isAllowed(() => writeMsr(cpu, index, value))).toBe(access !== 'r');
  });

  test('no other is there', () => {
    const listed = new Set(ALL.msrs.map(({ index }) => index));
    const numbers = [0, 0xc000_0000].flatMap((first) => Array.from({ length: 0x2000 }, (_, n) => first + n));
    const isThere = (index: number): boolean => isAllowed(() => readMsr(cpu, index)) || isAllowed(() => writeMsr(cpu, index, 0n));
    expect(numbers.filter((index) => !listed.has(index) && isThere(index))).toEqual([]);
  });

  test('without counters theirs are neither listed nor there', () => {
    const without = wholeCpu(false);
    const names = inventory({ ...DEFAULT_CONFIG, pmu: false }).msrs.map(({ index }) => index);
    const gone = ALL.msrs.filter(({ index }) => !names.includes(index));
    expect(gone.length).toBe(15);
    expect(gone.filter(({ index }) => isAllowed(() => readMsr(without, index)))).toEqual([]);
  });
});

describe('CPUID', () => {
  const identity = { cpus: 2, apicId: 0, hz: DEFAULT_CONFIG.hz, pmu: true };

  test.each(ALL.cpuid)('leaf $leaf.$subleaf', ({ leaf, subleaf, registers }) =>
    expect(cpuid(identity, leaf, subleaf, true).map((value) => value >>> 0)).toEqual(registers));

  test('every leaf within the ranges that is not listed is all zero', () => {
    const listed = ALL.cpuid.map(({ leaf }) => leaf);
    const [basic, extended] = [0, 0x8000_0000].map((leaf) => cpuid(identity, leaf, 0, true)[0] >>> 0);
    const others = [...Array(basic + 1).keys(), ...Array.from({ length: extended - 0x8000_0000 + 1 }, (_, n) => 0x8000_0000 + n)];
    for (const leaf of others.filter((n) => !listed.includes(n))) expect(cpuid(identity, leaf, 0, true)).toEqual([0, 0, 0, 0]);
  });
});

test('every port and the ends of every memory range of a device can be read', () => {
  const { bus } = wholeCpu(true).wires;
  for (const { ports, memory } of ALL.devices) {
    for (const [first, last] of ports) {
      for (let port = first; port <= last; port++) expect(bus.readPort(port, 8)).toBeLessThanOrEqual(0xff);
    }
    for (const [first, last] of memory) {
      for (const address of [first, last - 3]) expect(bus.readMemory(address, 32)).toBeTypeOf('bigint');
    }
  }
});

describe('differences', () => {
  test('each is said once', () => {
    const lines = Object.values(DIFFERENCES).flat();
    expect(new Set(lines).size).toBe(lines.length);
  });

  test('what is said to be no instruction is #UD', () => {
    const missing = ['0f01c1' /* VMCALL */, '0f01d0' /* XGETBV */, '0fc7f0' /* RDRAND */, 'c5f877' /* VZEROUPPER */];
    for (const bytes of missing) expect(decode(Buffer.from(bytes, 'hex'), 0, 64)).toBe('invalid');
  });
});
