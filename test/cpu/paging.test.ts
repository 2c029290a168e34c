// Paging in its three forms: rights, flags, reserved bits, page sizes, the TLB (SDM vol. 3, chapter 4). Programs run with every page
// mapped for everyone; `page` gives the page at 2 MiB entries of its own.

import { describe, expect, test } from 'vitest';
import { AT, type Lab, run, type RunOptions } from '../support/cpu.ts';

const [P, W, U, A, D, PS] = [1n, 2n, 4n, 0x20n, 0x40n, 0x80n];
const NX = 1n << 63n;
const [PROTECTION, WRITE, USER, RESERVED, FETCH] = [1n, 2n, 4n, 8n, 16n];
const [CR4_PSE, CR4_SMEP, CR4_SMAP] = [0x10, 1 << 20, 1 << 21];

const PT = 0x4000;
/** Linear 2 MiB, on physical 64 KiB. */
const PAGE = 0x20_0000;
const FRAME = 0x1_0000;

/** Gives the page at 2 MiB an entry of its own: `flags` in its table, `above` in the directory. */
const page =
  (flags: bigint, above = P | W | U, prepare: (lab: Lab) => void = () => {}) =>
  (lab: Lab): void => {
    lab.setWord(AT.pd + 8, BigInt(PT) | above);
    lab.setWord(PT, flags === 0n ? 0n : BigInt(FRAME) | flags);
    prepare(lab);
  };

/** Error code of the page fault that an access makes, or undefined. */
const errorOf = (access: string, options: RunOptions): bigint | undefined => {
  const lab = run(`mov edi, ${PAGE}\n ${access}\n int 0x40\n on_64: exit\n on_14: mov rbx, [rsp]\n mov rcx, cr2\n exit`, {
    gates: { 64: { dpl: 3 } },
    ...options,
  });
  if (!lab.exceptions.includes(14)) return undefined;
  expect(lab.reg(1)).toBe(BigInt(PAGE));
  return lab.reg(3);
};

const READ_IT = 'mov rax, [rdi]';
const WRITE_IT = 'mov [rdi], rax';
const CALL_IT = 'call rdi';

describe('rights', () => {
  test.each([
    ['absent, read', READ_IT, 0n, 0, 0n],
    ['absent, written', WRITE_IT, 0n, 0, WRITE],
    ['absent, read by the user', READ_IT, 0n, 3, USER],
    ['the supervisor\'s, read by the user', READ_IT, P | W, 3, PROTECTION | USER],
    ['read-only, written by the user', WRITE_IT, P | U, 3, PROTECTION | USER | WRITE],
    ['not executable, called', CALL_IT, P | W | U | NX, 0, PROTECTION | FETCH],
    ['absent, called', CALL_IT, 0n, 0, FETCH],
    ['absent, called by the user', CALL_IT, 0n, 3, FETCH | USER],
    ['a reserved bit set, read', READ_IT, P | W | U | (1n << 41n), 0, PROTECTION | RESERVED],
  ] as const)('%s', (_name, access, flags, cpl, error) => {
    expect(errorOf(access, { cpl, prepare: page(flags) })).toBe(error);
  });

  test('a right must be given at every level', () => {
    expect(errorOf(READ_IT, { cpl: 3, prepare: page(P | W | U, P | W) })).toBe(PROTECTION | USER);
    expect(errorOf(WRITE_IT, { cpl: 3, prepare: page(P | W | U, P | U) })).toBe(PROTECTION | USER | WRITE);
    expect(errorOf(CALL_IT, { prepare: page(P | W | U, P | W | U | NX) })).toBe(PROTECTION | FETCH);
  });

  test('the supervisor writes to read-only pages only without CR0.WP', () => {
    const withoutWp = ({ cpu }: Lab): void => void (cpu.cr0 = (cpu.cr0 & ~0x1_0000) >>> 0);
    expect(errorOf(WRITE_IT, { prepare: page(P) })).toBe(PROTECTION | WRITE);
    expect(errorOf(WRITE_IT, { prepare: page(P, undefined, withoutWp) })).toBeUndefined();
  });

  test('without EFER.NXE bit 63 is reserved', () => {
    const off = ({ cpu }: Lab): void => void (cpu.efer &= ~0x800);
    expect(errorOf(READ_IT, { prepare: page(P | W | U | NX, undefined, off) })).toBe(PROTECTION | RESERVED);
  });

  test('SMEP keeps the supervisor from executing the user\'s pages', () => {
    const smep = ({ cpu }: Lab): void => void (cpu.cr4 |= CR4_SMEP);
    // The program's own pages must be the supervisor's then.
    const own = (lab: Lab): void => {
      smep(lab);
      lab.setWord(AT.pd, P | W | PS);
    };
    expect(errorOf(CALL_IT, { prepare: page(P | W | U, undefined, own) })).toBe(PROTECTION | FETCH);
  });

  describe('SMAP', () => {
    const smap = (lab: Lab): void => {
      lab.cpu.cr4 |= CR4_SMAP;
      lab.setWord(AT.pd, P | W | PS);
    };
    const prepare = page(P | W | U, undefined, smap);

    test('keeps the supervisor from the user\'s data', () => expect(errorOf(READ_IT, { prepare })).toBe(PROTECTION));
    test('unless AC is set', () => expect(errorOf(`stac\n ${READ_IT}\n ${READ_IT}`, { prepare })).toBeUndefined());
    test('and again when it is cleared', () => {
      expect(errorOf(`stac\n ${READ_IT}\n clac\n ${READ_IT}`, { prepare })).toBe(PROTECTION);
    });
  });
});

