// Several CPUs on real programs: started through a trampoline, sharing memory, interrupting each other.

import { describe, expect, test } from 'vitest';
import { boot, peek } from './boot.ts';

const WAIT_FOR_ALL = `
.wait:  pause
        cmp     dword [done], CPUS - 1
        jne     .wait
        exit    0
done:   dd 0`;

describe('starting other CPUs', () => {
  test.each([2, 3, 8, 16, 32])('A11: INIT and start-up IPIs bring %i CPUs from real mode to 64-bit mode', (cpus) => {
    const machine = boot(
      `CPUS equ ${cpus}
start:  start_others
        ${WAIT_FOR_ALL}
other:  lock inc dword [done]
        hlt`,
      { cpus },
    );
    expect(machine.run(1_000_000)).toEqual({ kind: 'exit', code: 1 });
    const kinds = (cpu: number): string[] => machine.journal.entries.filter((entry) => entry.cpu === cpu).map(({ kind }) => kind);
    expect(kinds(0)).toEqual(['exit']);
    for (let cpu = 1; cpu < cpus; cpu++) expect(kinds(cpu)).toEqual(['init', 'start-up']); // the second start-up IPI is ignored
  });

  test('a CPU that nobody starts executes nothing', () => {
    const machine = boot('start: mov ecx, 1000 \n again: loop again \n exit 0', { cpus: 2 });
    machine.run(10_000);
    const { time, haltedTicks } = machine.cpus[1];
    expect(time).toBe(haltedTicks);
  });
});

describe('X4: shared memory', () => {
  const COUNT = 1000;
  const counting = (increment: string): string => `CPUS equ 4
start:  start_others
        call    count
        mov     dword [done + 4], 0
        ${WAIT_FOR_ALL}
other:  call    count
        lock inc dword [done]
        hlt
count:  mov     ecx, ${COUNT}
.next:  ${increment}
        loop    .next
        ret
align 8
        dd 0
value:  dd 0`;

  test.each([
    [1, 0],
    [7, 0],
    [100, 0],
    [1000, 0],
    [64, 1],
    [64, 2],
  ])('locked increments of four CPUs are never lost, with turns of %i and seed %i', (turn, seed) => {
    const machine = boot(counting('lock inc dword [value]'), { cpus: 4, turn, seed });
    expect(machine.run(10_000_000)).toEqual({ kind: 'exit', code: 1 });
    expect(peek(machine, 'value')).toBe(4 * COUNT);
  });

  test('increments in three instructions are lost when turns are short, so the interleaving is real', () => {
    const machine = boot(counting('mov eax, [value] \n inc eax \n mov [value], eax'), { cpus: 4, turn: 1 });
    machine.run(10_000_000);
    expect(peek(machine, 'value')).toBeLessThan(4 * COUNT);
  });
});

describe('interrupts between CPUs', () => {
  const ping = (icr: string): string => `
start:  gate    0x40, handler
        gate    2, on_nmi
        apic    SVR, 0x1ff
        start_others
.ready: pause
        cmp     dword [ready], 0
        je      .ready
        apic    ICR_HIGH, 1 << 24
        apic    ICR, ${icr}
.wait:  pause
        cmp     dword [seen], 0
        je      .wait
        exit    [seen]
other:  lidt    [idtr]
        apic    SVR, 0x1ff
        sti
        mov     dword [ready], 1
.sleep: hlt
        jmp     .sleep
handler:
        eoi
        mov     dword [seen], 5
        iretq
on_nmi: mov     dword [seen], 6
        iretq
ready:  dd 0
seen:   dd 0`;

  test.each([
    ['a fixed one', '0x4040', 11],
    ['an NMI', '0x4400', 13],
  ])('%s reaches the CPU it is meant for and wakes it', (_what, icr, code) => {
    expect(boot(ping(icr), { cpus: 2 }).run(1_000_000)).toEqual({ kind: 'exit', code });
  });
});

describe('X2: the same configuration and image give the same run', () => {
  const race = `CPUS equ 3
start:  start_others
        mov     ebx, 0
        call    work
        ${WAIT_FOR_ALL}
other:  call    work
        lock inc dword [done]
        hlt
; Each CPU leaves its trace in an order that depends on who comes when.
work:   mov     ecx, 300
.next:  mov     eax, 1
        lock xadd [ticket], eax
        imul    edx, [mix], 31
        add     edx, ebx
        mov     [mix], edx
        loop    .next
        ret
align 4
ticket: dd 0
mix:    dd 0`;

  const hashOf = (turn: number, seed: number, slice = 1_000_000): string => {
    const machine = boot(race, { cpus: 3, turn, seed });
    let until = slice;
    while (machine.run(until).kind === 'until') until += slice;
    return machine.stateHash();
  };

  test.each([
    [1, 0],
    [100, 0],
    [100, 7],
  ])('twice, with turns of %i and seed %i', (turn, seed) => {
    expect(hashOf(turn, seed)).toBe(hashOf(turn, seed));
  });

  test('however the run is cut into slices', () => {
    const whole = hashOf(100, 7);
    for (const slice of [1, 13, 100, 4096]) expect(hashOf(100, 7, slice)).toBe(whole);
  });

  test('other turns and seeds give other interleavings, each valid', () => {
    const mixes = [
      [1, 0],
      [3, 0],
      [100, 0],
      [1000, 0],
      [100, 1],
      [100, 2],
    ].map(([turn, seed]) => {
      const machine = boot(race, { cpus: 3, turn, seed });
      expect(machine.run(1_000_000)).toEqual({ kind: 'exit', code: 1 });
      expect(peek(machine, 'ticket')).toBe(900);
      return peek(machine, 'mix');
    });
    expect(new Set(mixes).size).toBe(mixes.length);
  });

  test('one other byte in RAM, one other register, or one other device register is another state', () => {
    const hash = (code: string): string => {
      const machine = boot(`start: ${code}\n mov eax, 0 \n cli \n hlt \n spare: dd 0`);
      machine.run(1000);
      return machine.stateHash();
    };
    const states = [
      'mov byte [0x500000], 1',
      'mov byte [0x500001], 1',
      'mov r9, 100000001',
      'out 0x80, al',
      'apic 0x80, 0x10',
    ].map(hash);
    expect(new Set(states).size).toBe(states.length);
  });
});
