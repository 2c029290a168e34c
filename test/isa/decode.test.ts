// What bytes mean, by the manual: prefixes, modes, ModRM, and what is no instruction.

import { describe, expect, test } from 'vitest';
import { decode } from '../../src/isa/decode.ts';
import type { Mode } from '../../src/isa/operand.ts';
import { print } from '../../src/isa/print.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** The instruction's text, or why there is none. */
const dis = (hex: string, mode: Mode = 64): string => {
  const insn = decode(bytesOf(hex), 0, mode);
  return typeof insn === 'string' ? insn : print(insn);
};

const insnOf = (hex: string, mode: Mode = 64) => {
  const insn = decode(bytesOf(hex), 0, mode);
  if (typeof insn === 'string') throw new Error(`${hex} is ${insn}`);
  return insn;
};

describe('prefixes', () => {
  test.each([
    ['67 66 64 f0 01 03', 'lock add [fs:ebx], ax'],
    ['f0 64 67 66 01 03', 'lock add [fs:ebx], ax'],
    ['66 66 66 01 d8', 'add ax, bx'],
    ['65 64 8b 03', 'mov eax, [fs:rbx]'],
    ['f2 f3 a4', 'rep movsb'],
    ['f3 f2 a6', 'repne cmpsb'],
  ])('%s: any order, any number, the last of a group counts', (bytes, text) => expect(dis(bytes)).toBe(text));

  test.each([
    ['48 66 01 d8', 'add ax, bx'],
    ['48 40 01 d8', 'add eax, ebx'],
    ['66 48 01 d8', 'add rax, rbx'],
  ])('%s: REX counts directly before the opcode only, and REX.W goes before 66 (SDM vol. 2, 2.2.1)', (bytes, text) =>
    expect(dis(bytes)).toBe(text));

  test('ES, CS, SS and DS do nothing in 64-bit mode', () => {
    expect(dis('3e 8b 03')).toBe('mov eax, [rbx]');
    expect(insnOf('36 8b 03').segment).toBe(-1);
    expect(dis('26 8b 03', 32)).toBe('mov eax, [es:ebx]');
  });

  test('F3 and F2 repeat string instructions only', () => {
    expect(insnOf('f3 a5').repeat).toBe('rep');
    expect(insnOf('f2 af').repeat).toBe('repne');
    expect(insnOf('f3 01 d8').repeat).toBe('none');
  });

  test.each([
    ['f3 90', 'pause'],
    ['f3 0f b8 c3', 'popcnt eax, ebx'],
    ['66 f3 0f bc c3', 'tzcnt ax, bx'],
    ['0f bc c3', 'bsf eax, ebx'],
    ['f2 0f bc c3', 'bsf eax, ebx'],
    ['66 f2 0f 38 f1 c3', 'crc32 eax, bx'],
    ['66 0f 38 f1 03', 'movbe [rbx], ax'],
    ['f3 0f 1e fa', 'endbr64'],
    ['66 0f ae 3b', 'clflushopt [rbx]'],
  ])('%s: mandatory prefixes choose the instruction', (bytes, text) => expect(dis(bytes)).toBe(text));

  test.each(['f0 01 d8', 'f0 8b 03', 'f0 90', 'f0 3b 03', 'f0 f3 a4', 'f0 0f ba 23 05', 'f0 87 c3'])(
    '%s: LOCK without a lockable form and memory is #UD (SDM vol. 2, LOCK)',
    (bytes) => expect(dis(bytes)).toBe('invalid'),
  );

  test.each([
    ['f0 87 03', 'lock xchg eax, [rbx]'],
    ['f0 0f ba 2b 05', 'lock bts dword [rbx], 5'],
    ['f0 48 0f c7 0b', 'lock cmpxchg16b [rbx]'],
  ])('%s: LOCK with them is not', (bytes, text) => expect(dis(bytes)).toBe(text));
});

describe('length', () => {
  test('an instruction of 15 bytes is one, of 16 it is not', () => {
    expect(dis('66 66 66 66 66 66 66 66 66 66 66 66 66 66 90')).toBe('o16 nop');
    expect(dis('66 66 66 66 66 66 66 66 66 66 66 66 66 66 66 90')).toBe('too-long');
    expect(dis('66 66 66 66 66 66 66 66 66 05 00 00 00')).toBe('add ax, strict word 0');
    expect(dis('f2 f2 f2 f2 f2 f2 f2 f2 f2 f2 f2 05 00 00 00 00')).toBe('too-long');
  });

  test.each(['', '66', '48', '0f', '0f 38', '8b', '8b 04', '8b 05 00 00 00', 'c7 03 00', 'e8 00', '0f 01'])(
    '%s needs more bytes',
    (bytes) => expect(dis(bytes)).toBe('truncated'),
  );

  test('what cannot become an instruction is invalid at once', () => {
    expect(dis('06')).toBe('invalid');
    expect(dis('0f ff')).toBe('truncated');
    expect(dis('0f 04')).toBe('invalid');
  });
});

