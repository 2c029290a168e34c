// What the parser, the layout and the sections have to say, whole: place, message, source line with a caret.

import { describe, expect, test } from 'vitest';
import { assembleSources } from './assembling.ts';

const expectErrors = (source: string, expected: string): void => {
  const { errors, bytes } = assembleSources(source);
  expect(errors).toBe(expected.replace(/^\n/, ''));
  expect(bytes.length).toBe(0);
};

const expectWarnings = (source: string, expected: string): void => {
  const { errors, warnings } = assembleSources(source);
  expect({ errors, warnings }).toEqual({ errors: '', warnings: expected.replace(/^\n/, '') });
};

/** Messages without source lines, for tables of many. */
const messages = (source: string): string[] =>
  assembleSources(source).assembly.diagnostics.map(({ place, severity, text }) => `${place.line}:${place.column}: ${severity}: ${text}`);

test('an error shows its line with a caret', () => {
  expectErrors('start:\n\tmov eax, [missing]\n', `
a.asm:2:12: error: symbol 'missing' is not defined
    	mov eax, [missing]
    	          ^`);
});

test('an error in a macro leads to its call', () => {
  expectErrors('%macro put 2\n mov %1, %2\n%endmacro\n put eax, bx', `
a.asm:2:2: error: mov: invalid combination of opcode and operands
     mov %1, %2
     ^
a.asm:4:2: note: in the expansion of 'put'`);
});

test('all errors of a run are found', () => {
  const { assembly } = assembleSources(Array.from({ length: 23 }, (_, line) => ` mov eax, x${line}`).join('\n'));
  expect(assembly.diagnostics.map(({ place, text }) => [place.line, text])).toEqual(
    Array.from({ length: 23 }, (_, line) => [line + 1, `symbol 'x${line}' is not defined`]),
  );
});

describe('what is no statement', () => {
  test.each([
    ['foo bar', "1:1: error: unknown instruction 'foo'"],
    ['foo: bar: db 1', "1:6: error: instruction expected, not 'bar'"],
    ['5 db 1', '1:1: error: label or instruction expected at start of line'],
    ['eax: db 1', '1:1: error: label or instruction expected at start of line'],
    [' equ 5', '1:2: error: equ needs a label in front'],
    ['y equ eax', '1:7: error: equ: a register is no value'],
    [' times 5', '1:8: error: instruction expected after times'],
    [' nop 5 6', "1:8: error: comma or end of line expected after operand, not '6'"],
    [' cpu z80', "1:6: error: unknown CPU type or flag 'z80'"],
    [' cpu p6, sse9', "1:6: error: unknown CPU type or flag 'sse9'"],
    [' cpu 286', '1:6: warning: cpu 286: newer instructions are not refused, and near conditional jumps are those of a 386'],
    [' mov eax,', '1:2: error: mov: invalid combination of opcode and operands'],
    ['[foo]', "1:2: error: unrecognized directive 'foo'"],
    ['[bits 32', '1:7: error: bits: expected ] at the end of a directive'],
    [' bits 48', "1:7: error: '48' is not a size of code: must be 16, 32 or 64"],
    [' default foo', '1:10: error: default: must be rel or abs'],
    [' global bar:function', '1:13: error: binary format does not support any special symbol types'],
    [' common q 4', '1:9: error: binary output format does not support common variables'],
    [' incbin "nope"', "1:9: error: incbin: cannot read 'nope'"],
    [' incbin nope', '1:2: error: incbin expects a file name'],
  ])('%s', (source, expected) => expect(messages(source)).toEqual([expected]));
});

describe('what is no operand', () => {
  test.each([
    [' mov eax,[foo', '1:10: error: expected ] at the end of a memory operand'],
    [' mov eax,[al]', '1:2: error: mov: invalid 16-bit effective address'],
    [' mov eax,[cs]', '1:11: error: invalid effective address: cs cannot be part of one'],
    [' mov eax,ebx+ecx', '1:10: error: a register cannot be part of a number'],
    [' mov eax,[ax:ebx]', '1:11: error: invalid segment override'],
    [' mov eax,ax:[ebx]', '1:10: error: invalid segment override'],
    [' mov eax,fs:[gs:ebx]', '1:14: error: two segment overrides'],
    [' jmp short [ebx]', '1:13: error: a jump through memory cannot be short'],
    [' jmp far 8:5', '1:12: error: a far pointer takes no distance'],
    [' db 1 2', "1:7: error: comma expected after operand, not '2'"],
    [' dt 1', '1:5: error: integer supplied as 80-bit data'],
    [' dw eax', '1:5: error: expression is not simple or relocatable'],
    [' db 2 dup (1', '1:12: error: expected ) at the end of a list of data'],
    [' db -1 dup (1)', '1:5: error: dup: the count is negative: -1'],
  ])('%s', (source, expected) => expect(messages(source)).toEqual([expected]));
});

describe('names', () => {
  test.each([
    ['x equ 1\nx equ 2', ["2:1: error: 'x' is defined twice; first at a.asm:1"]],
    ['a:\n nop\na:', ["3:1: error: 'a' is defined twice; first at a.asm:1"]],
    ['struc a, 9\n.x resb 1\nendstruc\nbits 64\n jmp b\na: times 200 db 0\nb: dd a', ["6:1: error: 'a' is defined twice; first at a.asm:1"]],
    ['extern foo\n db foo', ["2:5: error: 'foo' is external, and a binary has no external references"]],
    ['f:\n.x:\ng:\n jmp .x', ["4:6: error: symbol '.x' is not defined"]],
    ['x equ x + 1', ["1:1: error: no layout found in 120 passes: the value of 'x' depends on itself"]],
    ['a: times (b - a + 1) db 0\nb:', ["2:1: error: no layout found in 120 passes: the value of 'b' depends on itself"]],
  ])('%j', (source, expected) => expect(messages(source)).toEqual(expected));
});

