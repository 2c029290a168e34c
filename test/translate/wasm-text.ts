// WebAssembly bytes → one line of text for each instruction, for the golden files. It reads the specification's opcodes from the
// translator's own table but walks the bytes by itself.

import { LOCAL } from '../../src/translate/locals.ts';
import { F64, I32, I64, MEMORY } from '../../src/translate/wasm.ts';

const names = (prefix: string, table: Readonly<Record<string, number>>): [number, string][] =>
  Object.entries(table).map(([name, opcode]) => [opcode, `${prefix}${name}`]);

const PLAIN = new Map([...names('i32.', I32), ...names('i64.', I64), ...names('f64.', F64), [0x00, 'unreachable'], [0x05, 'else'], [0x0b, 'end'], [0x0f, 'return'], [0x1b, 'select']] as [number, string][]);
const ACCESSES = new Map(names('', MEMORY));
const STRUCTURED = new Map([[0x02, 'block'], [0x03, 'loop'], [0x04, 'if']]);
const INDEXED = new Map([[0x0c, 'br'], [0x0d, 'br_if'], [0x10, 'call'], [0x20, 'local.get'], [0x21, 'local.set'], [0x22, 'local.tee']]);
const REGISTERS = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'];

function localName(index: number): string {
  const register = REGISTERS[index - LOCAL.gpr];
  return register ?? Object.entries(LOCAL).find(([, number]) => number === index)![0];
}

export function wasmText(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let at = 0;
  let depth = 0;
  const unsigned = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const signed = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; ) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) return BigInt.asIntN(Number(shift), value);
    }
  };
  while (at < bytes.length) {
    const opcode = bytes[at++];
    let text: string;
    if (opcode === 0x41 || opcode === 0x42) text = `i${opcode === 0x41 ? 32 : 64}.const ${signed()}`;
    else if (ACCESSES.has(opcode)) {
      at++;
      text = `${ACCESSES.get(opcode)} +${unsigned()}`;
    } else if (opcode === 0xfc) {
      text = `memory.${{ 10: 'copy' }[unsigned()]}`;
      at += 2;
    } else if (STRUCTURED.has(opcode)) {
      at++;
      text = STRUCTURED.get(opcode)!;
    } else if (INDEXED.has(opcode)) {
      const index = unsigned();
      text = `${INDEXED.get(opcode)} ${opcode >= 0x20 ? localName(index) : index}`;
    } else {
      text = PLAIN.get(opcode) ?? `?${opcode.toString(16)}`;
    }
    if (text === 'end' || text === 'else') depth--;
    lines.push('  '.repeat(depth) + text);
    if (text === 'else' || STRUCTURED.has(opcode)) depth++;
  }
  return lines;
}
