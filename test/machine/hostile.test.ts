// A guest can do anything to itself and nothing to the host: whatever bytes run, the run ends or goes on, and nothing is thrown.

import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { boot, buildMachine } from './boot.ts';
import { elfImage, flatImage } from './images.ts';

const RUNS = 150;
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
    expect(machine.stateHash()).toMatch(/^[0-9a-f]{16}$/);
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
