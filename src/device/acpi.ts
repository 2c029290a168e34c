// CPUs and devices of the machine → the ACPI tables that a BIOS would leave in memory (ACPI 6.5, chapter 5): RSDP, RSDT, XSDT, FADT,
// FACS, DSDT, MADT, one after the other from the RSDP on. The DSDT holds nothing but \_S5, so that a guest can switch off.

import { ByteWriter } from '../base/bytes.ts';
import { type Field, type RecordOf, type Struct, struct, u8, u16, u32, u64 } from '../base/struct.ts';
import { IOAPIC_BASE } from './ioapic.ts';
import { PM1_CONTROL, PM1_EVENT, PM_TIMER, SLEEP_TYPE_S5 } from './power.ts';

export interface AcpiConfig {
  /** Physical address of the RSDP, a multiple of 64; guests look in 0xE0000..0xFFFFF. */
  readonly base: number;
  /** The CPUs' initial APIC ids, the bootstrap processor's first. */
  readonly apicIds: readonly number[];
  readonly ioapicId: number;
}

/** `size` ASCII characters, filled up with blanks. */
const text = (size: number): Field<string> => ({
  size,
  put: (view, offset, value) => {
    for (let index = 0; index < size; index++) view.setUint8(offset + index, index < value.length ? value.charCodeAt(index) : 0x20);
  },
  take: (view, offset) =>
    String.fromCharCode(...Array.from({ length: size }, (_, index) => view.getUint8(offset + index))).trimEnd(),
});

const OEM = 'CLISPN';

export const RSDP = struct({
  signature: text(8),
  checksum: u8,
  oemId: text(6),
  revision: u8,
  rsdtAddress: u32,
  length: u32,
  xsdtAddress: u64,
  extendedChecksum: u8,
  reserved1: u8,
  reserved2: u16,
});
/** The part of the RSDP that its first checksum covers. */
const RSDP_1_0_SIZE = 20;

export const HEADER = struct({
  signature: text(4),
  length: u32,
  revision: u8,
  checksum: u8,
  oemId: text(6),
  oemTableId: text(8),
  oemRevision: u32,
  creatorId: text(4),
  creatorRevision: u32,
});

const GENERIC_ADDRESS = struct({ space: u8, bitWidth: u8, bitOffset: u8, accessSize: u8, address: u64 });
type GenericAddress = RecordOf<typeof GENERIC_ADDRESS>;

export const FADT = struct({
  firmwareControl: u32,
  dsdt: u32,
  interruptModel: u8,
  preferredProfile: u8,
  sciInterrupt: u16,
  smiCommand: u32,
  acpiEnable: u8,
  acpiDisable: u8,
  s4BiosRequest: u8,
  pstateControl: u8,
  pm1aEvent: u32,
  pm1bEvent: u32,
  pm1aControl: u32,
  pm1bControl: u32,
  pm2Control: u32,
  pmTimer: u32,
  gpe0: u32,
  gpe1: u32,
  pm1EventLength: u8,
  pm1ControlLength: u8,
  pm2ControlLength: u8,
  pmTimerLength: u8,
  gpe0Length: u8,
  gpe1Length: u8,
  gpe1Base: u8,
  cstateControl: u8,
  c2Latency: u16,
  c3Latency: u16,
  flushSize: u16,
  flushStride: u16,
  dutyOffset: u8,
  dutyWidth: u8,
  dayAlarm: u8,
  monthAlarm: u8,
  century: u8,
  bootArchitecture: u16,
  reserved: u8,
  flags: u32,
  resetRegister: GENERIC_ADDRESS,
  resetValue: u8,
  armBootArchitecture: u16,
  minorRevision: u8,
  xFirmwareControl: u64,
  xDsdt: u64,
  xPm1aEvent: GENERIC_ADDRESS,
  xPm1bEvent: GENERIC_ADDRESS,
  xPm1aControl: GENERIC_ADDRESS,
  xPm1bControl: GENERIC_ADDRESS,
  xPm2Control: GENERIC_ADDRESS,
  xPmTimer: GENERIC_ADDRESS,
  xGpe0: GENERIC_ADDRESS,
  xGpe1: GENERIC_ADDRESS,
});

const FACS = struct({
  signature: text(4),
  length: u32,
  hardwareSignature: u32,
  wakingVector: u32,
  globalLock: u32,
  flags: u32,
  xWakingVector: u64,
  version: u8,
});
const FACS_SIZE = 64;

