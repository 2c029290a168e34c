// One CPU works while the others wait, each in a way of its own, until the worker lets go one of them: what the waiting ones have not
// executed yet is made up for before anything changes that they would have noticed.

import { expect, describe, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { boot, peek } from './boot.ts';

const CPUS = 4;

/** How CPU `id` waits, until [flag_id] is no longer 0 or its code says so. */
const WAITS: readonly ((id: number) => string)[] = [
  (id) => `.spin${id}: cmp dword [flag${id}], 0 \n je .spin${id}`,
  (id) => `.spin${id}: pause \n call look${id} \n jz .spin${id} \n jmp .go${id}
look${id}: push rbp \n mov rbp, rsp \n cmp dword [flag${id}], 0 \n leave \n ret \nwait${id}.go${id}:`,
  (id) => `.spin${id}: xor eax, eax \n xchg eax, [flag${id}] \n test eax, eax \n jz .spin${id}`,
  (id) => `.spin${id}: mov eax, 1 \n xor ecx, ecx \n lock cmpxchg [flag${id}], ecx \n jne .spin${id}`,
  (id) => `.patch${id}: jmp .patch${id} \n mov word [.patch${id}], 0xfeeb`,
  (id) => `.spin${id}: sti \n pause \n cli \n cmp dword [flag${id}], 0 \n je .spin${id}`,
  (id) => `sti \n.spin${id}: pause \n cmp dword [flag${id}], 0 \n je .spin${id} \n cli`,
  (id) => `.spin${id}: mov dword [scratch], ${id} \n pause \n cmp dword [flag${id}], 0 \n je .spin${id}`,
  (id) => `mov dx, 0x3fd \n.spin${id}: in al, dx \n cmp al, [status${id}] \n je .same${id}
        mov [status${id}], al \n rdtsc \n mov [seen${id}], eax \n mov dx, 0x3fd \n.same${id}: cmp dword [flag${id}], 0 \n je .spin${id}`,
  (id) => `.spin${id}: mov eax, [scratch] \n mov [seen${id}], eax \n cmp dword [flag${id}], 0 \n je .spin${id}`,
  (id) => `.spin${id}: mov eax, [split - 2] \n mov [seen${id}], eax \n cmp dword [flag${id}], 0 \n je .spin${id}`,
];
const PATCHED = 4;

/** What the worker does before it lets `next` go; those who are `asleep` to interrupts take them later. */
const DEEDS: readonly ((next: number, random: Random) => string)[] = [
  () => '',
  (_next, random) => `mov dword [scratch], ${random.below(1000)}`,
  (_next, random) => `mov word [split], ${random.below(1000)}`,
  (_next, random) => `mov dx, 0x3f8 \n mov al, ${65 + random.below(26)} \n${' out dx, al \n'.repeat(1 + random.below(3))}`,
  (next) => `apic ICR_HIGH, ${next << 24} \n apic ICR, 0x31`,
  (next) => `apic ICR_HIGH, ${next << 24} \n apic ICR, 0x400`,
  () => `apic ICR, 0xc0031`,
];

/** Each CPU's part: wait, work, let another go. The order is a round through all, so that everyone's flag is set once a round. */
const relay = (random: Random): string => {
  const kinds = Array.from({ length: CPUS }, () => random.below(WAITS.length));
  const order = Array.from({ length: CPUS }, (_, id) => id).sort(() => random.below(2) - 0.5);
  const nextOf = (id: number): number => order[(order.indexOf(id) + 1) % CPUS];
  /** Many turns, or less than one. */
  const ticks = (): number => 1 + random.below(random.below(2) === 0 ? 900 : 20);
  const period = (): number => random.below(2) * (500 + random.below(8000));
  const part = (id: number): string => {
    const next = nextOf(id);
    const deeds = Array.from({ length: 2 }, () => `mov ecx, ${ticks()}
        call    work
        ${DEEDS[random.below(DEEDS.length)](next, random)}`);
    const letGo = kinds[next] === PATCHED ? `mov word [wait${next}.patch${next}], 0x9090` : `mov dword [flag${next}], 1`;
    return `
wait${id}:
        ${WAITS[kinds[id]](id)}
work${id}:
        mov     dword [flag${id}], 0
        lock inc dword [rounds]
        ${deeds.join('\n        ')}
        ${letGo}
        jmp     wait${id}`;
  };
  const data = Array.from({ length: CPUS }, (_, id) => `align 64\nflag${id}: dd 0\nstatus${id}: dd 0\nseen${id}: dd 0`);
  return `
%macro timer 1
        apic    SVR, 0x1ff
        apic    DIVIDE, 11
        apic    LVT_TIMER, 0x20031
        apic    INITIAL, %1
%endmacro
start:  gate    2, on_nmi
        gate    0x31, on_message
        serial_115200
        start_others
        xor     ebx, ebx
        timer   ${period()}
        jmp     ${order[0] === 0 ? 'work0' : 'wait0'}
other:  lidt    [idtr]
        timer   ${period()}
        ${Array.from({ length: CPUS }, (_, id) => `cmp ebx, ${id} \n je near ${order[0] === id ? 'work' : 'wait'}${id}`).join('\n        ')}
work:   lea     rsi, [rsi + rsi * 2 + 1]
        dec     ecx
        jnz     work
        ret
on_nmi: lock inc dword [nmis]
        iretq
on_message:
        lock inc dword [messages]
        push    r15
        eoi
        pop     r15
        iretq
${Array.from({ length: CPUS }, (_, id) => part(id)).join('\n')}
align 64
rounds: dd 0
nmis:   dd 0
messages: dd 0
align 64
scratch: dd 0
align 64
split:  dd 0
${data.join('\n')}`;
};

const SEED = Number(process.env.SEED || 1);
const COUNT = Number(process.env.COUNT || 8);

describe.each(Array.from({ length: COUNT }, (_, index) => SEED + index))('relay SEED=%i', (seed) => {
  test.each([
    { turn: 1, engine: 'interpret' },
    { turn: 64, engine: 'translate' },
    { turn: 1000, engine: 'translate' },
    { turn: 1000, engine: 'interpret' },
    { turn: 300, seed: 5, engine: 'translate' },
  ] as const)('goes the same way as without fast-forward: %o', (config) => {
    const program = relay(new Random(seed));
    const machines = [false, true].map((fastForward) => boot(program, { cpus: CPUS, hz: 1_000_000, ...config, fastForward }));
    for (let until = 7_000; until < 140_000; until += 6_661) {
      const [slow, fast] = machines.map((machine) => [machine.run(until), machine.now, machine.stateHash()]);
      expect(fast).toEqual(slow);
    }
    expect(peek(machines[1], 'rounds')).toBeGreaterThan(4);
  });
});
