import { describe, expect, test } from 'vitest';
import { boot, buildMachine } from './boot.ts';
import { elfImage, flatImage } from './images.ts';

describe('how a run ends', () => {
  test('exit: the debug-exit port gives (value << 1) | 1, as in QEMU', () => {
    const machine = boot('start: exit 16');
    expect(machine.run(1000)).toEqual({ kind: 'exit', code: 33 });
    expect(machine.journal.entries).toEqual([{ time: 1, cpu: 0, kind: 'exit', code: 33 }]); // mov, out
    expect(machine.now).toBe(1);
  });

  test('no instruction runs after the end, on any CPU, however often it is run again', () => {
    const machine = boot('start: exit 1', { cpus: 4 });
    machine.run(1000);
    const before = machine.stateHash();
    expect(machine.run(1_000_000)).toEqual({ kind: 'exit', code: 3 });
    expect(machine.stateHash()).toBe(before);
    expect(machine.cpus.map(({ time }) => time)).toEqual([2, 0, 0, 0]);
  });

  test('until: the limit is reached, by less than a turn too much', () => {
    const machine = boot('start: jmp start', { turn: 64 });
    expect(machine.run(1000)).toEqual({ kind: 'until' });
    expect(machine.now).toBeGreaterThanOrEqual(1000);
    expect(machine.now).toBeLessThan(1064);
    expect(machine.run(500)).toEqual({ kind: 'until' }); // already there
  });

  test.each([
    ['port 0x64', 'mov al, 0xfe \n out 0x64, al'],
    ['port 0x92', 'mov al, 1 \n out 0x92, al'],
    ['port 0xCF9', 'mov dx, 0xcf9 \n mov al, 6 \n out dx, al'],
  ])('reset: through %s', (by, code) => {
    expect(boot(`start: ${code}\n jmp $`).run(1000)).toEqual({ kind: 'reset', by });
  });

  test('triple fault: the third fault on the way to a handler names the CPU and leaves its state to be read', () => {
    const machine = boot('start: mov rbx, 0x1234 \n lidt [nothing] \n here: ud2 \n nothing: dw 0, 0, 0, 0, 0');
    expect(machine.run(1000)).toEqual({ kind: 'triple-fault', cpu: 0 });
    expect(machine.describeCpu(0)).toMatch(/^cpu0 shutdown\n/);
    expect(machine.describeCpu(0)).toMatch(/\brip [0-9a-f]{16} {2}here\n/);
    expect(machine.describeCpu(0)).toMatch(/\brbx 0000000000001234\b/);
    expect(machine.describeCpu(0)).toMatch(/\n {2}exceptions 3, of which the last:\n {4}t=3 #UD at [0-9a-f]{16} here\n/);
  });

  test('triple fault: of another CPU than the first', () => {
    const machine = boot('start: start_others \n jmp $ \n other: lidt [nothing] \n ud2 \n nothing: dw 0, 0, 0, 0, 0', {
      cpus: 2,
    });
    expect(machine.run(100_000)).toEqual({ kind: 'triple-fault', cpu: 1 });
  });

  test('a kernel that jumps into nothing ends in a triple fault too', () =>
    expect(boot('start: mov rax, 0x7000000000 \n jmp rax').run(1000)).toEqual({ kind: 'triple-fault', cpu: 0 }));

  test('H4: all asleep with interrupts off is stuck', () => {
    const machine = boot('start: cli \n hlt', { cpus: 4 });
    expect(machine.run(1e9)).toEqual({ kind: 'stuck' });
    expect(machine.journal.entries.at(-1)).toMatchObject({ kind: 'stuck' });
    expect(machine.describeCpu(3)).toMatch(/^cpu3 waiting for a start-up IPI\n/);
  });

  test('H4: timers that tick for ever behind IF=0 do not keep a dead machine alive', () => {
    const machine = boot(`start:
        mov     al, 0x34        ; PIT channel 0, mode 2, 1000 clocks
        out     0x43, al
        mov     al, 0xe8
        out     0x40, al
        mov     al, 3
        out     0x40, al
        apic    SVR, 0x1ff
        apic    LVT_TIMER, 0x20030      ; periodic
        apic    INITIAL, 1000
        cli
        hlt`, { hz: 1_000_000 });
    expect(machine.run(1e9)).toEqual({ kind: 'stuck' });
    expect(machine.now).toBeLessThan(20_000);
  });

  test('H2: the same sleep with IF=1 is no end', () => {
    const machine = boot(`start:
        gate    0x30, handler
        apic    SVR, 0x1ff
        apic    LVT_TIMER, 0x30
        apic    INITIAL, 500000
        sti
        hlt
        exit    3
handler: eoi
        iretq`);
    expect(machine.run(1e9)).toEqual({ kind: 'exit', code: 7 });
    expect(machine.cpus[0].time).toBeGreaterThan(1_000_000); // divided by 2
  });
});

describe('what a run leaves to see', () => {
  test('console lines with the time and the CPU of their first byte; bytes live', () => {
    const machine = boot(`start: mov dx, 0x3fa
        mov     al, 1           ; FIFOs on
        out     dx, al
        mov     dx, 0x3f8
        mov     al, 'h'
        out     dx, al
        mov     al, 'i'
        out     dx, al
        mov     al, 10
        out     dx, al
        mov     al, '?'
        out     0xe9, al
        exit    0`);
    const bytes: number[] = [];
    machine.onConsoleByte = (byte) => bytes.push(byte);
    machine.run(1000);
    expect(String.fromCharCode(...bytes)).toBe('hi\n');
    expect(machine.journal.entries).toEqual([
      { time: 5, cpu: 0, kind: 'console', text: 'hi' },
      { time: 11, cpu: 0, kind: 'debug', text: '?' },
      { time: 13, cpu: 0, kind: 'exit', code: 1 },
    ]);
  });

  test('a bad image is a value that names the field, and nothing has been loaded', () => {
    const machine = buildMachine();
    expect(machine.load(elfImage({ header: { e_entry: 0x5000n } }))).toEqual({
      error: 'e_entry: 0x5000 is outside every segment',
      offset: 24,
    });
    expect(machine.ram.every((byte) => byte === 0)).toBe(true);
  });

  test('a flat Multiboot image starts in 32-bit mode with its magic, the information structure and flat segments', () => {
    const machine = buildMachine({ commandLine: 'x' });
    machine.load(flatImage([0xf4]));
    const [cpu] = machine.cpus;
    expect([cpu.mode, cpu.gpr[0], cpu.cr0, cpu.rflags, cpu.rip]).toEqual([32, 0x2bad_b002n, 0x11, 2, 0x10_0020n]);
    expect(peekInfoFlags(machine.ram, Number(cpu.gpr[3])) & 4).toBe(4);
  });

  test('ACPI tables and the EBDA are where a BIOS leaves them', () => {
    const machine = boot('start: hlt', { cpus: 3 });
    expect(String.fromCharCode(...machine.ram.subarray(0xe_0000, 0xe_0008))).toBe('RSD PTR ');
    expect([machine.ram[0x40e], machine.ram[0x40f]]).toEqual([0xc0, 0x9f]);
  });
});

const peekInfoFlags = (ram: Uint8Array, address: number): number =>
  new DataView(ram.buffer, ram.byteOffset).getUint32(address, true);