describe('modes', () => {
  test.each(['06', '0e', '16', '1e', '27', '2f', '37', '3f', '60', '61', '62 03', '82 c0 05', '9a 00 00 00 00 00 00', 'c4 03', 'c5 03', 'ce', 'd4 0a', 'd5 0a', 'd6', 'ea 00 00 00 00 00 00'])(
    '%s is no instruction in 64-bit mode, but in 32-bit mode',
    (bytes) => {
      expect(dis(bytes)).toBe('invalid');
      expect(dis(bytes, 32)).not.toBe('invalid');
    },
  );

  test.each(['0f 05', '0f 07', '0f 01 f8', 'f3 0f ae c0'])('%s is one in 64-bit mode only', (bytes) => {
    expect(dis(bytes)).not.toBe('invalid');
    expect(dis(bytes, 32)).toBe('invalid');
  });

  test('40 to 4F are INC and DEC outside 64-bit mode', () => {
    expect(dis('41', 32)).toBe('inc ecx');
    expect(dis('4a', 16)).toBe('dec dx');
  });

  test('63 is ARPL or MOVSXD', () => {
    expect(dis('63 d8', 32)).toBe('arpl ax, bx');
    expect(dis('48 63 d8')).toBe('movsxd rbx, eax');
  });

  test.each([
    ['50', 'push rax', 64],
    ['66 50', 'push ax', 16],
    ['c9', 'leave', 64],
    ['66 c9', 'o16 leave', 16],
    ['6a ff', 'push -1', 64],
    ['66 6a ff', 'push word -1', 16],
    ['0f a0', 'push fs', 64],
    ['9c', 'pushfq', 64],
    ['66 9c', 'pushfw', 16],
    ['cf', 'iretd', 32],
    ['48 cf', 'iretq', 64],
  ])('%s: operand size of the stack in 64-bit mode', (bytes, text, size) => {
    expect(dis(bytes)).toBe(text);
    expect(insnOf(bytes).size).toBe(size);
  });

  test.each([
    ['66 e8 00 00 00 00', 'call $+6'],
    ['66 0f 84 00 01 00 00', 'je $+0x107'],
    ['66 c3', 'ret'],
    ['66 ff d0', 'call rax'],
  ])('%s: 66 does nothing to near branches in 64-bit mode (Intel)', (bytes, text) => {
    expect(dis(bytes)).toBe(text);
    expect(insnOf(bytes).size).toBe(64);
  });

  test('far transfers have 32 bits in 64-bit mode, 64 with REX.W', () => {
    expect(dis('ff 2b')).toBe('jmp far dword [rbx]');
    expect(dis('48 ff 2b')).toBe('jmp far qword [rbx]');
    expect(insnOf('cb').size).toBe(32);
    expect(insnOf('48 cb').size).toBe(64);
  });

  test('JCXZ and LOOP count by the address size', () => {
    expect([dis('e3 00', 16), dis('67 e3 00', 16), dis('e3 00', 32)]).toEqual(['jcxz $+2', 'jecxz $+3', 'jecxz $+2']);
    expect([dis('e3 00'), dis('67 e3 00'), dis('67 e2 fd')]).toEqual(['jrcxz $+2', 'jecxz $+3', 'a32 loop $+0']);
  });
});

