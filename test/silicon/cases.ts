// The instructions that are recorded: NASM text, and after a semicolon the hints of inputs.ts.

const NAMES = {
  8: ['al', 'bl', 'r9b', 'dl', 'dil'],
  16: ['ax', 'bx', 'r9w', 'cx', 'r14w'],
  32: ['eax', 'ebx', 'r9d', 'ecx', 'r14d'],
  64: ['rax', 'rbx', 'r9', 'rcx', 'r14'],
} as const;
const WORDS = { 8: 'byte', 16: 'word', 32: 'dword', 64: 'qword' } as const;
type Width = keyof typeof NAMES;
const ALL: readonly Width[] = [8, 16, 32, 64];
const WIDE: readonly Width[] = [16, 32, 64];

const ADDRESSES = ['rsi', 'rdi-8', 'r13+r12*8+4', 'rsp+16', 'rbp-0x28', 'esi+3', 'abs 0x200041'] as const;

/** An address by number, so that each instruction meets another shape. */
const memory = (number: number): string => `[${ADDRESSES[number % ADDRESSES.length]}]`;
const sized = (width: Width, number: number): string => `${WORDS[width]} ${memory(number)}`;

/** Instructions divided by bars and line ends. */
const listed = (text: string): string[] =>
  text
    .split(/[|\n]/)
    .map((item) => item.trim())
    .filter(Boolean);

const CONDITIONS = 'o no b ae e ne be a s ns p np l ge le g'.split(' ');

const IMMEDIATES = {
  8: ['0', '1', '0x7f', '0x80', '0xff'],
  16: ['1', '-1', '0x7fff', '0x8000'],
  32: ['1', '-128', '0x7fffffff', '0x80000000'],
  64: ['1', '-1', '0x7fffffff', '-0x80000000'],
} as const;

const binary = (mnemonic: string, number: number): string[] =>
  ALL.flatMap((width) => {
    const [a, b, c, d] = NAMES[width];
    return [
      `${mnemonic} ${a}, ${b}`,
      `${mnemonic} ${c}, ${a}`,
      `${mnemonic} ${b}, ${b}`,
      `${mnemonic} ${memory(number + width)}, ${b}`,
      `${mnemonic} ${memory(number + 1 + width)}, ${c}`,
      ...(width === 8 ? [`${mnemonic} ch, bl`, `${mnemonic} ah, dh`, `${mnemonic} sil, r8b`] : []),
      ...(mnemonic === 'test' ? [] : [`${mnemonic} ${d}, ${memory(number + 2)}`, `${mnemonic} ${c}, ${memory(number + 3)}`]),
      ...IMMEDIATES[width].flatMap((value) => [
        `${mnemonic} ${a}, ${value}`,
        `${mnemonic} ${c}, ${value}`,
        `${mnemonic} ${sized(width, number + 4)}, ${value}`,
      ]),
    ];
  });

const unary = (mnemonic: string, number: number, hints = ''): string[] =>
  ALL.flatMap((width) =>
    [...NAMES[width].slice(0, 4), ...(width === 8 ? ['ch'] : []), sized(width, number + width), sized(width, number + 1)].map(
      (operand) => `${mnemonic} ${operand}${hints}`,
    ),
  );

const shift = (mnemonic: string, number: number): string[] =>
  ALL.flatMap((width) =>
    [NAMES[width][0], NAMES[width][2], ...(width === 8 ? ['dh'] : []), sized(width, number + width / 8)].flatMap((operand) => [
      ...['1', 'cl', '0', '3', '7', '8', '9', '16', '17', '31', '32', '33', '63'].map(
        (count) => `${mnemonic} ${operand}, ${count}`,
      ),
      `${mnemonic} ${operand}, cl ; rcx<70`,
    ]),
  );

const doubleShift = (mnemonic: string, number: number): string[] =>
  WIDE.flatMap((width) =>
    [NAMES[width][0], NAMES[width][2], memory(number + width / 8)].flatMap((operand) => [
      ...['0', '1', '4', '15', '16', '31', '33', '63'].map((count) => `${mnemonic} ${operand}, ${NAMES[width][1]}, ${count}`),
      `${mnemonic} ${operand}, ${NAMES[width][1]}, cl`,
      `${mnemonic} ${operand}, ${NAMES[width][1]}, cl ; rcx<70`,
    ]),
  );

const bitTest = (mnemonic: string, number: number): string[] =>
  WIDE.flatMap((width) => {
    const [a, b, c] = NAMES[width];
    return [
      `${mnemonic} ${a}, ${b}`,
      `${mnemonic} ${c}, ${a}`,
      `${mnemonic} ${a}, 0`,
      `${mnemonic} ${c}, ${width - 1}`,
      `${mnemonic} ${b}, 0x85`,
      `${mnemonic} ${sized(width, number)}, 3`,
      `${mnemonic} ${sized(width, number + 1)}, 0xff`,
      `${mnemonic} [rdi], ${b} ; rbx~${width}`,
      `${mnemonic} [edi+1], ${c} ; r9~${width}`,
    ];
  });

