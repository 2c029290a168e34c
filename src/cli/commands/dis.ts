// `clispin dis`: machine code to NASM text, with symbols and source lines where the file has them.

import { decode, hex, isElf, isFormatError, type LineTable, linesOf, print, readElf, SHF_EXECINSTR, type SymbolTable, symbolsOf } from '../../index.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { readBytes } from '../files.ts';
import { type Command, parseBytes } from '../options.ts';
import { paint, sayLine } from '../terminal.ts';

type Bits = 16 | 32 | 64;

interface Region {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

export const dis: Command = {
  name: 'dis',
  operands: 'FILE [options]',
  summary: 'Disassembles the code of an ELF file, or a flat file from its first byte.',
  options: [
    { name: 'bits', short: 'b', value: '16|32|64', help: 'size of the code (default 64)' },
    { name: 'origin', short: 'o', value: 'ADDRESS', help: 'address of the first byte of a flat file (default 0)' },
    { name: 'skip', short: 'e', value: 'BYTES', help: 'leave out so many bytes of a flat file' },
  ],
  run: (args) => {
    const [path, ...rest] = args.operands;
    if (path === undefined || rest.length > 0) throw args.misuse('names one file');
    const bits = args.value('bits', '16, 32 or 64', (text): Bits | undefined =>
      text === '16' || text === '32' || text === '64' ? (Number(text) as Bits) : undefined,
    ) ?? 64;
    const origin = args.value('origin', 'an address', (text) => (/^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : undefined)) ?? 0n;
    const skip = args.value('skip', 'a number of bytes', parseBytes) ?? 0;
    const file = readBytes(path);
    if (!isElf(file)) {
      show({ address: origin + BigInt(skip), bytes: file.subarray(skip) }, bits, undefined, undefined);
      return EXIT.OK;
    }
    const elf = readElf(file);
    if (isFormatError(elf)) throw new CliError(`${path}: at 0x${hex(elf.offset)}: ${elf.error}`, EXIT.BAD_INPUT);
    const lines = linesOf(elf);
    for (const section of elf.sections.filter(({ flags, bytes }) => (flags & SHF_EXECINSTR) !== 0n && bytes.length > 0))
      show(section, elf.class === 64 ? bits : 32, symbolsOf(elf), isFormatError(lines) ? undefined : lines);
    return EXIT.OK;
  },
};

/** Prints a region, a name in front of each function, a place where the source line changes. */
const show = ({ address, bytes }: Region, bits: Bits, symbols: SymbolTable | undefined, lines: LineTable | undefined): void => {
  let place = '';
  for (let offset = 0; offset < bytes.length; ) {
    const at = address + BigInt(offset);
    const insn = decode(bytes, offset, bits);
    const length = typeof insn === 'string' ? 1 : insn.length;
    const own = bytes.subarray(offset, offset + length);
    const text = typeof insn === 'string' ? `db 0x${hex(bytes[offset], 2)}` : print(insn, at, (target) => symbols?.nameOf(target), own);
    const symbol = symbols?.at(at);
    if (symbol?.address === at) sayLine(paint('bold', `\n${symbol.name}:`));
    const line = lines?.placeOf(at);
    const next = line ? `${line.file}:${line.line}` : '';
    if (next !== place && next !== '') sayLine(paint('grey', `; ${next}`));
    place = next;
    const code = [...own].map((byte) => hex(byte, 2)).join('');
    sayLine(`${hex(at, bits === 64 ? 16 : 8)}  ${code.padEnd(20)}  ${text}`);
    offset += length;
  }
};
