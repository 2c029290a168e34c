import { describe, expect, test } from 'vitest';
import type { Machine } from '../../src/machine/machine.ts';
import { boot } from './boot.ts';

/** Everything that moves: two CPUs, a lock, timers, counters, the PIT, interrupts between CPUs, the serial port, sleep. */
const BUSY = `
start:  gate    0x30, tick
        gate    0x31, ping
        gate    0x32, pit
        gate    2, on_nmi
        start_others
        mov     edi, 0xfec00000
        mov     dword [rdi], 0x14
        mov     dword [rdi + 16], 0x32
        mov     al, 0x34
        out     0x43, al
        mov     al, 0x80
        out     0x40, al
        out     0x40, al
        mov     ebx, 0
other:  lidt    [idtr]
        apic    SVR, 0x1ff
        apic    LVT_PERFMON, 0x400
        mov     ecx, 0x186
        mov     eax, 0x53003c
        xor     edx, edx
        wrmsr
        mov     ecx, 0xc1
        mov     eax, -700
        mov     edx, -1
        wrmsr
        apic    DIVIDE, 0xb
        apic    LVT_TIMER, 0x20030
        apic    INITIAL, 997
        sti
.work:  mov     ecx, 50
.next:  mov     eax, 1
        lock xadd [ticket], eax
        imul    edx, [mix], 31
        add     edx, ebx
        mov     [mix], edx
        mov     al, dl
        mov     dx, 0x3f8
        out     dx, al
        loop    .next
        pause
        cmp     dword [ticket], 4000
        jae     .done
        hlt
        jmp     .work
.done:  exit    0
tick:   push    rax
        push    r15
        xor     ebx, 1
        apic    ICR, 0xc4031
        eoi
        pop     r15
        pop     rax
        iretq
ping:   push    r15
        inc     dword [mix]
        eoi
        pop     r15
        iretq
pit:    push    r15
        add     dword [mix], 7
        eoi
        pop     r15
        iretq
on_nmi: push    rax
        push    rcx
        push    rdx
        push    r15
        mov     ecx, 0xc1
        mov     eax, -700
        mov     edx, -1
        wrmsr
        apic    LVT_PERFMON, 0x400
        add     dword [mix], 3
        pop     r15
        pop     rdx
        pop     rcx
        pop     rax
        iretq
align 4
ticket: dd 0
mix:    dd 0`;

const CONFIG = { cpus: 3, turn: 60, seed: 9 };

const finish = (machine: Machine): unknown[] => [machine.run(10_000_000), machine.now, machine.stateHash()];

describe('a run that goes on from a snapshot is the same run', () => {
  const whole = boot(BUSY, CONFIG);
  const expected = finish(whole);
  test('it is a run worth comparing', () => expect([expected[0], whole.now > 20_000]).toEqual([{ kind: 'exit', code: 1 }, true]));

  test.each([1, 333, 1000, 4999, 12_345, 20_000])('in another machine, from tick %i', (tick) => {
    const first = boot(BUSY, CONFIG);
    first.run(tick);
    const second = boot(BUSY, CONFIG);
    second.restore(structuredClone(first.save()));
    expect(second.stateHash()).toBe(first.stateHash());
    expect(finish(second)).toEqual(expected);
    expect(finish(first)).toEqual(expected); // saving has changed nothing
  });

  test('in the same machine, back in time', () => {
    const machine = boot(BUSY, CONFIG);
    machine.run(5000);
    const snapshot = machine.save();
    expect(finish(machine)).toEqual(expected);
    machine.restore(snapshot);
    expect(finish(machine)).toEqual(expected);
  });
});

test('a snapshot of another run is refused', () => {
  const snapshot = boot('start: hlt', CONFIG).save();
  expect(() => boot('start: nop', CONFIG).restore(snapshot)).toThrow(/^This snapshot is of run [0-9a-f]{16}, not [0-9a-f]{16}\.$/);
  expect(() => boot('start: hlt', CONFIG).restore({ ...snapshot, version: 0 })).toThrow('This snapshot has version 0, not 1.');
});
