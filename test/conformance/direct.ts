// Behaviours that no guest can see from inside: how a run ends, that it can be repeated, what happens between CPU and device.
// Each is a number, words, and a function from an engine to what was got, beside what is expected.

import { Lapic } from '../../src/device/lapic.ts';
import { Pmu } from '../../src/device/pmu.ts';
import type { MachineConfig } from '../../src/index.ts';
import { Timeline } from '../../src/time/timeline.ts';
import { boot } from '../machine/boot.ts';
import type { Engine } from './engines.ts';
import { isClean, readProgram, runProgram } from './programs.ts';

export interface DirectCheck {
  readonly number: string;
  readonly what: string;
  readonly got: (engine: Engine) => unknown;
  readonly expected: unknown;
}

const LIMIT = 1_000_000;

/** How a program ends. */
const outcome =
  (program: string, config: Partial<MachineConfig> = {}) =>
  (engine: Engine): unknown =>
    boot(`start: ${program}`, { ...config, engine }).run(LIMIT).kind;

/** Whether a guest program passes with each of these configurations. */
const cleanWith =
  (name: string, configs: readonly Partial<MachineConfig>[]) =>
  (engine: Engine): unknown => {
    const program = readProgram(name);
    return configs.map((config) => isClean(runProgram(program, engine, config)));
  };

/** Two CPUs race for a lock; the state hash says how it went. */
const RACE = `apic SVR, 0x1ff
        start_others
        call    race
        mov     ecx, 2000
.wait:  pause
        loop    .wait
        exit    0
race:   mov     ecx, 300
.next:  lock xadd [turns], ecx
        rdtsc
        mov     edx, ecx
        and     edx, 255
        mov     [last + rdx * 4], eax
        mov     ecx, ebx
        dec     dword [left + rbx * 4]
        jnz     .next
        ret
other:  call    race
        cli
        hlt
align 4
turns:  dd 0
left:   dd 300, 300
last:   times 256 dd 0`;

const hashOf = (engine: Engine, config: Partial<MachineConfig>, slice = LIMIT): string => {
  const machine = boot(`start: ${RACE}`, { cpus: 2, ...config, engine });
  for (let until = slice; machine.run(until).kind === 'until' && until < LIMIT; until += slice);
  return machine.stateHash();
};

/** The APIC of a CPU that does not run. */
const lapicOf = (): Lapic =>
  new Lapic({
    id: 0,
    bootstrap: true,
    now: () => 0,
    timeline: new Timeline(),
    nmi: () => {},
    init: () => {},
    sipi: () => {},
    changed: () => {},
    send: () => {},
    eoi: () => {},
  });

const [TPR, SVR, LVT_TIMER, ISR] = [0x80, 0xf0, 0x320, 0x100];
const isIdle = (lapic: Lapic): boolean => [0, 1, 2, 3, 4, 5, 6, 7].every((index) => lapic.readMemory(ISR + 16 * index, 32) === 0);

/** Ticks from the overflow of a counter to its interrupt. */
const skidOf = (skid: number): number => {
  let now = 0;
  const timeline = new Timeline();
  const at: number[] = [];
  const ticks = (): number => now;
  const pmu = new Pmu({ now: ticks, cycles: ticks, retired: ticks, timeline, performanceInterrupt: () => at.push(now), skid });
  pmu.writeMsr(0xc1, 0xffff_ff9cn); // -100
  pmu.writeMsr(0x186, 0x52_00c0n); // EN, INT, OS; instructions retired
  pmu.writeMsr(0x38f, 1n);
  const enabled = 1; // by an instruction in slot 0
  for (now = 1; now < 200; now++) timeline.runUntil(now);
  return at[0] - enabled - 100;
};

const SEEDS = [{ seed: 1 }, { seed: 2 }, { seed: 3 }] as const;
const TURNS = [{ turn: 1 }, { turn: 7 }, { turn: 64 }, { turn: 1000 }, { turn: 100, seed: 5 }] as const;