const MADT = struct({ localApicAddress: u32, flags: u32 });
const PROCESSOR_LOCAL_APIC = struct({ type: u8, length: u8, processorUid: u8, apicId: u8, flags: u32 });
const IO_APIC = struct({ type: u8, length: u8, ioapicId: u8, reserved: u8, address: u32, globalInterruptBase: u32 });
const SOURCE_OVERRIDE = struct({ type: u8, length: u8, bus: u8, source: u8, globalInterrupt: u32, flags: u16 });
const LOCAL_APIC_NMI = struct({ type: u8, length: u8, processorUid: u8, flags: u16, lint: u8 });

const LOCAL_APIC_BASE = 0xfee0_0000;
const PCAT_COMPATIBLE = 1;
const ENABLED = 1;
const ACTIVE_HIGH_LEVEL = 0b1101;
const ALL_PROCESSORS = 0xff;

const SCI = 9;
const CENTURY_REGISTER = 0x32;
const NO_C_STATE = 0xfff;
/** Legacy devices, no VGA. */
const BOOT_ARCHITECTURE = 0x0005;
/** WBINVD, C1, no power or sleep button, no clock in S-states, 32-bit PM timer, reset register. */
const FADT_FLAGS = 0x0000_0001 | 0x0000_0004 | 0x0000_0030 | 0x0000_0040 | 0x0000_0100 | 0x0000_0400;
const RESET_PORT = 0xcf9;
const RESET_VALUE = 0x06;

/** Name(\_S5, Package(4) { 5, 5, 0, 0 }) */
const S5_PACKAGE = [0x08, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x08, 0x04, 0x0a, SLEEP_TYPE_S5, 0x0a, SLEEP_TYPE_S5, 0x00, 0x00];

/** The bytes to be placed at `base`. */
export const buildAcpi = ({ base, apicIds, ioapicId }: AcpiConfig): Uint8Array => {
  const tables = new ByteWriter();
  const first = base + align(RSDP.size);
  const place = (bytes: Uint8Array): number => {
    tables.align(FACS_SIZE);
    const address = first + tables.length;
    tables.bytes(bytes);
    return address;
  };
  const facs = place(buildFacs());
  const dsdt = place(buildTable('DSDT', 2, Uint8Array.from(S5_PACKAGE)));
  const fadt = place(buildTable('FACP', 4, bytesOf(FADT, describeHardware(facs, dsdt))));
  const madt = place(buildTable('APIC', 3, buildMadt(apicIds, ioapicId)));
  const rsdt = place(buildTable('RSDT', 1, new ByteWriter().u32(fadt).u32(madt).finish()));
  const xsdt = place(buildTable('XSDT', 1, new ByteWriter().u64(BigInt(fadt)).u64(BigInt(madt)).finish()));
  return new ByteWriter().bytes(buildRsdp(rsdt, xsdt)).align(FACS_SIZE).bytes(tables.finish()).finish();
};

const align = (size: number): number => Math.ceil(size / FACS_SIZE) * FACS_SIZE;

const bytesOf = <T extends object>(layout: Struct<T>, record: T): Uint8Array => new ByteWriter().put(layout, record).finish();

/** The value that makes the bytes add up to 0. */
const checksum = (bytes: Uint8Array): number => -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;

const buildTable = (signature: string, revision: number, body: Uint8Array): Uint8Array => {
  const header: RecordOf<typeof HEADER> = {
    signature,
    length: HEADER.size + body.length,
    revision,
    checksum: 0,
    oemId: OEM,
    oemTableId: OEM,
    oemRevision: 1,
    creatorId: 'CLSP',
    creatorRevision: 1,
  };
  const bytes = new ByteWriter().put(HEADER, header).bytes(body).finish();
  bytes[HEADER.offsets.checksum] = checksum(bytes);
  return bytes;
};

const buildRsdp = (rsdt: number, xsdt: number): Uint8Array => {
  const bytes = bytesOf(RSDP, {
    signature: 'RSD PTR ',
    checksum: 0,
    oemId: OEM,
    revision: 2,
    rsdtAddress: rsdt,
    length: RSDP.size,
    xsdtAddress: BigInt(xsdt),
    extendedChecksum: 0,
    reserved1: 0,
    reserved2: 0,
  });
  bytes[RSDP.offsets.checksum] = checksum(bytes.subarray(0, RSDP_1_0_SIZE));
  bytes[RSDP.offsets.extendedChecksum] = checksum(bytes);
  return bytes;
};

