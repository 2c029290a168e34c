// Why an instruction did not happen. Thrown where it is found, caught only in step.ts, which delivers it through the IDT.
// A plain class, not an Error: capturing a stack would make each page fault ten times slower.

/** Exception vectors (SDM vol. 3, table 6-1). */
export const DE = 0;
export const DB = 1;
export const NMI = 2;
export const BP = 3;
export const OF = 4;
export const BR = 5;
export const UD = 6;
export const NM = 7;
export const DF = 8;
export const TS = 10;
export const NP = 11;
export const SS_FAULT = 12;
export const GP = 13;
export const PF = 14;
export const MF = 16;
export const AC = 17;
export const MC = 18;
export const XM = 19;

/** `error` is the error code where the vector has one; `address` the linear address of a page fault, which becomes CR2. */
export class Fault {
  readonly vector: number;
  readonly error: number | undefined;
  readonly address: bigint;
  constructor(vector: number, error?: number, address = 0n) {
    this.vector = vector;
    this.error = error;
    this.address = address;
  }
}
