// What is not as on hardware: one list, plain data. `clispin cpu --differences` prints it, and the READMEs refer to it. A line is added
// with whatever it describes.

/** What is missing, simplified, or a choice where the manual leaves one; by part of the machine. */
export const DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  'Not modelled: CPU': [
    'x87, MMX, SSE and later: #NM or #UD as CR0 says; XSAVE, VEX, RDRAND, VMX, SGX are no instructions',
    'virtual-8086 mode: an IRET to it is #GP(0)',
    'task switches and task gates: #GP with the vector or selector; IRET with NT is #GP(0) in protected mode too',
    'call gates: #GP with the selector',
    'system management mode; machine checks; memory types and caches; protection keys; PCIDs',
    'data breakpoints on the processor\'s own accesses to its tables',
    'BMI1 but TZCNT, SSE4.2 but CRC32: both execute, and CPUID claims neither',
    'LOCK has nothing to do: CPUs take turns, so memory is sequentially consistent',
  ],
  'Choices: CPU': [
    'one instruction takes one tick of the TSC, PAUSE 40, a REP iteration one; delivery of an event takes none',
    'NMIs wait through the shadow of STI and of MOV SS; of two loads of SS in a row the first makes a shadow',
    'an IRET that faults ends the blocking of NMIs',
    'accessed and dirty flags are set by accesses that are allowed; a page fault during delivery sets CR2 also if it becomes #DF',
    'DR6.B0 to B3 are set for enabled breakpoints only; an I/O breakpoint without CR4.DE never comes',
    'a debug exception of an instruction in the shadow of MOV SS takes along the breakpoint that MOV SS holds',
    'IA32_DEBUGCTL has BTF only, and no branches are recorded; a branch to the next instruction is none for it',
    'IA32_MISC_ENABLE: XD Bit Disable hides NX and refuses EFER.NXE, but an NXE that is set stays in effect',
    'any flush of the TLB drops global pages too; INVLPG drops everything once a large page has been used',
    'shutdown ends by NMI or INIT; a machine ends with its first shutdown',
    'after INIT pending NMIs are gone; the bootstrap processor takes INIT to the reset vector, where there is no ROM',
    'MAXPHYADDR is 40, linear addresses have 48 bits',
    'LAR returns bits 16 to 19 of the limit; SLDT, STR, SMSW write all of a register operand',
    'a null selector in FS or GS clears its base; a return to an outer level leaves it',
  ],
  'Local APIC': [
    'no SMI, no CMCI entry; level-triggered LINT pins count as edges; the delivery status is always idle',
    'IPIs that the manual calls invalid (NMI to `self`) are sent as written',
    'logical x2APIC ids follow from the initial id; ids are below 255',
    'what one CPU sends to another arrives between turns; what it sends to itself, at once',
    'a register page that is moved onto RAM is not seen',
  ],
  'Performance counters': [
    'version 2; edge detection counts nothing; no pin control, no freezing, no PEBS, no full-width writes',
    'core and reference cycles are the same: the core runs at the TSC\'s rate',
    'an instruction that changes the privilege level is counted at the level it goes to',
    'the skid of an overflow is 0 instructions',
  ],
  Devices: [
    'I/O APIC: polarity is kept and ignored',
    '8259A: its request goes to LINT0 of the first CPU alone, and goes before those of the local APIC; no special fully nested mode, no 8080 mode',
    '8254: a new count in modes 2 and 3 takes effect at once; the low byte of a count in mode 0 does not lower OUT',
    '16550A: handshake inputs are always asserted; no break, parity or framing errors; DMA mode does nothing',
    '16550A: a byte written to a full transmitter is lost, rather than the one before it',
    'CMOS clock: the date cannot be set; no alarm, periodic or update interrupt',
    'keyboard controller: it resets, and has no keyboard; A20 is always on',
    'no disks, no PCI devices, no video memory: what is written at A0000H to FFFFFH stays there as in RAM',
  ],
  Machine: [
    'a boot sector finds no BIOS but its clock: INT 8 counts at 40:6C, without a midnight, and calls INT 1CH',
    'a port access across two devices, or wider than its device, arrives in pieces from the lowest address up',
    'a triple fault ends the run and does not reset the machine; so does a reset',
  ],
};
