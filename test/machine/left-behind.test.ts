// A CPU that is left behind in a loop, since nobody can tell, sees what another does to the memory that it reads in exactly the turn in
// which that happens: whatever does it, whoever executes it, and also in the last tick of a turn.

import { expect, test } from 'vitest';
import { Machine, type MachineConfig } from '../../src/index.ts';
import { buildMachine, kernelOf } from './boot.ts';

/** Ends, state and time of a program for two CPUs, with and without fast-forward, in both engines; in one piece and cut. */
const outcomes = (image: Uint8Array, wanted: Partial<MachineConfig>): string[] =>
  (['interpret', 'translate'] as const).flatMap((engine) =>
    [false, true].flatMap((fastForward) =>
      [Infinity, 777].map((slice) => {
        const machine = new Machine(buildMachine({ cpus: 2, ...wanted, engine, fastForward }).config, { hot: 2 });
        const error = machine.load(image);
        if (error) throw new Error(error.error);
        let outcome = machine.run(Math.min(slice, 1_000_000));
        while (outcome.kind === 'until' && machine.now < 1_000_000) outcome = machine.run(machine.now + slice);
        return `${outcome.kind} at ${machine.now}, state ${machine.stateHash()}`;
      }),
    ),
  );

const expectOne = (image: Uint8Array, wanted: Partial<MachineConfig>): void => {
  const [reference, ...others] = outcomes(image, wanted);
  expect(reference).toMatch(/^exit /);
  expect(new Set(others)).toEqual(new Set([reference]));
};

/** CPU 1 waits until the dword at `address` is another, with the time at which it sees that written down each time. */
const WATCH = (address: string): string => `
other:  mov     dword [ready], 1
        mov     edi, 0x310000
.again: mov     eax, [${address}]
.poll:  cmp     eax, [${address}]
        je      .poll
        rdtsc
        mov     [rdi], eax
        add     edi, 4
        and     edi, 0x31ffff
        jmp     .again
ready:  dd 0`;

const STACK = '0x308000';

/** CPU 0 works for a time that is never the same, and then has flags pushed, other ones than the last time, by \`event\`. */
const pushing = (event: string, vector: number, setUp: string): string => `
start:  gate    ${vector}, handler
        apic    SVR, 0x1ff
        start_others
.ready: pause
        cmp     dword [ready], 0
        je      .ready
        mov     esp, ${STACK}
        ${setUp}
        mov     ebp, 60
again:  mov     esi, ebp
        and     esi, 31
        add     esi, 50
.next:  inc     dword [0x320000]        ; no loop that is skipped
        smsw    ecx
        dec     esi
        jnz     .next
        mov     eax, ebp
        mov     ah, al
        sahf
here:   ${event}
after:  dec     ebp
        jnz     again
        exit    0
handler:
        mov     qword [rsp], after
        and     dword [rsp + 16], ~0x100
        iretq
${WATCH(`${STACK} - 24`)}`;

const PUSHING: readonly (readonly [what: string, vector: number, event: string, setUp: string])[] = [
  ['a fault', 6, 'ud2', ''],
  ['an instruction breakpoint', 1, 'nop', 'mov rax, here \n mov dr0, rax \n mov eax, 2 \n mov dr7, rax'],
  ['a single step', 1, 'pushfq \n or dword [rsp], 0x100 \n popfq \n nop', ''],
  ['a software interrupt', 0x40, 'int 0x40', ''],
  ['an NMI to itself', 2, 'apic ICR, 0x40400 \n nop', ''],
];

test.each(PUSHING)('what %s pushes', (_what, vector, event, setUp) => {
  expectOne(kernelOf(pushing(event, vector, setUp)), { turn: 7 });
});

/** CPU 0 reads pages whose accessed flags are clear, in code that is translated; CPU 1 waits for one of these flags. */
const WALKS = `
PT equ 0x202000
BASE equ 1 << 39
start:  mov     rax, cr3
        mov     dword [rax + 8], 0x200027
        mov     dword [0x200000], 0x201027
        mov     dword [0x201000], PT + 0x27
        call    clear
        start_others
.ready: pause
        cmp     dword [ready], 0
        je      .ready
        mov     ebp, 12
.pass:  mov     rsi, BASE
        mov     ecx, 256
.next:  add     rbx, [rsi]
        add     rsi, 0x1000
        imul    rax, rbx, 77
        xor     rax, rcx
        dec     ecx
        jnz     .next
        call    clear
        mov     rax, cr3
        mov     cr3, rax
        dec     ebp
        jnz     .pass
        exit    0
clear:  xor     ecx, ecx
.one:   mov     qword [PT + rcx * 8], 0x300007
        inc     ecx
        cmp     ecx, 256
        jb      .one
        ret
${WATCH('PT + 77 * 8')}`;

test.each([1, 64])('an accessed flag that a walk of translated code sets, with turns of %i', (turn) => expectOne(kernelOf(WALKS), { turn }));
