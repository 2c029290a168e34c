// Canonical addresses: bits 63 to 47 are the same (SDM vol. 1, 3.3.7.1).

export const isCanonical = (address: bigint): boolean => BigInt.asUintN(64, BigInt.asIntN(48, address)) === address;

/** Of an address with this upper half. */
export const isHighCanonical = (high: number): boolean => (high + 0x8000) >>> 0 < 0x1_0000;
