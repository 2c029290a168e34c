// What the encoder refuses, warns of and leaves open to the assembler. NASM 2.16 gave the words; which bytes it gives is in the fixture.

import { describe, expect, test } from 'vitest';
import { decode } from '../../src/isa/decode.ts';
import { encode, encodeSource } from '../../src/isa/encode.ts';
import type { Mode } from '../../src/isa/operand.ts';
import { isMnemonic } from '../../src/isa/mnemonics.ts';
import type { InsnSource } from '../../src/isa/source.ts';
import { readText } from './read-text.ts';

const encodeText = (text: string, mode: Mode, more: Partial<InsnSource> = {}) => encodeSource({ ...readText(text, mode), ...more });

const hexOf = (text: string, mode: Mode, more: Partial<InsnSource> = {}): string => {
  const encoded = encodeText(text, mode, more);
  return 'error' in encoded ? encoded.error : Buffer.from(encoded.bytes).toString('hex');
};

describe('errors', () => {
  test.each([
    [64, 'mov [rax], 5', 'operation size not specified'],
    [64, 'push [rax]', 'operation size not specified'],
    [64, 'movzx eax, [rbx]', 'operation size not specified'],
    [64, 'mov eax, byte 5', 'mismatch in operand sizes'],
    [64, 'mov eax, qword 5', 'mismatch in operand sizes'],
    [64, 'add al, word 5', 'mismatch in operand sizes'],
    [64, 'lgdt qword [rax]', 'mismatch in operand sizes'],
    [64, 'invlpg byte [rax]', 'mismatch in operand sizes'],
    [64, 'mov eax, rbx', 'invalid combination of opcode and operands'],
    [64, 'in rax, dx', 'invalid combination of opcode and operands'],
    [64, 'bswap ax', 'invalid combination of opcode and operands'],
    [64, 'hlt 5', 'invalid combination of opcode and operands'],
    [64, 'pusha', 'instruction not supported in 64-bit mode'],
    [64, 'push eax', 'instruction not supported in 64-bit mode'],
    [64, 'mov cr0, eax', 'instruction not supported in 64-bit mode'],
    [32, 'swapgs', 'instruction not supported in 32-bit mode'],
    [32, 'mov r8d, 5', 'invalid operands in non-64-bit mode'],
    [64, 'mov spl, ah', 'cannot use high byte register in rex instruction'],
    [64, 'movzx rax, ah', 'cannot use high byte register in rex instruction'],
    [64, 'mov eax, [rax+rbx+rcx]', 'invalid effective address: too many registers'],
    [64, 'mov eax, [rax*2+rbx*2]', 'invalid effective address: two index registers'],
    [64, 'mov eax, [rsp*2]', 'invalid 64-bit effective address'],
    [64, 'mov eax, [rax*16]', 'invalid 64-bit effective address'],
    [64, 'mov eax, [al]', 'invalid 64-bit effective address'],
    [16, 'mov ax, [cx]', 'invalid 16-bit effective address'],
    [64, 'mov eax, [eax+rbx]', 'impossible combination of address sizes'],
    [64, 'mov eax, [bx]', 'impossible combination of address sizes'],
    [64, 'fs mov eax, [gs:rbx]', 'instruction has conflicting segment overrides'],
    [64, 'jmp short $+0x100', 'short jump is out of range'],
    [64, 'loop $-0x100', 'short jump is out of range'],
    [64, 'jrcxz $+0x82', 'short jump is out of range'],
    [64, 'frobnicate', 'unknown instruction frobnicate'],
  ] as const)('%i-bit: %s: %s', (mode, text, error) => expect(encodeText(text, mode)).toEqual({ error }));
});