const buildFacs = (): Uint8Array =>
  new ByteWriter()
    .put(FACS, {
      signature: 'FACS',
      length: FACS_SIZE,
      hardwareSignature: 0,
      wakingVector: 0,
      globalLock: 0,
      flags: 0,
      xWakingVector: 0n,
      version: 2,
    })
    .align(FACS_SIZE)
    .finish();

const buildMadt = (apicIds: readonly number[], ioapicId: number): Uint8Array => {
  const madt = new ByteWriter().put(MADT, { localApicAddress: LOCAL_APIC_BASE, flags: PCAT_COMPATIBLE });
  const entry = <T extends object>(layout: Struct<T & { type: number; length: number }>, type: number, rest: T): void => {
    madt.put(layout, { type, length: layout.size, ...rest });
  };
  for (const [processorUid, apicId] of apicIds.entries()) entry(PROCESSOR_LOCAL_APIC, 0, { processorUid, apicId, flags: ENABLED });
  entry(IO_APIC, 1, { ioapicId, reserved: 0, address: IOAPIC_BASE, globalInterruptBase: 0 });
  entry(SOURCE_OVERRIDE, 2, { bus: 0, source: 0, globalInterrupt: 2, flags: 0 });
  entry(SOURCE_OVERRIDE, 2, { bus: 0, source: SCI, globalInterrupt: SCI, flags: ACTIVE_HIGH_LEVEL });
  entry(LOCAL_APIC_NMI, 4, { processorUid: ALL_PROCESSORS, flags: 0, lint: 1 });
  return madt.finish();
};

const NOWHERE: GenericAddress = { space: 0, bitWidth: 0, bitOffset: 0, accessSize: 0, address: 0n };

/** An I/O port of 8, 16 or 32 bits; access sizes are 1 for a byte and so on. */
const port = (address: number, bitWidth: 8 | 16 | 32): GenericAddress => ({
  space: 1,
  bitWidth,
  bitOffset: 0,
  accessSize: { 8: 1, 16: 2, 32: 3 }[bitWidth],
  address: BigInt(address),
});

const describeHardware = (facs: number, dsdt: number): RecordOf<typeof FADT> => ({
  firmwareControl: facs,
  dsdt,
  interruptModel: 0,
  preferredProfile: 0,
  sciInterrupt: SCI,
  smiCommand: 0,
  acpiEnable: 0,
  acpiDisable: 0,
  s4BiosRequest: 0,
  pstateControl: 0,
  pm1aEvent: PM1_EVENT,
  pm1bEvent: 0,
  pm1aControl: PM1_CONTROL,
  pm1bControl: 0,
  pm2Control: 0,
  pmTimer: PM_TIMER,
  gpe0: 0,
  gpe1: 0,
  pm1EventLength: 4,
  pm1ControlLength: 2,
  pm2ControlLength: 0,
  pmTimerLength: 4,
  gpe0Length: 0,
  gpe1Length: 0,
  gpe1Base: 0,
  cstateControl: 0,
  c2Latency: NO_C_STATE,
  c3Latency: NO_C_STATE,
  flushSize: 0,
  flushStride: 0,
  dutyOffset: 0,
  dutyWidth: 0,
  dayAlarm: 0,
  monthAlarm: 0,
  century: CENTURY_REGISTER,
  bootArchitecture: BOOT_ARCHITECTURE,
  reserved: 0,
  flags: FADT_FLAGS,
  resetRegister: port(RESET_PORT, 8),
  resetValue: RESET_VALUE,
  armBootArchitecture: 0,
  minorRevision: 0,
  xFirmwareControl: BigInt(facs),
  xDsdt: BigInt(dsdt),
  xPm1aEvent: { ...port(PM1_EVENT, 32), accessSize: 2 },
  xPm1bEvent: NOWHERE,
  xPm1aControl: port(PM1_CONTROL, 16),
  xPm1bControl: NOWHERE,
  xPm2Control: NOWHERE,
  xPmTimer: port(PM_TIMER, 32),
  xGpe0: NOWHERE,
  xGpe1: NOWHERE,
});
