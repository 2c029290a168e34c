// Loops that change nothing, with and without being taken in one step: the same state at the same time, whatever ends them.

import { describe, expect, test } from 'vitest';
import { boot, peek } from './boot.ts';

/** Ways to wait; EBX, RSI and the stack are theirs. */
const LOOPS = {
  'jmp $': '.spin: jmp .spin',
  'pause and jump': '.spin: pause \n jmp .spin',
  'test of memory': '.spin: cmp dword [flag], 0 \n je .spin',
  'a call in the loop': '.spin: call relax \n cmp dword [flag], 0 \n je .spin',
  'lock by xchg': '.spin: mov eax, 1 \n xchg eax, [lock_word] \n test eax, eax \n jnz .spin',
  'lock by bts, test in between': `.try: lock bts dword [lock_word], 0 \n jnc .got
.wait: pause \n test dword [lock_word], 1 \n jnz .wait \n jmp .try \n.got:`,
  'lock by cmpxchg': '.spin: xor eax, eax \n mov ecx, 1 \n lock cmpxchg [lock_word], ecx \n jne .spin',
  'interrupts opened and closed': '.spin: sti \n nop \n cli \n cmp dword [flag], 0 \n je .spin',
  'a loop that counts': 'xor edx, edx \n.spin: inc edx \n cmp dword [flag], 0 \n je .spin',
  'counting down': 'mov rcx, 17000 \n.spin: dec rcx \n jnz .spin',
  'counting down with LOOP': 'mov ecx, 900 \n.spin: pause \n loop .spin',
  'counting up': 'xor eax, eax \n.spin: lea eax, [rax + 3] \n inc ebx \n cmp eax, 70001 \n jb .spin',
  'counting up from below zero': 'mov esi, -30001 \n.spin: nop \n add esi, 2 \n js .spin',
  'calls that are counted': 'mov edx, 700 \n.spin: call relax \n sub edx, 1 \n test edx, edx \n jnz .spin',
  'waiting for the time-stamp counter': `rdtsc \n shl rdx, 32 \n or rax, rdx \n lea rcx, [rax + 33333]
.spin: pause \n rdtsc \n shl rdx, 32 \n or rax, rdx \n cmp rax, rcx \n jb .spin`,
  'waiting for its low half': 'rdtsc \n mov ebx, eax \n.spin: rdtsc \n sub eax, ebx \n cmp eax, 40404 \n jb .spin',
  'waiting for both halves, one after the other': `mov ecx, 0x3b \n mov eax, -9000 \n xor edx, edx \n wrmsr
        rdtsc \n add eax, 39000 \n adc edx, 0 \n mov ebx, eax \n mov ecx, edx
.spin: pause \n rdtsc \n cmp edx, ecx \n jb .spin \n ja .done \n cmp eax, ebx \n jb .spin \n.done:`,
  'waiting until both halves have gone far': `mov ecx, 0x3b \n mov eax, -9000 \n xor edx, edx \n wrmsr
        rdtsc \n mov ebx, eax \n mov ecx, edx
.spin: rdtsc \n sub eax, ebx \n sbb edx, ecx \n cmp edx, 0 \n jne .done \n cmp eax, 40000 \n jb .spin \n.done:`,
  'waiting for the next high half': `mov ecx, 0x3b \n mov eax, -39000 \n mov edx, 6 \n wrmsr
.spin: rdtsc \n mov esi, edx \n cmp esi, 6 \n je .spin`,
  'the counter read and forgotten': '.spin: rdtsc \n xor eax, eax \n xor edx, edx \n cmp dword [flag], 0 \n je .spin',
  'the counter decides, and nothing shows it':
    'rdtsc \n lea ebx, [rax + 30000] \n.spin: rdtsc \n cmp eax, ebx \n setae al \n cmp al, 1 \n mov eax, 0 \n mov edx, 0 \n jne .spin',
  'waiting for the time-stamp counter, with a function in the loop': `rdtsc \n shl rdx, 32 \n or rax, rdx \n lea rcx, [rax + 33333]
.spin: call framed \n rdtsc \n shl rdx, 32 \n or rax, rdx \n cmp rax, rcx \n jb .spin`,
  'a loop that stores what it counts': '.spin: inc dword [count] \n cmp dword [flag], 0 \n je .spin',
} as const;