describe('warnings', () => {
  test.each([
    [64, 'mov al, 256', 'byte data exceeds bounds'],
    [64, 'int 256', 'byte data exceeds bounds'],
    [64, 'mov ax, 65536', 'word data exceeds bounds'],
    [64, 'mov eax, 0x100000000', 'dword data exceeds bounds'],
    [64, 'add rax, 0x80000000', 'signed dword immediate exceeds bounds'],
    [64, 'and eax, byte 0xff', 'signed byte value exceeds bounds'],
    [64, 'mov eax, [byte rax+1000]', 'byte data exceeds bounds'],
    [64, 'mov eax, [0xffffffff]', 'dword data exceeds bounds'],
    [64, 'mov eax, [ds:rbx]', 'ds segment base generated, but will be ignored in 64-bit mode'],
    [64, 'lock mov eax, ebx', 'instruction is not lockable'],
  ] as const)('%i-bit: %s: %s', (mode, text, warning) => expect(encodeText(text, mode)).toMatchObject({ warnings: [warning] }));

  test.each(['mov al, -128', 'mov al, 255', 'mov al, -129', 'add eax, 0xffffffff', 'mov rax, 0xffffffffffffffff', 'mov eax, [rax-1]'])(
    'none for %s',
    (text) => expect(encodeText(text, 64)).toMatchObject({ warnings: [] }),
  );
});

describe('where the value decides the length', () => {
  test('a jump is short exactly as far as it reaches', () => {
    expect([hexOf('jmp $+0x81', 64), hexOf('jmp $+0x82', 64)]).toEqual(['eb7f', 'e97d000000']);
    expect([hexOf('jz $-0x7e', 64), hexOf('jz $-0x7f', 64)]).toEqual(['7480', '0f847bffffff']);
  });

  test('a jump is never short to another section or to a number', () => {
    const target = { kind: 'imm', value: 0x20n, section: 'other' } as const;
    expect(hexOf('jmp $', 64, { operands: [target], address: 0x10n })).toBe('e90b000000');
    expect(hexOf('jmp $', 64, { operands: [{ ...target, section: 'none' }], address: 0x10n })).toBe('e90b000000');
    expect(hexOf('jmp $', 64, { operands: [{ ...target, section: 'same' }], address: 0x10n })).toBe('eb0e');
  });

  test('nothing gets shorter than in the pass before', () => {
    expect(hexOf('jmp $+5', 64, { atLeast: 5 })).toBe('e900000000');
    expect(hexOf('jz $+5', 64, { atLeast: 6 })).toBe('0f84ffffffff');
    expect(hexOf('add eax, 5', 32, { atLeast: 5 })).toBe('0505000000');
    expect(hexOf('mov rax, 5', 64, { atLeast: 7 })).toBe('48c7c005000000');
    expect(hexOf('mov rax, 5', 64, { atLeast: 10 })).toBe('48b80500000000000000');
    expect(hexOf('mov eax, [rbx]', 64, { atLeast: 3 })).toBe('8b4300');
    expect(hexOf('mov eax, [rbx+1]', 64, { atLeast: 6 })).toBe('8b8301000000');
    expect(hexOf('mov eax, [rbx+1]', 64, { atLeast: 3 })).toBe('8b4301');
  });

  test('what cannot be as long as before is as long as it can be', () => {
    expect(hexOf('jmp short $', 64, { atLeast: 5 })).toBe('ebfe');
    expect(hexOf('nop', 64, { atLeast: 3 })).toBe('90');
  });
});

test('prefixes alone are a line of their own', () => {
  const bytes = (prefixes: InsnSource['prefixes'], mode: Mode): string => hexOf('', mode, { prefixes });
  expect([bytes(['rep'], 64), bytes(['lock'], 64), bytes(['o16'], 64), bytes(['a32'], 64), bytes(['o32'], 16)]).toEqual([
    'f3', 'f0', '66', '67', '66',
  ]);
});

test('an instruction that cannot have its operands is a mistake of the caller', () => {
  const insn = decode(Uint8Array.of(0x88, 0xe0), 0, 64);
  if (typeof insn === 'string') throw new Error(insn);
  expect(() => encode({ ...insn, dst: { kind: 'reg', index: 8, size: 8, high: false } })).toThrow(
    'MOV r/m8, r8 cannot be encoded: cannot use high byte register in rex instruction',
  );
});

test('synonyms are instructions', () => {
  expect(['jz', 'CMOVNAE', 'sal', 'retn', 'loopz', 'rdmsr'].filter(isMnemonic)).toHaveLength(6);
  expect(['eax', 'label', 'x87', 'sse', 'jcc', ''].filter(isMnemonic)).toEqual([]);
});