describe('accessed and dirty flags', () => {
  const flagsAfter = (access: string, flags: bigint): bigint =>
    run(`mov edi, ${PAGE}\n ${access}\n exit\n on_14: exit`, { prepare: page(flags) }).word(PT) & 0xfffn;

  test('a read sets A, a write A and D', () => {
    expect(flagsAfter(READ_IT, P | W)).toBe(P | W | A);
    expect(flagsAfter(WRITE_IT, P | W)).toBe(P | W | A | D);
  });

  test('a write after a read sets D, although the read was remembered', () => {
    expect(flagsAfter(`${READ_IT}\n ${WRITE_IT}`, P | W)).toBe(P | W | A | D);
  });

  test('an access that is refused sets nothing', () => {
    expect(flagsAfter('mov rcx, cr0\n or ecx, 0x10000\n mov cr0, rcx\n mov [rdi], rax', P)).toBe(P);
  });

  test('entries above get A', () => {
    const lab = run(`mov edi, ${PAGE}\n ${READ_IT}\n exit`, { prepare: page(P | W) });
    expect([lab.word(AT.pml4) & A, lab.word(AT.pdpt) & A, lab.word(AT.pd + 8) & (A | D)]).toEqual([A, A, A]);
  });
});

describe('page sizes of 4-level paging', () => {
  test('2 MiB: the low 21 bits are the offset', () => {
    const lab = run(`mov rax, [0x200000 + 0x12340]\n exit`, {
      prepare: (lab) => {
        lab.setWord(AT.pd + 8, P | PS);
        lab.setWord(0x1_2340, 42n);
      },
    });
    expect(lab.reg(0)).toBe(42n);
    expect(lab.word(AT.pd + 8)).toBe(P | PS | A);
  });

  test('1 GiB: the low 30 bits are the offset', () => {
    const lab = run(`mov rax, 0x40012340\n mov rax, [rax]\n exit`, {
      prepare: (lab) => {
        lab.setWord(AT.pdpt + 8, P | PS);
        lab.setWord(0x1_2340, 42n);
      },
    });
    expect(lab.reg(0)).toBe(42n);
  });

  test('a large page that is not aligned has reserved bits set', () => {
    expect(errorOf(READ_IT, { prepare: (lab) => lab.setWord(AT.pd + 8, P | PS | 0x2000n) })).toBe(PROTECTION | RESERVED);
  });

  test('the higher half is reached through sign-extended addresses', () => {
    const lab = run(`mov rax, 0xffff800000012340\n mov rax, [rax]\n exit`, {
      prepare: (lab) => {
        lab.setWord(AT.pml4 + 256 * 8, BigInt(AT.pdpt) | P);
        lab.setWord(0x1_2340, 42n);
      },
    });
    expect(lab.reg(0)).toBe(42n);
  });

  test('an address that is not canonical is #GP(0), through the stack segment #SS(0)', () => {
    expect(run(`mov rax, 0x800000000000\n mov rax, [rax]\n on_13: exit`).exceptions).toEqual([13]);
    expect(run(`mov rbp, 0x800000000000\n mov rax, [rbp]\n on_12: exit`).exceptions).toEqual([12]);
  });
});