const toWide = (mnemonic: string, number: number, widths = WIDE): string[] =>
  widths.flatMap((width) => {
    const [a, b, c, d] = NAMES[width];
    return [`${a}, ${b}`, `${c}, ${a}`, `${d}, ${d}`, `${b}, ${memory(number + width / 16)}`, `${c}, ${memory(number)}`].map(
      (operands) => `${mnemonic} ${operands}`,
    );
  });

const exchange = (mnemonic: string, number: number): string[] =>
  ALL.flatMap((width) => {
    const [a, b, c, d] = NAMES[width];
    return [
      ...(width === 8 ? ['ch, bl', 'dl, ah'] : []),
      `${b}, ${c}`,
      `${c}, ${d}`,
      `${b}, ${b}`,
      `${a}, ${b}`,
      `${memory(number)}, ${b}`,
      `${memory(number + 1)}, ${c}`,
      `[rsi], ${a}`,
    ].map((operands) => `${mnemonic} ${operands}`);
  });

const extend = (mnemonic: string): string[] => [
  ...WIDE.flatMap((width) => [`${mnemonic} ${NAMES[width][0]}, bl`, `${mnemonic} ${NAMES[width][2]}, byte [rsi+5]`]),
  ...['ax, ah', 'ecx, dh', 'ebx, sil', 'ebx, ax', 'r9d, word [rdi]', 'rbx, cx', 'r9, word [rbp]'].map(
    (operands) => `${mnemonic} ${operands}`,
  ),
];

const ELEMENTS = ['b', 'w', 'd', 'q'];
const strings = ['movs', 'cmps', 'scas', 'lods', 'stos'].flatMap((mnemonic) =>
  ELEMENTS.flatMap((element) => [
    `${mnemonic}${element} ; df`,
    `a32 ${mnemonic}${element} ; df`,
    ...['rep', 'repne'].flatMap((prefix) => [
      `${prefix} ${mnemonic}${element} ; rcx<6 df`,
      `${prefix} a32 ${mnemonic}${element} ; ecx<6 df`,
    ]),
  ]),
);

const stack = listed(`
  push rax | push r9 | push rsp | push ax | push r14w | push qword [rsi] | push word [rdi+2] | push qword [rsp+8]
  push 5 | push -1 | push 0x12345678 | push word 0x1234
  pop rax | pop r9 | pop rsp | pop cx | pop qword [rsi] | pop word [rdi+2] | pop qword [rsp+8] | pop qword [rsp-16]
  pushf | o16 pushf | popf ; popf | o16 popf ; popf
  enter 0, 0 | enter 16, 1 | enter 8, 2 | enter 24, 4 | enter 5, 33 | o16 enter 8, 0 | o16 enter 8, 3 | leave | o16 leave`);

const flow = [
  ...CONDITIONS.flatMap((condition) => [`j${condition} short $+0x20`, `j${condition} near $+0x40`]),
  ...listed(`
    jmp short $+0x30 | jmp near $+0x40 | jmp rbx ; rbx=code | jmp [rsi] ; [64]=code
    call $+0x30 | call r9 ; r9=code | call [rsp+8] ; [200]=code | call [rdi] ; [128]=code
    ret ; [192]=code | ret 8 ; [192]=code | ret 24 ; [192]=code
    jrcxz $+0x20 | jecxz $+0x20 | jrcxz $+0x20 ; rcx<2 | jecxz $+0x20 ; ecx<2`),
  ...['loop', 'loope', 'loopne', 'a32 loop', 'a32 loope', 'a32 loopne'].flatMap((mnemonic) => [
    `${mnemonic} $+0x20`,
    `${mnemonic} $+0x20 ; rcx<3`,
    `${mnemonic} $+0x20 ; ecx<3`,
  ]),
];

const moves = [
  ...listed(`
    mov al, 0x7f | mov ah, 1 | mov r9b, 0xff | mov ax, 0x8000 | mov eax, 0x80000000 | mov r9d, 1 | mov rax, -1
    mov rbx, 0x123456789abcdef0 | mov byte [rsi], 0x80 | mov word [rdi], 0x8001 | mov dword [rsi+1], 0x80000001 | mov qword [rdi], -2
    mov al, [qword 0x200043] | mov [qword 0x200045], eax | mov rax, [qword 0x200047] | mov [rsi], ah | mov dh, [rdi+1]
    movsxd rax, ebx | movsxd r9, dword [rsi] | xlatb ; rbx=data | a32 xlatb ; rbx=data
    lea rax, [rbx+rcx*4-0x55] | lea r9d, [r14+rax*8] | lea bx, [rax+rcx+1] | lea rax, [ebx+ecx*2] | lea ecx, [eax-1]
    lea rdx, [abs 0x7654321] | lea rax, [rel $+0x1234] | a32 lea rax, [rel $-0x5000]
    mov eax, [rel $+0x100041] | mov word [rel $+0x100043], 0x1234 | add dword [rel $+0x100047], -2 | shl qword [rel $+0x100050], 5
    imul ecx, [rel $+0x100060], 0x12345 | push qword [rel $+0x100070] | pop qword [rel $+0x100078] | bt dword [rel $+0x100080], 7
    lock add [rsi], eax | lock xadd [rdi], bx | lock cmpxchg [rsi], rcx | lock inc byte [rdi+3] | lock bts [rsi], eax ; eax<200
    lock neg dword [rsi] | lock not qword [rdi] | lock cmpxchg8b [rsi] ; equal8b | lock sbb [rsi], al
    cbw | cwde | cdqe | cwd | cdq | cqo | lahf | sahf | clc | stc | cmc | cld ; df | std
    bswap eax | bswap r9d | bswap rbx | bswap r14 | nop | nop dword [rsi] | pause | endbr64 | xchg eax, eax | xchg r8, rax`),
  ...WIDE.flatMap((width) => [`movbe ${NAMES[width][1]}, ${memory(width)}`, `movbe ${memory(width + 1)}, ${NAMES[width][2]}`]),
];