describe('addresses where numbers are needed, and those that no binary can hold', () => {
  const sections = '\n section .data\na: db 0\n section .foo\nb: db 0';
  test.each([
    [` mov eax, [a - b]${sections}`, '1:12: error: an address cannot be made of these sections'],
    [` mov eax, a - b${sections}`, '1:11: error: expression is not simple or relocatable'],
    [` dd a - b${sections}`, '1:5: error: expression is not simple or relocatable'],
    ['x: times x db 0', '1:10: error: times: a constant is needed, not an address'],
    ['x: times -1 db 0', '1:10: error: times: the count is negative: -1'],
    ['x: resb x', '1:9: error: res: a constant is needed, not an address'],
    [' org x\nx:', '1:6: error: org: a constant is needed, not an address'],
  ])('%j', (source, expected) => expect(messages(source)).toEqual([expected]));
});

describe('sections', () => {
  test.each([
    [' section a start=1 follows=.text', '1:2: error: section a cannot have both start and follows'],
    [' section a align=3', '1:2: error: align: 3 is not a power of two'],
    [' section a start=1 start=2', '1:2: error: start of section a is set twice'],
    [' section a align=16 start=1', '1:2: error: start: conflicts with align of the section'],
    [' section a start=1 align=16', '1:2: error: align: 16 conflicts with start of the section'],
    [' section .bss progbits', '1:2: error: cannot change section .bss from nobits to progbits'],
    [' org 5\n org 6', '2:2: error: org: the origin is set twice'],
    [' org 5\n section .text start=4\n nop', "0:0: error: section .text begins before the program's origin"],
    [' section a follows=b\n nop', '0:0: error: section a follows unknown section b'],
    [' section a follows=b\n nop\n section b follows=a\n nop', '0:0: error: section b follows itself in a circle'],
    [' section a vfollows=b\n nop\n section b vfollows=a\n nop', '0:0: error: section a vfollows itself in a circle'],
    [' section a vfollows=b', '0:0: error: section a vfollows unknown section b'],
    [' section a start=0\n dq 1\n section b start=5\n nop', '0:0: error: sections a and b overlap'],
    [' section a nobits start=5 vstart=6', '0:0: error: cannot mix real and virtual attributes in nobits section a'],
    [' absolute 5\n nop', '2:2: error: only room can be reserved in absolute space'],
    [' align 3', '1:2: error: align: 3 is not a power of two'],
  ])('%j', (source, expected) => expect(messages(source)).toEqual([expected]));
});

describe('more than a source can mean is refused before memory is taken for it', () => {
  test.each([
    [' times 1099511627776 db 0', '1:2: error: times: 1099511627776 bytes are more than an image may have (67108864)'],
    [' resb 1099511627776', '1:2: error: 1099511627776 bytes are more than an image may have (67108864)'],
    [' section .bss\n resb 0x7fffffff\n resb 2', '3:2: error: 2 bytes are more than a section may have (2147483648)'],
    [' db 1000000000000 dup (1000000000 dup (1000000000 dup (0)))', '1:2: error: enormously many bytes are more than an image may have (67108864)'],
    ['x: times 1000000 jmp x', '1:1: error: times: 1000000 instructions that depend on their place are more than 65536'],
    [' section a start=0x100000000000\n db 1', '0:0: error: the sections span 17592186044417 bytes: more than an image may have (67108864)'],
    [` db ${'1 dup ('.repeat(70)}1${')'.repeat(70)}`, '1:460: error: lists of data are nested deeper than 64'],
  ])('%.40s', (source, expected) => expect(messages(source)).toEqual([expected]));

  test.each([' times 1000000000000 resb 0', ' db 1000000000000 dup ("")', ' times 0 nop', ''])('but nothing is nothing, however often: %j', (source) => {
    expect(messages(source)).toEqual([]);
  });
});

test('code that is far away is no error, but a short jump to it is', () => {
  expectErrors(' jmp short x\n times 200 nop\nx:', `
a.asm:1:2: error: jmp: short jump is out of range
     jmp short x
     ^`);
});

test.each([128, 129, 130, 131, 200])('a short jump over %i bytes goes too far', (count) =>
  expect(messages(` jecxz there\n times ${count} nop\nthere:`)).toEqual(['1:2: error: jecxz: short jump is out of range']));

describe('warnings do not keep the bytes from being made', () => {
  test('of data too large for its element', () => {
    expectWarnings(' db 300\n dw -70000\n dd 255, -129', `
a.asm:1:5: warning: byte data exceeds bounds: 0x12c
     db 300
        ^
a.asm:2:5: warning: word data exceeds bounds: -0x11170
     dw -70000
        ^`);
  });

  test.each([
    ['label', "1:1: warning: label 'label' alone on a line without a colon might be in error"],
    [' db', '1:2: warning: no operand for data declaration'],
    [' resb 5', '1:2: warning: uninitialized space declared in section .text: zeroing'],
    [' section .bss\n db 5', '2:2: warning: attempt to initialize memory in nobits section .bss: ignored'],
    [' section .text foo=1', '1:16: warning: ignoring unknown section attribute: "foo=1"'],
  ])('%j', (source, expected) => expect(messages(source)).toEqual([expected]));
});
