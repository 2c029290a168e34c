// What the manual leaves undefined (SDM vol. 2, "Flags Affected"), so that a vector does not ask for it.

const [CF, PF, AF, ZF, SF, OF] = [0x001, 0x004, 0x010, 0x040, 0x080, 0x800];

const UNDEFINED: readonly (readonly [mnemonics: string, flags: number])[] = [
  ['and or xor test', AF],
  ['mul imul', SF | ZF | AF | PF],
  ['div idiv', CF | OF | SF | ZF | AF | PF],
  ['bt bts btr btc', OF | SF | AF | PF],
  ['bsf bsr', CF | OF | SF | AF | PF],
  ['tzcnt lzcnt', OF | SF | AF | PF],
  ['daa das', OF],
  ['aaa aas', OF | SF | ZF | PF],
  ['aam aad', OF | AF | CF],
];
const SHIFTS = ['shl', 'shr', 'sar'];
const DOUBLE_SHIFTS = ['shld', 'shrd'];
const ROTATES = ['rol', 'ror', 'rcl', 'rcr'];

/** `count` is the masked one of a shift or rotate, `size` the width of the operation. */
export function undefinedFlags(mnemonic: string, size: number, count: number): number {
  const isShift = SHIFTS.includes(mnemonic);
  const isDouble = DOUBLE_SHIFTS.includes(mnemonic);
  if (isShift || isDouble || ROTATES.includes(mnemonic)) {
    if (count === 0) return 0;
    if (isDouble && count > size) return CF | PF | AF | ZF | SF | OF;
    const afterOne = count === 1 ? 0 : OF;
    if (!isShift && !isDouble) return afterOne;
    return AF | afterOne | (isShift && mnemonic !== 'sar' && count >= size ? CF : 0);
  }
  return UNDEFINED.find(([mnemonics]) => mnemonics.split(' ').includes(mnemonic))?.[1] ?? 0;
}

/** Whether even the result is undefined. BSF and BSR of zero are not: both makers document that the destination stays. */
export const isResultUndefined = (mnemonic: string, size: number, count: number): boolean =>
  DOUBLE_SHIFTS.includes(mnemonic) && count > size;