describe('addresses', () => {
  test.each([
    ['8b 00', 16, 'mov ax, [bx+si]'],
    ['8b 46 00', 16, 'mov ax, [bp]'],
    ['8b 06 34 12', 16, 'mov ax, [0x1234]'],
    ['67 8b 00', 16, 'mov ax, [eax]'],
    ['67 8b 06 34 12', 32, 'mov eax, [word 0x1234]'],
    ['8b 05 78 56 34 12', 32, 'mov eax, [0x12345678]'],
    ['8b 05 10 00 00 00', 64, 'mov eax, [rel $+0x16]'],
    ['67 8b 05 10 00 00 00', 64, 'a32 mov eax, [rel $+0x17]'],
    ['8b 04 25 00 00 00 80', 64, 'mov eax, [0xffffffff80000000]'],
    ['8b 04 24', 64, 'mov eax, [rsp]'],
    ['42 8b 04 25 00 00 00 00', 64, 'mov eax, [r12]'],
    ['8b 04 65 00 00 00 00', 64, 'mov eax, [0]'],
    ['41 8b 45 00', 64, 'mov eax, [r13]'],
    ['41 8b 04 24', 64, 'mov eax, [r12]'],
    ['48 a1 88 77 66 55 44 33 22 11', 64, 'mov rax, [qword 0x1122334455667788]'],
    ['67 a1 88 77 66 55', 64, 'a32 mov eax, [0x55667788]'],
  ] as const)('%s in %i-bit code', (bytes, mode, text) => expect(dis(bytes, mode)).toBe(text));

  test('the segment in force is SS for RSP and RBP, DS for the rest (SDM vol. 1, table 3-5)', () => {
    const segments = ['8b 04 24', '8b 45 00', '41 8b 45 00', '41 8b 04 24', '8b 03', '65 8b 04 24'].map((bytes) => insnOf(bytes).src);
    expect(segments.map((operand) => operand.kind === 'mem' && operand.segment)).toEqual([2, 2, 3, 3, 3, 5]);
  });

  test('an immediate behind a RIP-relative address is part of the distance', () =>
    expect(insnOf('c7 05 00 00 00 00 05 00 00 00')).toMatchObject({ length: 10, dst: { base: 16, displacement: 0n } }));

  test('byte registers 4 to 7 are AH to BH, with any REX SPL to DIL', () => {
    expect(dis('88 e0')).toBe('mov al, ah');
    expect(dis('40 88 e0')).toBe('mov al, spl');
  });
});

describe('no instruction', () => {
  test.each([
    ['8d c0', 'LEA of a register'],
    ['0f 01 d0', 'XGETBV, which this processor has not'],
    ['8f c8', 'POP with another reg field'],
    ['c6 c8 00', 'MOV with another reg field'],
    ['fe d0', 'group 4'],
    ['ff f8', 'group 5'],
    ['8e c8', 'MOV to CS'],
    ['8e f0', 'MOV to a segment register that is not there'],
    ['8c f8', 'MOV from one'],
    ['0f 20 c8', 'MOV from CR1'],
    ['0f 22 e8', 'MOV to CR5'],
    ['44 0f 21 c0', 'MOV from DR8'],
    ['0f c7 c8', 'CMPXCHG8B of a register'],
    ['c5 f8 77', 'VEX'],
    ['c4 e2 79 18 00', 'VEX of three bytes'],
    ['62 f1 7c 48 10 00', 'EVEX'],
    ['ff d8', 'CALL far of a register'],
    ['0f 0d', 'nothing yet'],
  ])('%s: %s', (bytes, why) => expect(dis(bytes)).toBe(why === 'nothing yet' ? 'truncated' : 'invalid'));

  test('VEX with LES and LDS in 32-bit mode: only the memory form is one', () => {
    expect(dis('c5 f8 77', 32)).toBe('invalid');
    expect(dis('c5 03', 32)).toBe('lds eax, [ebx]');
  });

  test('MOV CR takes a register whatever mod says', () => expect(insnOf('0f 20 03')).toMatchObject({ length: 3, dst: { kind: 'reg', index: 3 } }));

  test.each(['d9 c0', 'dd 05 00 00 00 00', '0f 10 c1', '66 0f 6f 03', '0f 70 c1 05', '0f 77', '0f ae 03'])(
    '%s is x87, MMX or SSE of its full length',
    (bytes) => expect(insnOf(bytes)).toMatchObject({ form: { sem: 'fpu' }, length: bytesOf(bytes).length }),
  );
});

test('immediates are extended to the operand size', () => {
  expect(insnOf('48 83 c0 ff').src).toEqual({ kind: 'imm', value: 0xffff_ffff_ffff_ffffn, size: 64 });
  expect(insnOf('83 c0 ff').src).toEqual({ kind: 'imm', value: 0xffff_ffffn, size: 32 });
  expect(insnOf('48 c7 c0 00 00 00 80').src).toEqual({ kind: 'imm', value: 0xffff_ffff_8000_0000n, size: 64 });
  expect(insnOf('66 6a 80').dst).toEqual({ kind: 'imm', value: 0xff80n, size: 16 });
  expect(insnOf('c1 e0 ff').src).toEqual({ kind: 'imm', value: 0xffn, size: 8 });
});

test('LES and its like name the segment register as third operand', () =>
  expect(insnOf('0f b2 23')).toMatchObject({ third: { kind: 'seg', index: 2 }, src: { size: 48 } }));