export const DIRECT: readonly DirectCheck[] = [
  { number: 'H4', what: 'one CPU, CLI;HLT: stuck', got: outcome('cli \n hlt'), expected: 'stuck' },
  {
    number: 'H4',
    what: 'STI;HLT with nothing that could ever interrupt: stuck',
    got: outcome('apic SVR, 0x1ff \n sti \n hlt'),
    expected: 'stuck',
  },
  {
    number: 'H4',
    what: 'two CPUs, one of them never started: stuck',
    got: outcome('cli \n hlt', { cpus: 2 }),
    expected: 'stuck',
  },
  {
    number: 'H4',
    what: 'a timer behind its mask wakes nobody: stuck',
    got: outcome('apic SVR, 0x1ff \n apic LVT_TIMER, 0x30030 \n apic INITIAL, 100 \n sti \n hlt'),
    expected: 'stuck',
  },
  {
    number: 'H4',
    what: 'a timer that runs is something: not stuck',
    got: outcome(`gate 0x30, handler
        apic SVR, 0x1ff
        apic LVT_TIMER, 0x30
        apic INITIAL, 100
        sti
        hlt
handler: exit 0`),
    expected: 'exit',
  },
  {
    number: 'H4',
    what: 'a loop that only spins is not stuck: it lasts',
    got: outcome('cli \n jmp $'),
    expected: 'until',
  },
  {
    number: 'B6',
    what: 'a fault while delivering #DF: shutdown',
    got: outcome('lidt [.none] \n ud2 \n .none: dw 0 \n dq 0'),
    expected: 'triple-fault',
  },
  {
    number: 'B6',
    what: 'an interrupt without an IDT: shutdown',
    got: outcome(`apic SVR, 0x1ff
        lidt [.none]
        sti
        apic ICR, 0x44030
        jmp $
.none:  dw 0
        dq 0`),
    expected: 'triple-fault',
  },
  {
    number: 'A13',
    what: 'acknowledge after the request has vanished (TPR raised): the spurious vector, nothing in service',
    got: () => {
      const lapic = lapicOf();
      lapic.writeMemory(SVR, 0x1ef, 32);
      lapic.receive({ delivery: 'fixed', vector: 0x40, level: false, destination: { kind: 'physical', id: 0 } });
      lapic.writeMemory(TPR, 0x50, 32);
      return [lapic.acknowledge(), isIdle(lapic)];
    },
    expected: [0xef, true],
  },
  {
    number: 'A13',
    what: 'the request itself is still there, and is delivered when TPR falls',
    got: () => {
      const lapic = lapicOf();
      lapic.writeMemory(SVR, 0x1ff, 32);
      lapic.receive({ delivery: 'fixed', vector: 0x40, level: false, destination: { kind: 'physical', id: 0 } });
      lapic.writeMemory(TPR, 0x50, 32);
      lapic.acknowledge();
      lapic.writeMemory(TPR, 0, 32);
      return [lapic.pendingVector, lapic.acknowledge()];
    },
    expected: [0x40, 0x40],
  },
  {
    number: 'A13',
    what: 'acknowledge with nothing requested at all: the spurious vector of SVR',
    got: () => {
      const lapic = lapicOf();
      lapic.writeMemory(SVR, 0x1cf, 32);
      lapic.writeMemory(LVT_TIMER, 0x1_0040, 32);
      return lapic.acknowledge();
    },
    expected: 0xcf,
  },
  { number: 'P2', what: 'the skid is 0 instructions unless set', got: () => skidOf(0), expected: 0 },
  { number: 'P2', what: 'a skid of 7 is 7', got: () => skidOf(7), expected: 7 },
  {
    number: 'X1',
    what: 'timers are exact with turns of 1, 7, 64, 1000 ticks and random ones',
    got: cleanWith('exact', TURNS),
    expected: TURNS.map(() => true),
  },
  {
    number: 'P2',
    what: 'counters are exact with turns of 1, 7, 64, 1000 ticks and random ones',
    got: cleanWith('pmu', TURNS),
    expected: TURNS.map(() => true),
  },
  {
    number: 'B1',
    what: 'programs of one CPU do not depend on the length of turns',
    got: cleanWith('boundary', TURNS),
    expected: TURNS.map(() => true),
  },
  {
    number: 'X5',
    what: 'the trap behind HLT comes wherever a turn ends',
    got: cleanWith('sundry', TURNS),
    expected: TURNS.map(() => true),
  },
  {
    number: 'X3',
    what: 'code written by another CPU is seen with turns of 1, 7, 64, 1000 ticks and random ones',
    got: cleanWith('smc', TURNS),
    expected: TURNS.map(() => true),
  },
  {
    number: 'X2',
    what: 'the same configuration twice: the same state of registers, memory and devices',
    got: (engine) => SEEDS.map((config) => new Set([hashOf(engine, config), hashOf(engine, config)]).size),
    expected: SEEDS.map(() => 1),
  },
  {
    number: 'X2',
    what: 'a run in slices of 1000 ticks is the same run',
    got: (engine) => SEEDS.map((config) => hashOf(engine, config, 1000) === hashOf(engine, config)),
    expected: SEEDS.map(() => true),
  },
  {
    number: 'X2',
    what: 'the same state as the interpreter',
    got: (engine) => SEEDS.map((config) => hashOf(engine, config) === hashOf('interpret', config)),
    expected: SEEDS.map(() => true),
  },
  {
    number: 'X4',
    what: 'another seed is another interleaving',
    got: (engine) => new Set(SEEDS.map((config) => hashOf(engine, config))).size,
    expected: SEEDS.length,
  },
];
