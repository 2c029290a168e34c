// Real-mode code on both engines: segments that begin anywhere, the same instructions at two values of CS:IP, a stack and indices that go
// round at 64 KiB, strings between segments, code that changes itself.

import { expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assemble.ts';
import { toFlat } from '../../src/assembler/output/object.ts';
import type { MachineConfig } from '../../src/index.ts';
import { buildMachine } from '../machine/boot.ts';

const BOOT_SECTOR = `
        bits 16
        org 0x7c00
start:  xor     ax, ax
        mov     ss, ax
        mov     sp, 6                   ; some pushes go below 0
        mov     bp, 0x1000
        mov     ds, bp
        mov     es, bp
.again: call    0:routine
        call    0x7c0:routine - start
        add     bp, 0x10
        test    bp, 0xff0
        jnz     .same
        inc     byte [cs:routine.patch + 1]
.same:
        and     bp, 0x1fff
        or      bp, 0x1000
        mov     es, bp
        mov     si, 0xffc0
        mov     cx, 48
        rep movsb                       ; both round the end of their segments
        sub     si, 3
        mov     cx, 20
        rep stosw
        repne scasb
        dec     word [0x123]
        jnz     .again
        mov     ds, bp
        jmp     .again
routine:
        mov     cx, 9
.sum:   add     ax, cx
        adc     bx, ax
        mov     [di], bl
        add     di, 7
        push    ax
        pushf
        call    inner
        popf
        pop     dx
        loop    .sum
.patch: mov     al, 0
        xor     [bx + si + 3], ax
        imul    ecx, ebx, 77
        rol     ecx, 9
        lea     dx, [bx + di - 5]
        retf
inner:  xchg    al, ah
        cmp     ax, bx
        ja      .done
        neg     si
.done:  ret     2 - 2
        times 510 - ($ - $$) db 0
        dw      0xaa55
`;

test('a boot sector is the same in translated code', () => {
  const { object } = assemble('boot.asm', { read: (path) => ({ path, text: BOOT_SECTOR }), readBytes: () => undefined });
  const image = toFlat(object!);
  const [interpreted, translated] = (['interpret', 'translate'] as const).map((engine) => {
    const machine = buildMachine({ bootSector: true, engine, turn: 777 } satisfies Partial<MachineConfig>);
    expect(machine.load(image)).toBeUndefined();
    const states = [50_000, 200_001, 600_000].map((end) => `${machine.run(end).kind} ${machine.now} ${machine.stateHash()}`);
    return { states, machine };
  });
  expect(translated.states).toEqual(interpreted.states);
  expect(interpreted.states[2]).toMatch(/^until /);
});
