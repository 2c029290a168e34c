// Where things lie when a kernel starts → the records that tell it so: Multiboot's information structure (0.6.96, section 3.3) with
// memory sizes, command line, modules, memory map and the loader's name.

import { ByteWriter } from '../base/bytes.ts';
import {
  INFO_CMDLINE,
  INFO_LOADER_NAME,
  INFO_MEMORY,
  INFO_MEMORY_MAP,
  INFO_MODULES,
  MEMORY_AVAILABLE,
  MEMORY_RESERVED,
  MULTIBOOT_INFO,
  MULTIBOOT_MEMORY,
  MULTIBOOT_MODULE,
} from '../formats/multiboot.ts';

/** Where the extended BIOS data area begins. From here to 1 MiB is no place for a kernel. */
export const LOW_MEMORY_END = 0x9_fc00;
export const HIGH_MEMORY = 0x10_0000;
/** Where a BIOS leaves its tables, ACPI's among them. */
export const BIOS_AREA = 0xe_0000;

/** The physical address space as a BIOS would report it: start, end (exclusive), type. */
const memoryMap = (ramBytes: number): readonly (readonly [start: number, end: number, type: number])[] => [
  [0, LOW_MEMORY_END, MEMORY_AVAILABLE],
  [LOW_MEMORY_END, 0xa_0000, MEMORY_RESERVED],
  [BIOS_AREA, HIGH_MEMORY, MEMORY_RESERVED],
  [HIGH_MEMORY, ramBytes, MEMORY_AVAILABLE],
  [0xfec0_0000, 0xfec0_1000, MEMORY_RESERVED],
  [0xfee0_0000, 0xfee0_1000, MEMORY_RESERVED],
];

export interface BootInfo {
  readonly ramBytes: number;
  readonly commandLine: string;
  /** `end` is exclusive. */
  readonly modules: readonly { readonly start: number; readonly end: number; readonly name: string }[];
}

/** The structure, which comes first, and all it points to, to be placed at physical address `base`. */
export const buildBootInfo = ({ ramBytes, commandLine, modules }: BootInfo, base: number): Uint8Array => {
  const ranges = memoryMap(ramBytes);
  const mods_addr = base + MULTIBOOT_INFO.size;
  const mmap_addr = mods_addr + modules.length * MULTIBOOT_MODULE.size;
  const mmap_length = ranges.length * MULTIBOOT_MEMORY.size;
  const strings = new ByteWriter();
  const place = (text: string): number => {
    const address = mmap_addr + mmap_length + strings.length;
    strings.string(text);
    return address;
  };
  const out = new ByteWriter().put(MULTIBOOT_INFO, {
    flags: INFO_MEMORY | INFO_CMDLINE | INFO_MODULES | INFO_MEMORY_MAP | INFO_LOADER_NAME,
    mem_lower: LOW_MEMORY_END / 1024,
    mem_upper: (ramBytes - HIGH_MEMORY) / 1024,
    boot_device: 0,
    cmdline: place(commandLine),
    mods_count: modules.length,
    mods_addr,
    syms0: 0,
    syms1: 0,
    syms2: 0,
    syms3: 0,
    mmap_length,
    mmap_addr,
    drives_length: 0,
    drives_addr: 0,
    config_table: 0,
    boot_loader_name: place('clispin'),
    apm_table: 0,
  });
  for (const { start, end, name } of modules) {
    out.put(MULTIBOOT_MODULE, { mod_start: start, mod_end: end, string: place(name), reserved: 0 });
  }
  for (const [start, end, type] of ranges) {
    const size = MULTIBOOT_MEMORY.size - 4; // it does not count itself
    out.put(MULTIBOOT_MEMORY, { size, base_addr: BigInt(start), length: BigInt(end - start), type });
  }
  return out.bytes(strings.finish()).finish();
};
