// What a CPU does to itself comes at exactly the right boundary, whatever turns there are; what devices do comes at its tick.

import { describe, expect, test } from 'vitest';
import { boot, peek } from './boot.ts';

const SLED = 4000;

/** Arms something, then runs into a sled of one-byte, one-tick instructions; the handler leaves the place in the sled. */
const intoSled = (arm: string, setup = ''): string => `
start:  gate    0x30, handler
        gate    2, handler
        apic    SVR, 0x1ff
        ${setup}
        sti
        nop
        ${arm}
sled:   times ${SLED} nop
        exit    1
handler:
        mov     rax, [rsp]
        sub     rax, sled
        mov     [place], eax
        exit    0
align 4
place:  dd -1`;

const placeOf = (program: string, turn = 100, cpus = 1): number => {
  const machine = boot(program, { turn, cpus });
  expect(machine.run(100_000)).toEqual({ kind: 'exit', code: 1 });
  return peek(machine, 'place');
};

describe('X1: a timer armed for N ticks fires at the first boundary N ticks later', () => {
  // The arming instruction takes the first tick, so that N - 1 instructions of the sled retire before the interrupt.
  test.each([1, 2, 3, 99, 100, 101, 1000, 3999])('one-shot, N = %i', (count) => {
    const program = intoSled(`mov dword [r15 + INITIAL], ${count}`, 'apic DIVIDE, 0xb \n apic LVT_TIMER, 0x30');
    for (const [turn, cpus] of [
      [1, 1],
      [7, 2],
      [100, 1],
      [1000, 3],
    ])
      expect(placeOf(program, turn, cpus)).toBe(count - 1);
  });

  test.each([
    [0b1011, 1],
    [0b0000, 2],
    [0b0011, 16],
    [0b1010, 128],
  ])('divided by configuration %i', (configuration, divisor) => {
    const program = intoSled('mov dword [r15 + INITIAL], 10', `apic DIVIDE, ${configuration} \n apic LVT_TIMER, 0x30`);
    expect(placeOf(program)).toBe(10 * divisor - 1);
  });

  test('TSC-deadline: at the boundary at which the TSC has the value asked for', () => {
    // RDTSC reads T in its own slot; with the deadline T + 500 the 500 - 4 slots after WRMSR's are the sled's.
    const arm = 'rdtsc \n add eax, 500 \n mov ecx, 0x6e0 \n wrmsr';
    expect(placeOf(intoSled(arm, 'apic LVT_TIMER, 0x40030'))).toBe(500 - 4);
  });

  test('TSC-deadline: moves with the TSC when that is written', () => {
    const arm = `rdtsc
        add     eax, 2000000
        mov     ecx, 0x6e0
        wrmsr
        sub     eax, 1000       ; in the slot of the WRMSR the TSC becomes what it would be 1000 ticks before the deadline
        mov     ecx, 0x10
        wrmsr`;
    expect(placeOf(intoSled(arm, 'apic LVT_TIMER, 0x40030'))).toBe(1000 - 1);
  });

  test('PAUSE takes 40 ticks, and an interrupt waits for its end', () => {
    const program = intoSled('mov dword [r15 + INITIAL], 50 \n pause \n pause', 'apic DIVIDE, 0xb \n apic LVT_TIMER, 0x30');
    expect(placeOf(program)).toBe(0);
  });
});

describe('P2: a counter that overflows raises its NMI at the boundary after the instruction', () => {
  test.each([1, 2, 100, 101, 2500])('instructions retired, N = %i', (count) => {
    const setup = `apic LVT_PERFMON, 0x400
        mov     ecx, 0x38f
        xor     eax, eax
        xor     edx, edx
        wrmsr
        mov     ecx, 0xc1
        mov     eax, -${count}
        mov     edx, -1
        wrmsr
        mov     ecx, 0x186
        mov     eax, 0x5300c0           ; EN, INT, OS, USR; instructions retired
        xor     edx, edx
        wrmsr
        mov     ecx, 0x38f
        mov     eax, 1
        xor     edx, edx`;
    for (const turn of [1, 100]) expect(placeOf(intoSled('wrmsr', setup), turn)).toBe(count); // P3a: the enabling WRMSR is not counted
  });
});

describe('devices that CPUs share', () => {
  const pit = (clocks: number): string => `
start:  gate    0x30, handler
        apic    SVR, 0x1ff
        mov     edi, 0xfec00000         ; I/O APIC line 2 to vector 30h
        mov     dword [rdi], 0x14
        mov     dword [rdi + 16], 0x30
        mov     al, 0x30                ; channel 0, mode 0
        out     0x43, al
        mov     al, ${clocks & 0xff}
        out     0x40, al
        mov     al, ${clocks >> 8}
        sti
        out     0x40, al
        rdtsc
        mov     [armed], eax
.wait:  pause
        jmp     .wait
handler:
        rdtsc
        mov     [fired], eax
        exit    0
align 4
armed:  dd 0
fired:  dd 0`;

  test.each([
    [1_000_000, 11_932],
    [4_000_000, 1193],
  ])('at %i Hz the PIT interrupts after its clocks, through the I/O APIC', (hz, clocks) => {
    const machine = boot(pit(clocks), { hz });
    expect(machine.run(hz)).toEqual({ kind: 'exit', code: 1 });
    const ticks = peek(machine, 'fired') - peek(machine, 'armed');
    const expected = (clocks * hz) / 1_193_182;
    expect(Math.abs(ticks - expected)).toBeLessThan(50); // one PAUSE and a few instructions
  });

  test('a device alarm ends a turn, however long turns are', () => {
    const ticksWith = (turn: number): number => {
      const machine = boot(pit(1193), { turn, cpus: 2 });
      machine.run(1_000_000);
      return peek(machine, 'fired') - peek(machine, 'armed');
    };
    expect(ticksWith(100_000)).toBe(ticksWith(1));
  });
});