/** What is different, or exists only, in 32-bit code. */
const in32BitCode = [
  ...['inc', 'dec', 'push', 'pop'].flatMap((mnemonic) =>
    ['eax', 'bx', 'esp', 'edi'].map((register) => `${mnemonic} ${register}`),
  ),
  ...listed(`
    daa | das | aaa | aas | aam | aad | aam 7 | aam 16 | aam 0 | aad 8 | aad 255 | salc | o16 pusha | pusha | o16 popa | popa
    pushf | popf ; popf | push dword [esi] | push word [edi+2] | push 5 | push word -2 | pop dword [esp+4] | pop word [esp-8]
    enter 16, 0 | enter 4, 3 | o16 enter 8, 2 | leave
    add eax, [esi+4] | adc [edi], ebx | sbb cl, [ebp-0x20] | mov eax, [0x200041] | mov [0x200045], al | mov ah, [esi]
    lea eax, [ebx+ecx*4-1] | lea ebx, [bx+si+5] | lea cx, [bp+di-0x80] | lea edx, [si]
    bts [edi], ebx ; ebx~32 | btr [edi], bx ; ebx~16 | cmpxchg8b [esi] ; equal8b | xchg eax, ecx | imul ecx, [esi] | mul dword [edi]
    bound eax, [esi] | bound bx, [edi] | bound eax, [esi] ; eax<4
    jcxz $+0x20 | jcxz $+0x20 ; ecx<2 | loop $+0x20 ; ecx<3 | a16 loop $+0x20 ; ecx<3 | a16 loopne $+0x20
    call $+0x30 | call [esi] ; [64]=code | call eax ; eax=code | ret ; [192]=code | ret 12 ; [192]=code
    movsd ; df | rep movsb ; ecx<6 df | repe cmpsw ; ecx<6 df | repne scasd ; ecx<6 df | rep stosw ; ecx<6 df | lodsb ; df | xlatb ; ebx=data`),
].map((line) => (line.includes(' ; ') ? `${line} bits32` : `${line} ; bits32`));

/** Everything, each once. */
export const CASES: readonly string[] = [
  ...['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp', 'test', 'mov'].flatMap(binary),
  ...['inc', 'dec', 'neg', 'not', 'mul', 'imul'].flatMap((mnemonic, number) => unary(mnemonic, number)),
  ...['div', 'idiv'].flatMap((mnemonic, number) => unary(mnemonic, number, ' ; dividend')),
  ...toWide('imul', 3),
  ...WIDE.flatMap((width) =>
    IMMEDIATES[width].flatMap((value) => [
      `imul ${NAMES[width][0]}, ${NAMES[width][1]}, ${value}`,
      `imul ${NAMES[width][2]}, ${memory(width)}, ${value}`,
    ]),
  ),
  ...['rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'sar'].flatMap(shift),
  ...['shld', 'shrd'].flatMap(doubleShift),
  ...['bt', 'bts', 'btr', 'btc'].flatMap(bitTest),
  ...['bsf', 'bsr', 'tzcnt', 'lzcnt', 'popcnt'].flatMap((mnemonic, number) => toWide(mnemonic, number)),
  ...listed(`
    crc32 eax, bl | crc32 edx, ch | crc32 ecx, bx | crc32 eax, ebx | crc32 ebx, byte [rsi] | crc32 ebx, dword [rdi]
    crc32 rax, bl | crc32 r9, rax | crc32 rcx, qword [rsi]`),
  ...['xchg', 'xadd', 'cmpxchg'].flatMap(exchange),
  ...listed(`
    cmpxchg8b [rsi] ; equal8b | cmpxchg8b [rdi+1] | cmpxchg16b [rsi] ; equal16b | cmpxchg16b [rdi+16] | cmpxchg16b [rsi+8]`),
  ...CONDITIONS.flatMap((condition, number) => [
    `set${condition} bl`,
    `set${condition} ${memory(number)}`,
    `cmov${condition} bx, ax`,
    `cmov${condition} ecx, r9d`,
    `cmov${condition} rax, [rsi]`,
    `cmov${condition} r9d, ${memory(number)}`,
  ]),
  ...['movzx', 'movsx'].flatMap(extend),
  ...moves,
  ...strings,
  ...stack,
  ...flow,
  ...in32BitCode,
];