describe('the TLB', () => {
  const remap = `mov rax, [rdi]\n mov qword [${PT}], ${0x1_1000n | P | W}\n`;
  const program = (flush: string): string => `mov edi, ${PAGE}\n ${remap} ${flush}\n mov rbx, [rdi]\n exit`;
  const prepare = page(P | W, undefined, (lab) => {
    lab.setWord(FRAME, 1n);
    lab.setWord(0x1_1000, 2n);
  });

  test.each([
    ['INVLPG', 'invlpg [rdi]'],
    ['a load of CR3', 'mov rcx, cr3\n mov cr3, rcx'],
    ['a change of CR4.PGE', 'mov rcx, cr4\n xor ecx, 0x80\n mov cr4, rcx'],
  ])('%s makes a changed entry count', (_name, flush) => {
    expect(run(program(flush), { prepare }).reg(3)).toBe(2n);
  });

  test('INVLPG reaches all of a large page', () => {
    const lab = run(`mov rax, [0x210000]\n mov qword [${AT.pd + 8}], 0\n invlpg [0x200000]\n mov rax, [0x210000]\n on_14: exit`, {
      prepare: (lab) => lab.setWord(AT.pd + 8, P | PS),
    });
    expect(lab.exceptions).toEqual([14]);
  });

  test('rights are those of the present privilege', () => {
    // The supervisor has just used the page when the user tries.
    const lab = run(`mov edi, ${PAGE}\n int 0x40\n mov rax, [rdi]\n on_64: mov rax, [rdi]\n iretq\n on_14: exit`, {
      cpl: 3,
      gates: { 64: { dpl: 3 } },
      prepare: page(P | W),
    });
    expect(lab.exceptions).toEqual([14]);
    expect(lab.frame(lab.reg(4), 1)).toEqual([PROTECTION | USER]);
  });
});

describe('32-bit paging', () => {
  const PD32 = 0x1000;
  /** Directory with the first 4 MiB mapped, then a table for the next. */
  const prepare = (last: (lab: Lab) => void) => (lab: Lab) => {
    const { cpu, ram } = lab;
    ram.view.setUint32(PD32, 0x83, true);
    cpu.cr4 = CR4_PSE;
    cpu.cr3 = BigInt(PD32);
    cpu.cr0 = 0x8001_0031;
    cpu.refresh();
    last(lab);
  };

  test('4 KiB pages', () => {
    const lab = run('mov eax, [0x400000]\n exit', {
      mode: 32,
      prepare: prepare(({ ram }) => {
        ram.view.setUint32(PD32 + 4, PT | 3, true);
        ram.view.setUint32(PT, FRAME | 3, true);
        ram.view.setUint32(FRAME, 77, true);
      }),
    });
    expect(lab.reg(0)).toBe(77n);
    expect(lab.ram.view.getUint32(PT, true)).toBe(FRAME | 0x23);
  });

  test('4 MiB pages, with bits 32 to 39 of the address in bits 13 to 20', () => {
    const lab = run('mov dword [0x400010], 5\n exit', {
      mode: 32,
      prepare: prepare(({ ram }) => ram.view.setUint32(PD32 + 4, 0x83 | (3 << 13), true)),
    });
    expect(lab.busWrites).toEqual([{ physical: 3 * 2 ** 32 + 0x10, size: 32, value: 5n }]);
  });

  test('a missing page', () => {
    const lab = run('mov eax, [0x400000]\n on_14: mov ebx, cr2\n exit', { mode: 32, prepare: prepare(() => {}) });
    expect(lab.reg(3)).toBe(0x40_0000n);
  });
});

describe('PAE paging', () => {
  const PDPT = 0x1000;
  const start = `
    mov eax, ${PDPT}
    mov cr3, eax
    mov eax, 0x20
    mov cr4, eax
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax`;
  const prepare = (lab: Lab): void => {
    lab.setWord(PDPT, BigInt(AT.pd) | P);
    lab.setWord(AT.pd, P | W | PS);
    lab.setWord(AT.pd + 8, BigInt(PT) | P | W);
    lab.setWord(PT, BigInt(FRAME) | P | W);
    lab.setWord(FRAME, 77n);
  };

  test('three levels, whose top is four registers', () => {
    const lab = run(`${start}\n mov eax, [0x200000]\n exit`, { mode: 32, prepare });
    expect(lab.reg(0)).toBe(77n);
    // The registers stay until CR3 is loaded again.
    const kept = run(`${start}\n mov dword [${PDPT}], 0\n mov eax, [0x200000]\n exit`, { mode: 32, prepare });
    expect(kept.reg(0)).toBe(77n);
  });

  test('reserved bits in one of them are #GP(0) where they are loaded', () => {
    const lab = run(`${start}\n on_13: mov ebx, cr0\n exit`, {
      mode: 32,
      prepare: (lab) => {
        prepare(lab);
        lab.setWord(PDPT + 8, P | W);
      },
    });
    expect(lab.exceptions).toEqual([13]);
    expect(lab.reg(3) >> 31n).toBe(0n);
  });
});
