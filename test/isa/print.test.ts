// Text of instructions: with symbols, with addresses, and explicit where NASM would choose another encoding.

import { describe, expect, test } from 'vitest';
import { decode } from '../../src/isa/decode.ts';
import type { Mode } from '../../src/isa/operand.ts';
import { print, type SymbolOf } from '../../src/isa/print.ts';

const textOf = (hex: string, mode: Mode = 64, address?: bigint, symbolOf?: SymbolOf): string => {
  const insn = decode(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 0, mode);
  return typeof insn === 'string' ? insn : print(insn, address, symbolOf);
};

const symbolOf: SymbolOf = (address) => (address === 0x1234n ? 'watchdog' : undefined);

describe('targets', () => {
  test('are counted from the start of the instruction if its address is not given', () => {
    expect([textOf('eb fe'), textOf('e8 00 01 00 00'), textOf('8b 05 fa ff ff ff')]).toEqual([
      'jmp short $+0', 'call $+0x105', 'mov eax, [rel $+0]',
    ]);
  });

  test('are addresses, or names, if it is', () => {
    expect(textOf('e8 2f 02 00 00', 64, 0x1000n)).toBe('call 0x1234');
    expect(textOf('e8 2f 02 00 00', 64, 0x1000n, symbolOf)).toBe('call watchdog');
    expect(textOf('8b 05 2e 02 00 00', 64, 0x1000n, symbolOf)).toBe('mov eax, [rel watchdog]');
    expect(textOf('a1 34 12 00 00', 32, 0n, symbolOf)).toBe('mov eax, [watchdog]');
  });

  test('stay inside the code of their mode', () => {
    expect(textOf('eb fe', 16, 0xffffn)).toBe('jmp short 0xffff');
    expect(textOf('eb 10', 16, 0xfff0n)).toBe('jmp short 2');
    expect(textOf('e8 00 00 00 00', 64, 0xffff_ffff_ffff_fffbn)).toBe('call 0');
  });
});

describe('words that choose the encoding', () => {
  test.each([
    ['48 b8 05 00 00 00 00 00 00 00', 'mov rax, strict qword 5'],
    ['48 c7 c0 05 00 00 00', 'mov rax, strict dword 5'],
    ['48 c7 c0 ff ff ff ff', 'mov rax, -1'],
    ['05 05 00 00 00', 'add eax, strict dword 5'],
    ['83 c0 05', 'add eax, 5'],
    ['68 05 00 00 00', 'push strict dword 5'],
    ['66 6a 05', 'push word 5'],
    ['c1 e0 01', 'shl eax, byte 1'],
    ['d1 e0', 'shl eax, 1'],
    ['e9 00 00 00 00', 'jmp near $+5'],
    ['8b 04 45 00 00 00 00', 'mov eax, [nosplit rax*2]'],
    ['80 03 05', 'add byte [rbx], 5'],
    ['48 89 03', 'mov [rbx], rax'],
    ['0f b6 03', 'movzx eax, byte [rbx]'],
    ['66 90', 'o16 nop'],
    ['f3 48 a5', 'rep movsq'],
    ['f3 64 67 a6', 'repe fs a32 cmpsb'],
    ['f0 0f b1 37', 'lock cmpxchg [rdi], esi'],
    ['48 8b 44 8b f8', 'mov rax, [rbx+rcx*4-8]'],
  ])('%s: %s', (bytes, text) => expect(textOf(bytes)).toBe(text));
});

test('what has no text is its bytes', () => {
  expect(textOf('0f 19 c0')).toBe('db 0x0f, 0x19, 0xc0');
  expect(textOf('66 0f c8')).toBe('db 0x66, 0x0f, 0xc8');
  expect(textOf('d9 c0')).toBe('db 0xd9, 0xc0');
});

test.each([
  [[0xf3, 0x0f, 0x1e, 0xc8], 'db 0xf3, 0x0f, 0x1e, 0xc8'],
  [[0x2e, 0x0f, 0x1e, 0xc8], 'db 0x2e, 0x0f, 0x1e, 0xc8'],
  [[0xf2, 0x0f, 0x1a, 0xc0], 'db 0xf2, 0x0f, 0x1a, 0xc0'],
])('where bytes stand for an instruction, all of them do, prefixes without effect too: %j', (list, text) => {
  const bytes = Uint8Array.from(list);
  const insn = decode(bytes, 0, 64);
  if (typeof insn === 'string') throw new Error(insn);
  expect(print(insn, undefined, undefined, bytes)).toBe(text);
});
