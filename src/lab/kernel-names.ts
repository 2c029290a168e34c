// A kernel's image → the names that its tables hold: words of its command line, sysctls, scenarios, functions. asm/macros.inc makes the
// tables: kernel_param, sysctl, scenario, endfunction. An image that has none, such as anybody else's, has no names.

import { isElf, readElf } from '../formats/elf-read.ts';
import { isFormatError } from '../formats/format-error.ts';

export interface KernelNames {
  readonly parameters: readonly string[];
  readonly sysctls: readonly string[];
  readonly scenarios: readonly string[];
  /** As traces show them. */
  readonly functions: readonly string[];
}

export const NO_NAMES: KernelNames = { parameters: [], sysctls: [], scenarios: [], functions: [] };

/** Section, bytes of a record, and where in it the address of its name is (struc knob, scenario_record, ksym). */
const TABLES = { parameters: ['.params', 40, 0], sysctls: ['.sysctls', 40, 0], scenarios: ['.scenarios', 24, 0], functions: ['.kallsyms', 32, 8] } as const;

const LONGEST = 200;

export const kernelNames = (image: Uint8Array): KernelNames => {
  const elf = isElf(image) ? readElf(image) : undefined;
  const sections = elf === undefined || isFormatError(elf) ? [] : elf.sections;
  const nameAt = (address: bigint): string => {
    const section = sections.find(({ address: start, bytes }) => address >= start && address < start + BigInt(bytes.length));
    if (!section) return '';
    const start = Number(address - section.address);
    const bytes = section.bytes.subarray(start, start + LONGEST);
    return new TextDecoder().decode(bytes.subarray(0, Math.max(0, bytes.indexOf(0))));
  };
  const namesOf = ([name, size, offset]: readonly [string, number, number]): string[] => {
    const bytes = sections.find((section) => section.name === name)?.bytes ?? new Uint8Array();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => nameAt(view.getBigUint64(index * size + offset, true))).filter(Boolean);
  };
  return {
    parameters: namesOf(TABLES.parameters),
    sysctls: namesOf(TABLES.sysctls),
    scenarios: namesOf(TABLES.scenarios),
    functions: namesOf(TABLES.functions),
  };
};