const program = (loop: string): string => `
start:  gate    0x30, on_timer
        apic    SVR, 0x1ff
        apic    DIVIDE, 11
        apic    LVT_TIMER, 0x20030
        apic    INITIAL, 7919
        start_others
        sti
        call    waiting
        exit    0
waiting:
        ${loop}
        ret
relax:  pause
        ret
framed: push    rbp
        mov     rbp, rsp
        leave
        ret
other:  mov     ecx, 30000
.work:  dec     ecx
        jnz     .work
        mov     dword [lock_word], 0
        mov     dword [flag], 1
.stay:  pause
        jmp     .stay
on_timer:
        inc     dword [ticks]
        eoi
        iretq
align 64
lock_word: dd 1
flag:   dd 0
count:  dd 0
ticks:  dd 0`;

describe.each(Object.entries(LOOPS))('%s', (_name, loop) => {
  test.each([
    { turn: 1 },
    { turn: 64 },
    { turn: 1000 },
    { turn: 500, seed: 3 },
    { turn: 100, cpus: 3 },
  ])('is the same with fast-forward as without: %o', (config) => {
    const machines = [false, true].map((fastForward) => boot(program(loop), { cpus: 2, ...config, fastForward }));
    for (const until of [9_000, 20_001, 33_333, 70_000, 100_000]) {
      const [slow, fast] = machines.map((machine) => [machine.run(until), machine.now, machine.stateHash()]);
      expect(fast).toEqual(slow);
    }
  });
});

/** None of them ends by itself: a run of 10^13 ticks would take days if they were executed one by one. */
describe('a CPU that only waits costs nothing', () => {
  test.each(Object.entries(LOOPS).slice(0, 8))('%s', (_name, loop) => {
    const machine = boot(`start: call waiting \n hlt \n waiting: \n ${loop} \n ret \n relax: ret \n lock_word: dd 1 \n flag: dd 0`, {
      hz: 1_000_000_000,
    });
    expect(machine.run(1e13)).toEqual({ kind: 'until' });
    expect(machine.cpus[0].time).toBeGreaterThanOrEqual(1e13);
  });
});

/** 22 s of the guest at 1 GHz, in loops that end by themselves. */
describe('a loop that counts or waits costs nothing either', () => {
  test.each([
    ['a counter', 'mov rcx, 10000000000 \n .spin: dec rcx \n jnz .spin', 20e9],
    [
      'the time-stamp counter',
      'mov rcx, 22000000000 \n.spin: pause \n rdtsc \n shl rdx, 32 \n or rax, rdx \n cmp rax, rcx \n jb .spin',
      22e9,
    ],
    // 22e9 is 5 * 2^32 + 525163520.
    [
      'the halves of the time-stamp counter',
      'nop \n.spin: pause \n rdtsc \n cmp edx, 5 \n jb .spin \n ja .done \n cmp eax, 525163520 \n jb .spin \n.done:',
      22e9,
    ],
    [
      'the halves of a difference',
      'rdtsc \n mov ebx, eax \n mov ecx, edx \n.spin: rdtsc \n sub eax, ebx \n sbb edx, ecx \n cmp edx, 5 \n jb .spin \n cmp eax, 525163520 \n jb .spin',
      22e9,
    ],
    [
      'the time-stamp counter, and calls a function with a frame',
      `mov rcx, 22000000000
.spin: call framed \n rdtsc \n shl rdx, 32 \n or rax, rdx \n cmp rax, rcx \n jb .spin \n exit 0
framed: push rbp \n mov rbp, rsp \n leave \n ret`,
      22e9,
    ],
  ])('%s', (_name, loop, ticks) => {
    const machine = boot(`start: ${loop} \n exit 0`, { hz: 1_000_000_000 });
    expect(machine.run(1e12).kind).toBe('exit');
    expect(Math.abs(machine.now - ticks)).toBeLessThan(200);
  });
});

test('counters see every iteration: retired instructions and cycles of a pause loop', () => {
  const counting = `
start:  mov     ecx, 0x38d
        mov     eax, 0x33
        xor     edx, edx
        wrmsr
        mov     ecx, 0x38f
        xor     eax, eax
        mov     edx, 3
        wrmsr
        gate    0x30, on_timer
        apic    SVR, 0x1ff
        apic    DIVIDE, 11
        apic    LVT_TIMER, 0x30
        apic    INITIAL, 41000
        sti
.spin:  pause
        jmp     .spin
on_timer:
        mov     ecx, 0x40000000
        rdpmc
        mov     [retired], eax
        inc     ecx
        rdpmc
        mov     [cycles], eax
        exit    0
retired: dd 0
cycles: dd 0`;
  const machine = boot(counting);
  expect(machine.run(1e6).kind).toBe('exit');
  // 41 ticks are two instructions: the PAUSE of 40 ticks and the jump.
  const [retired, cycles] = [peek(machine, 'retired'), peek(machine, 'cycles')];
  expect(Math.abs(cycles - 41_000)).toBeLessThan(100);
  expect(Math.abs(retired - 2000)).toBeLessThan(60);
});

