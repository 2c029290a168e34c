// Instructions that are recorded where they fault: what is not a program's to do, what is no instruction, and plain ones with their data over
// the end of what is mapped or where no address can be. The lines are as in cases.ts.

/** Of a case with memory at [rsi], [rdi], or on the stack: the same with that pointer where it faults. */
const misplaced = (line: string, number: number): string[] => {
  if (/ ; |abs|rel |r13|esp|rbp/.test(line)) return [];
  const pointers = [/\[rsi/.test(line) && 'rsi', /\[rdi/.test(line) && 'rdi', /\[rsp|^(push|pop|enter|leave)\b/.test(line) && 'rsp'];
  const [pointer] = pointers.filter((name) => name !== false);
  if (pointer === undefined) return [];
  return number % 3 === 0 ? [`${line} ; ${pointer}=nowhere`] : [`${line} ; ${pointer}=${pointer === 'rsp' ? 'bottom' : 'end'}`];
};

const STRINGS = ['movs', 'cmps', 'scas', 'lods', 'stos'].flatMap((mnemonic) =>
  ['b', 'w', 'd', 'q'].flatMap((element) => [
    `${mnemonic}${element} ; rsi=end df`,
    `${mnemonic}${element} ; rdi=end df`,
    `rep ${mnemonic}${element} ; rcx<6 rdi=end`,
    `rep ${mnemonic}${element} ; rcx<6 rsi=end`,
    `repne ${mnemonic}${element} ; rcx<6 rdi=nowhere`,
  ]),
);

const PRIVILEGED = [
  'hlt', 'cli', 'sti', 'clts', 'invd', 'wbinvd', 'rdmsr', 'wrmsr', 'in al, 0x60', 'in eax, dx', 'out 0x80, al', 'out dx, ax', 'insb', 'outsd',
  'rep insw ; rcx<3', 'mov rax, cr0', 'mov cr3, rbx', 'mov cr4, rax', 'mov rcx, cr2', 'mov rax, dr7', 'mov dr0, rcx', 'lgdt [rsi]', 'lidt [rdi]',
  'lldt ax', 'ltr bx', 'lmsw ax', 'invlpg [rsi]', 'swapgs', 'int 0x81', 'int 0x20', 'int 13',
];

const UNDEFINED = [
  'ud2',
  ...['0x06', '0x07', '0x0e', '0x16', '0x17', '0x1e', '0x1f', '0x27', '0x2f', '0x37', '0x3f', '0x60', '0x61', '0x82, 0xc0, 1', '0x9a', '0xce', '0xd4, 10', '0xd5, 10', '0xea'],
  // LOCK where there is nothing to lock: a register, a MOV, a comparison, a test of a bit.
  ...['0xf0, 0x01, 0xd8', '0xf0, 0x89, 0x1e', '0xf0, 0x39, 0x1e', '0xf0, 0x0f, 0xa3, 0x06', '0xf0, 0x90', '0xf0, 0xff, 0x36', '0xf0, 0xf7, 0x26'],
  // Registers where there must be memory, forms of groups that do not exist.
  ...['0x8d, 0xc0', '0x0f, 0xc7, 0xc8', '0xfe, 0xd0', '0xff, 0xf8', '0xc6, 0xc8, 1', '0x8f, 0xc8', '0x0f, 0xba, 0xc0, 1', '0x8c, 0xf0', '0x8e, 0xc8'],
].map((bytes) => (bytes.startsWith('0x') ? `db ${bytes}` : bytes));

const IN_32_BITS = ['bound eax, [esi] ; esi=end', 'push dword [esi] ; esi=end', 'add [edi], ecx ; edi=end', 'pop dword [esi] ; esi=end', 'push eax ; esp=bottom', 'pusha ; esp=bottom', 'rep movsd ; ecx<6 esi=end', 'enter 16, 2 ; esp=bottom', 'hlt', 'in al, dx', 'mov eax, cr0'];

export const faultCases = (cases: readonly string[]): readonly string[] => [
  ...cases.flatMap(misplaced),
  ...STRINGS,
  ...PRIVILEGED,
  ...UNDEFINED,
  ...IN_32_BITS.map((line) => (line.includes(' ; ') ? `${line} bits32` : `${line} ; bits32`)),
];
