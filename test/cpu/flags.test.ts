import { describe, expect, test } from 'vitest';
import { AF, CF, holds, OF, PF, SF, STATUS, setFlagsOfAdd, setFlagsOfLogic, setFlagsOfSub, ZF } from '../../src/cpu/flags.ts';

const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const asSigned = (byte: number): number => (byte << 24) >> 24;

/** The flags by their definitions (SDM vol. 1, 3.4.3.1), from sums of small integers. */
function expected(low: number, exact: number, exactSigned: number): number {
  const byte = exact & 0xff;
  const ones = byte.toString(2).replaceAll('0', '').length;
  return (
    (exact < 0 || exact > 0xff ? CF : 0) |
    (ones % 2 === 0 ? PF : 0) |
    (low < 0 || low > 0xf ? AF : 0) |
    (byte === 0 ? ZF : 0) |
    (byte >= 0x80 ? SF : 0) |
    (exactSigned < -0x80 || exactSigned > 0x7f ? OF : 0)
  );
}

/** Pairs of bytes, in a wider operand at its upper end, so that the same sums meet every width. */
describe.each([8, 16, 32, 64] as const)('%i bits', (size) => {
  const up = BigInt(size - 8);
  const lift = (value: number): bigint => BigInt(value) << up;
  /** What only the upper end shows. */
  const compared = size === 8 ? STATUS : CF | ZF | SF | OF;

  test.each([0, 1])('all sums of two bytes, carry %i', (carry) => {
    const wrong = BYTES.flatMap((a) =>
      BYTES.filter((b) => {
        const cpu = { rflags: 2 };
        setFlagsOfAdd(cpu, lift(a), lift(b), lift(a + b + carry), size);
        const flags = expected((a & 15) + (b & 15) + carry, a + b + carry, asSigned(a) + asSigned(b) + carry);
        return (cpu.rflags & compared) !== (flags & compared);
      }).map((b) => [a, b]),
    );
    expect(wrong).toEqual([]);
  });

  test.each([0, 1])('all differences of two bytes, borrow %i', (borrow) => {
    const wrong = BYTES.flatMap((a) =>
      BYTES.filter((b) => {
        const cpu = { rflags: 2 };
        setFlagsOfSub(cpu, lift(a), lift(b), lift(a - b - borrow), size);
        const flags = expected((a & 15) - (b & 15) - borrow, a - b - borrow, asSigned(a) - asSigned(b) - borrow);
        return (cpu.rflags & compared) !== (flags & compared);
      }).map((b) => [a, b]),
    );
    expect(wrong).toEqual([]);
  });

  test('a result is zero only if all of its bits are', () => {
    const bits = Array.from({ length: size }, (_, bit) => 1n << BigInt(bit));
    const zeros = [0n, 1n << BigInt(size), ...bits].filter((result) => {
      const cpu = { rflags: 2 };
      setFlagsOfLogic(cpu, result, size);
      return cpu.rflags & ZF;
    });
    expect(zeros).toEqual([0n, 1n << BigInt(size)]);
  });
});

test('flags that an operation does not affect stay', () => {
  const others = 0x0030_2702;
  const cpu = { rflags: others | CF | ZF | OF };
  setFlagsOfAdd(cpu, 1n, 1n, 2n, 32, STATUS & ~CF);
  expect(cpu.rflags).toBe(others | CF);
});

test('conditions are those of the manual (SDM vol. 1, appendix B)', () => {
  const CONDITIONS: readonly ((f: Record<'c' | 'z' | 's' | 'o' | 'p', boolean>) => boolean)[] = [
    ({ o }) => o,
    ({ c }) => c,
    ({ z }) => z,
    ({ c, z }) => c || z,
    ({ s }) => s,
    ({ p }) => p,
    ({ s, o }) => s !== o,
    ({ s, o, z }) => s !== o || z,
  ];
  for (let bits = 0; bits < 32; bits++) {
    const [c, z, s, o, p] = [1, 2, 4, 8, 16].map((bit) => (bits & bit) !== 0);
    const rflags = 2 | (c ? CF : 0) | (z ? ZF : 0) | (s ? SF : 0) | (o ? OF : 0) | (p ? PF : 0);
    const answers = CONDITIONS.flatMap((holdsByManual) => [holdsByManual({ c, z, s, o, p }), !holdsByManual({ c, z, s, o, p })]);
    expect(answers.map((_, condition) => holds(rflags, condition))).toEqual(answers);
  }
});