test('a CPU that goes to sleep in a loop that is looked at is woken at once by what waits already', () => {
  const sleeper = `
start:  gate    0x30, on_message
        apic    SVR, 0x1ff
        mov     ebx, 40
.again: apic    ICR, 0x40030
        mov     ecx, 20
.work:  lea     rdx, [rdx + rdx * 2 + 1]
        dec     ecx
        jnz     .work
        sti
        hlt
        cli
        dec     ebx
        jnz     .again
        exit    0
on_message:
        eoi
        iretq`;
  const machines = [false, true].map((fastForward) => boot(sleeper, { fastForward }));
  const [slow, fast] = machines.map((machine) => [machine.run(100_000), machine.now, machine.cpus[0].haltedTicks, machine.stateHash()]);
  expect(slow[2]).toBe(0);
  expect(fast).toEqual(slow);
});

/** Every CPU waits; a timer of each sends an interrupt to the others, and both handlers note the time at which they came. */
const MESSAGES = `
start:  gate    0x30, on_timer
        gate    0x31, on_message
        start_others
        xor     ebx, ebx
other:  lidt    [idtr]
        apic    SVR, 0x1ff
        apic    DIVIDE, 11
        apic    LVT_TIMER, 0x20030
        mov     eax, ebx
        imul    eax, eax, 37
        add     eax, 1013
        mov     [r15 + INITIAL], eax
        sti
.spin:  pause
        jmp     .spin
on_timer:
        apic    ICR, 0xc0031
on_message:
        mov     ecx, 1
        lock xadd [count], ecx
        and     ecx, 1023
        rdtsc
        mov     [log + rcx * 4], eax
        eoi
        iretq
align 64
count:  dd 0
log:    times 1024 dd 0`;

describe('interrupts between CPUs that only wait', () => {
  test.each([
    { turn: 1 },
    { turn: 64 },
    { turn: 100 },
    { turn: 1000 },
    { turn: 300, seed: 5 },
  ])('come at the same time: %o', (config) => {
    const machines = [false, true].map((fastForward) => boot(MESSAGES, { cpus: 3, ...config, fastForward }));
    for (const until of [12_345, 50_000, 200_000]) {
      const [slow, fast] = machines.map((machine) => [machine.run(until), machine.now, machine.stateHash()]);
      expect(fast).toEqual(slow);
    }
    expect(peek(machines[1], 'count')).toBeGreaterThan(300);
  });
});

/** One CPU sends characters; the other notes when the serial port's status changes. */
const STATUS = `
start:  serial_115200
        start_others
        mov     dx, 0x3f8
        mov     ebx, 40
.again: imul    ecx, ebx, 23
.work:  lea     rsi, [rsi + rsi * 2 + 1]
        dec     ecx
        jnz     .work
        mov     al, 'x'
        out     dx, al
        dec     ebx
        jnz     .again
.stay:  pause
        jmp     .stay
other:  xor     ebx, ebx
.again: mov     dx, 0x3fd
.spin:  in      al, dx
        nop
        nop
        cmp     al, [status]
        je      .spin
        mov     [status], al
        rdtsc
        mov     [log + rbx * 4], eax
        inc     ebx
        mov     [count], ebx
        jmp     .again
status: db 0
count:  dd 0
log:    times 128 dd 0`;

describe('a CPU that polls a device which another one uses', () => {
  test.each([{ turn: 1 }, { turn: 64 }, { turn: 1000 }, { turn: 300, seed: 5 }])('sees it change at the same time: %o', (config) => {
    const machines = [false, true].map((fastForward) => boot(STATUS, { cpus: 2, hz: 1_000_000, ...config, fastForward }));
    for (const until of [10_000, 30_000, 200_000]) {
      const [slow, fast] = machines.map((machine) => [machine.run(until), machine.now, machine.stateHash()]);
      expect(fast).toEqual(slow);
    }
    expect(peek(machines[1], 'count')).toBeGreaterThan(20);
  });
});
