// A seed → random programs that the translator has an answer to (test/translate/random-program.ts) on a whole machine: one or two CPUs that
// run the same code on the same data, timers that interrupt them, and handlers that return, or go on with the next round after a fault.

import { randomProgram, STACK, COUNTER } from '../translate/random-program.ts';
import { assemble } from '../../src/assembler/assemble.ts';
import { toElf } from '../../src/assembler/output/object.ts';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import type { Random } from '../../src/base/random.ts';
import { RUNNING } from '../../src/cpu/state.ts';
import { completeConfig, type Machine, type MachineConfig } from '../../src/index.ts';
import { RSP } from '../../src/isa/operand.ts';
import { pick } from '../fuzz/pick.ts';
import type { Subject } from './subject.ts';

const TICKS = 20_000;
/** As much as random-program.ts takes for granted. */
const RAM_BYTES = 0x40_0000;
const STACK_OF_EACH = 0x4000;
const [SVR, LVT_TIMER, INITIAL, DIVIDE] = [0xfee0_00f0, 0xfee0_0320, 0xfee0_0380, 0xfee0_03e0];
const [PERIODIC, BY_ONE] = [0x2_0000, 0xb];
const IF = 0x200;

/** A table of gates and what they lead to. DR0 has the CPU's stack, DR1 where the next round begins. */
const handlers = (mode: 32 | 64): string => `
        org     0x320000
bits 32
        dd      0x1badb002, 0, -0x1badb002
bits ${mode}
%define R ${mode === 64 ? 'r' : 'e'}
start:  hlt
align 16
idt:
%assign vector 0
%rep 256
  %if vector == 2
    %define at (0x320000 + (plain - $$))
  %elif vector < 32
    %define at (0x320000 + (recover - $$))
  %else
    %define at (0x320000 + (interrupt - $$))
  %endif
        dw      at & 0xffff, ${mode === 64 ? '0x18' : '8'}, 0x8e00, at >> 16
  ${mode === 64 ? 'dq 0' : ''}
  %assign vector vector + 1
%endrep
recover: mov    %[R]ax, dr0
        mov     %[R]sp, %[R]ax
        sti
        mov     %[R]ax, dr1
        jmp     %[R]ax
interrupt:
        push    %[R]ax
        mov     eax, 0xfee000b0
        mov     dword [%[R]ax], 0
        pop     %[R]ax
plain:  inc     dword [%[R]sp - 64]     ; what an event leaves
        ${mode === 64 ? 'iretq' : 'iretd'}
`;

const images = new Map<number, Uint8Array>();

const assembleHandlers = (mode: 32 | 64): Uint8Array => {
  const text = handlers(mode);
  const { object, diagnostics } = assemble('handlers.asm', { read: (path) => ({ path, text }), readBytes: () => undefined });
  if (!object) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return toElf(object);
};

const imageFor = (mode: 32 | 64): Uint8Array => {
  const image = images.get(mode) ?? assembleHandlers(mode);
  images.set(mode, image);
  return image;
};

export const randomGuest = (random: Random, config: Partial<MachineConfig>): Subject => {
  const mode = pick(random, [32, 64] as const);
  const program = randomProgram(mode, random.next());
  const cpus = pick(random, [1, 1, 2]);
  const period = 50 + random.below(3000);
  const complete = completeConfig({ ...config, cpus, commandLine: '' });
  if ('errors' in complete) throw new Error(complete.errors.join('; '));
  const load = (machine: Machine): void => {
    const error = machine.load(imageFor(mode));
    if (error) throw new Error(error.error);
    const [first] = machine.cpus;
    const idt = BigInt(machine.symbols.addressOf('idt')!);
    for (const [address, bytes] of program.memory) first.ram.write(address, bytes);
    first.ram.view.setUint32(COUNTER, 0x7fff_ffff, true);
    first.idtrBase = idt;
    first.idtrLimit = 0xfff;
    for (const cpu of machine.cpus) {
      const stack = BigInt(STACK - cpu.id * STACK_OF_EACH);
      cpu.bytes.set(first.bytes);
      cpu.gpr.set(program.gpr);
      cpu.gpr[RSP] = stack;
      cpu.dr.set([stack, BigInt(program.again)]);
      cpu.rip = BigInt(program.rip);
      cpu.rflags = program.rflags | IF;
      cpu.activity = RUNNING;
      cpu.refresh();
      for (const [register, value] of [[SVR, 0x1ff], [DIVIDE, BY_ONE], [LVT_TIMER, PERIODIC | 0x30], [INITIAL, period + 37 * cpu.id]]) {
        cpu.wires.bus.writeMemory(register, 32, BigInt(value));
      }
    }
  };
  return { config: { ...complete, ramBytes: RAM_BYTES }, load, end: TICKS, hot: pick(random, [1, 5, 60]) };
};
