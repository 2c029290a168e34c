// A guest can do anything to itself and nothing to the host: whatever bytes run, the run ends or goes on, and nothing is thrown.

import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { boot, buildMachine } from './boot.ts';
import { elfImage, flatImage } from './images.ts';

const RUNS = 120;
const IDT = 0x20_0000;

test(`${RUNS} programs of random bytes, half of them with handlers somewhere in the same bytes, all end or go on`, () => {
  const kinds = new Set<string>();
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = new Random(seed);
    const machine = buildMachine({ cpus: 2, pmu: seed % 4 < 2 });
    const code = Array.from({ length: 0x700 }, () => random.below(256));
    machine.load(seed % 3 === 0 ? flatImage(code) : elfImage({ code }));
    const [cpu] = machine.cpus;
    for (let index = 0; index < 16; index++) cpu.gpr[index] = 0x10_0000n + BigInt(random.below(0x2000));
    if (seed % 2 === 0) {
      const view = new DataView(machine.ram.buffer, machine.ram.byteOffset);
      for (let vector = 0; vector < 256; vector++) {
        view.setBigUint64(IDT + vector * 16, BigInt(0x800 + random.below(0x700)) | 0x8e00_0018_0000n, true);
        view.setUint16(IDT + vector * 16 + 6, 0x10, true);
      }
      cpu.idtrBase = BigInt(IDT);
      cpu.idtrLimit = 0xfff;
      cpu.refresh();
    }
    kinds.add(machine.run(3000).kind);
    expect(machine.describeCpu(0).split('\n').length, `seed ${seed}`).toBeGreaterThanOrEqual(20);
  }
  expect(kinds).toContain('triple-fault');
  expect(kinds).toContain('until');
});

test('a storm of exceptions does not stop time', () => {
  const machine = boot('start: gate 6, handler \n handler: ud2');
  expect(machine.run(20_000)).toMatchObject({ kind: expect.stringMatching(/until|triple-fault/) });
});

test('timers of the shortest period leave room for instructions of other CPUs', () => {
  const machine = boot(
    `start: gate 0x30, handler
        apic    SVR, 0x1ff
        start_others
        apic    DIVIDE, 0xb
        apic    LVT_TIMER, 0x20030
        apic    INITIAL, 1
        sti
        jmp     $
handler: eoi
        iretq
other:  mov     ecx, 10000
.next:  loop    .next
        exit    2`,
    { cpus: 2 },
  );
  expect(machine.run(1_000_000)).toEqual({ kind: 'exit', code: 5 });
});

test('page tables that point to themselves, to devices and to nothing fault and no more', () => {
  for (const entry of ['cr3', '0xfee00083', '0x1ffffffff003', '-1']) {
    const machine = boot(`start: mov rax, cr3
        mov     rbx, ${entry === 'cr3' ? 'rax' : entry}
        or      rbx, 3
        mov     rcx, rax
        mov     [rcx + 8], rbx
        mov     cr3, rax
        mov     rdx, 1 << 39
        mov     rsi, [rdx]
        mov     [rdx + 8], rsi
        jmp     rdx`);
    expect(['triple-fault', 'until']).toContain(machine.run(10_000).kind);
  }
});

/** A program of random accesses to ports, APIC registers and MSRs; every fault skips two bytes, every interrupt is ended. */
const pokingProgram = (random: Random): string => {
  const pick = <T>(choices: readonly T[]): T => choices[random.below(choices.length)];
  const value = (): number => pick([random.below(256), random.next(), 2 ** random.below(32), 0xffff_ffff, random.below(0x2_0000)]);
  const ports = [0x20, 0xa0, 0x40, 0x43, 0x61, 0x70, 0x80, 0x3f8, 0x4d0, 0x600, 0xcfc, 0xffff].map((port) => port + random.below(4));
  const msrs = [0x10, 0x1b, 0x3b, 0xc1, 0x186, 0x277, 0x309, 0x38d, 0x38e, 0x6e0, 0x800, 0x808, 0x830, 0x838, 0xc000_0080, 0xc000_0100];
  const actions: readonly (() => string)[] = [
    () => `mov edx, ${pick(ports)} \n mov eax, ${value()} \n out dx, ${pick(['al', 'ax', 'eax'])}`,
    () => `mov edx, ${pick(ports)} \n in ${pick(['al', 'ax', 'eax'])}, dx`,
    () => `mov ecx, ${pick(msrs) + random.below(3)} \n mov eax, ${value()} \n mov edx, ${pick([0, value()])} \n ${pick(['wrmsr', 'rdmsr'])}`,
    () => `mov esi, APIC + ${random.below(0x48) * 16 + pick([0, 0, 4, 3])} \n mov eax, ${value()} \n ${pick(['mov [rsi], eax', 'mov rax, [rsi]', 'xchg [rsi], al'])}`,
    () => `mov esi, 0xfec00000 \n mov dword [rsi], ${random.below(0x44)} \n mov dword [rsi + 16], ${value()}`,
    () => pick(['sti', 'cli', 'sti \n hlt', 'mov eax, 3 \n mov cr8, rax', 'mov ecx, 2 \n rdpmc', 'mov ecx, 200 \n loop $']),
  ];
  return `
start:  gate    0, irq          ; and the same for all others, but for #UD, #GP and #PF
        mov     esi, idt
        mov     edi, idt + 16
        mov     ecx, 199 * 2
        rep movsq
        gate    6, skip
        gate    13, skip
        gate    14, skip
        start_others
other:  lidt    [idtr]
        ${Array.from({ length: 300 }, () => pick(actions)()).join('\n')}
        exit    1
skip:   add     rsp, 8
        add     qword [rsp], 2
        iretq
irq:    push    r15
        eoi
        pop     r15
        iretq`;
};

test('random accesses to every device and register throw nothing, and the machine can be saved afterwards', () => {
  for (let seed = 1; seed <= 25; seed++) {
    const machine = boot(pokingProgram(new Random(seed)), { cpus: 1 + (seed % 3), pmu: seed % 4 !== 0, hz: seed % 2 ? 1_000_000 : 3_000_000_000 });
    machine.run(50_000);
    expect(JSON.stringify(machine.save().parts), `seed ${seed}`).toContain('"lapic0"');
  }
});
