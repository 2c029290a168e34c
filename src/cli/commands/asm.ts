// `clispin asm`: NASM source to a flat file or an ELF64 executable, and a listing.

import { basename } from 'node:path';
import { toElf, toFlat, writeListing } from '../../index.ts';
import { assembleFile } from '../assembly.ts';
import { EXIT } from '../exit-code.ts';
import { STANDARD } from '../files.ts';
import { checkOutputs, writeWhole } from '../outputs.ts';
import type { Command } from '../options.ts';

const FORMATS = { bin: toFlat, elf: toElf } as const;
const SUFFIX = { bin: '.bin', elf: '.elf' } as const;

/** In the current folder, wherever the source is: a package's own folder is nobody's to write to. */
const defaultOutput = (source: string, suffix: string): string =>
  source === STANDARD ? STANDARD : `${basename(source).replace(/\.(asm|s|nasm)$/, '')}${suffix}`;

export const asm: Command = {
  name: 'asm',
  operands: 'SOURCE.asm [options]',
  summary:
    'Assembles NASM source, or with - for SOURCE the standard input. Exit code 3 and no file when there is a mistake in it. kernel.asm is the kernel, from everywhere.',
  options: [
    { name: 'format', short: 'f', value: 'bin|elf', help: 'flat binary (default), or ELF64 executable with symbols and DWARF lines' },
    { name: 'output', short: 'o', value: 'FILE', help: "where to write; default: the source's name with .bin or .elf, in the current folder; - is stdout, and the default for -" },
    { name: 'listing', short: 'l', value: 'FILE', help: 'write a listing too' },
    { name: 'include', short: 'i', value: 'FOLDER', multiple: true, help: 'look for included files here as well; may come several times' },
    { name: 'define', short: 'd', value: 'NAME[=VALUE]', multiple: true, help: 'define a macro in front of the source; may come several times' },
  ],
  run: (args) => {
    const [source, ...rest] = args.operands;
    if (source === undefined) throw args.misuse('which source?');
    if (rest.length > 0) throw args.misuse(`one source at a time; '${rest[0]}' is too much`);
    const format =
      args.value('format', 'bin or elf', (text) => (text in FORMATS ? (text as keyof typeof FORMATS) : undefined)) ?? 'bin';
    const output = args.text('output') ?? defaultOutput(source, SUFFIX[format]);
    if (output === STANDARD && process.stdout.isTTY) throw args.misuse('machine code is nothing for a terminal; -o FILE says where it goes');
    const list = args.text('listing');
    checkOutputs({ command: 'asm', outputs: [['output', output], ['listing', list]], inputs: [source] });
    const { object, layout, sources } = assembleFile(source, {
      includePaths: args.texts('include'),
      defines: args.texts('define'),
    });
    writeWhole(output, FORMATS[format](object));
    if (list !== undefined) writeWhole(list, writeListing(source, layout!, sources));
    return EXIT.OK;
  },
};
