// An interrupt that a CPU makes a device ask for does not wait for the end of a turn: with one CPU, turns cannot be told.

import { expect, test } from 'vitest';
import { ENGINES } from '../../src/machine/config.ts';
import { boot } from './boot.ts';

const PROGRAM = `
start:  gate    0x40, handler
        apic    SVR, 0x1ff
        mov     edi, 0xfec00000
        mov     dword [rdi], 0x10 + 2 * 5
        mov     dword [rdi + 16], 0x40
        xor     ebx, ebx
        mov     edx, 0x2005
        mov     al, 1
        sti
        out     dx, al
        times 40 inc ebx
        exit    127
handler: exit   ebx`;

test.each(ENGINES.flatMap((engine) => [1, 7, 100, 10_000].map((turn) => ({ engine, turn }))))(
  'the test device interrupts at the boundary after OUT: %j',
  ({ engine, turn }) => expect(boot(PROGRAM, { engine, turn }).run(10_000)).toEqual({ kind: 'exit', code: 1 }),
);
