// The meanings of instructions: one name for each text that the interpreter needs. A name is the manual's mnemonic; families whose
// members differ in a condition or a width share one (Jcc, MOVS), and a mnemonic whose forms do different things has several.

// biome-ignore format: grouped as in the manual's chapters
export const SEMS = [
  // data movement
  'mov', 'mov_seg', 'mov_cr', 'mov_dr', 'movzx', 'movsx', 'lea', 'push', 'pop', 'push_seg', 'pop_seg', 'pushf', 'popf', 'pusha', 'popa',
  'xchg', 'cmpxchg', 'cmpxchg8b', 'cmpxchg16b', 'xadd', 'bswap', 'xlat', 'cmovcc', 'setcc', 'cbw', 'cwd', 'movbe', 'lfs',
  // arithmetic and logic
  'add', 'adc', 'sub', 'sbb', 'cmp', 'inc', 'dec', 'neg', 'not', 'and', 'or', 'xor', 'test', 'mul', 'imul', 'imul3', 'div', 'idiv',
  'daa', 'das', 'aaa', 'aas', 'aam', 'aad', 'rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'sar', 'shld', 'shrd',
  'bt', 'bts', 'btr', 'btc', 'bsf', 'bsr', 'tzcnt', 'lzcnt', 'popcnt', 'crc32',
  // flow
  'jcc', 'jmp', 'jmp_far', 'jrcxz', 'loop', 'loope', 'loopne', 'call', 'call_far', 'ret', 'ret_far', 'enter', 'leave',
  'int', 'int3', 'int1', 'into', 'iret', 'syscall', 'sysret', 'sysenter', 'sysexit', 'bound', 'ud', 'nop', 'pause', 'hlt',
  // strings and ports
  'movs', 'cmps', 'scas', 'lods', 'stos', 'ins', 'outs', 'in', 'out',
  // flags
  'clc', 'stc', 'cmc', 'cld', 'std', 'cli', 'sti', 'lahf', 'sahf', 'salc', 'clac', 'stac',
  // system
  'cpuid', 'rdtsc', 'rdtscp', 'rdpmc', 'rdmsr', 'wrmsr', 'swapgs', 'rdfsbase', 'rdgsbase', 'wrfsbase', 'wrgsbase',
  'lgdt', 'lidt', 'sgdt', 'sidt', 'lldt', 'sldt', 'ltr', 'str', 'lmsw', 'smsw', 'clts', 'arpl', 'verr', 'verw', 'lar', 'lsl',
  'invlpg', 'invpcid', 'invd', 'wbinvd', 'clflush', 'fence', 'monitor', 'mwait', 'prefetch', 'fpu',
] as const;

/**
 * Some that need a word: `mov_seg` both directions, decided by which operand is a segment register; likewise `mov_cr`, `mov_dr`.
 * `movsx` includes MOVSXD. `lfs` is LES, LDS, LSS, LFS, LGS: `third` is the segment register. `cbw` is CBW/CWDE/CDQE and `cwd`
 * CWD/CDQ/CQO, by `size`. `imul` is the one- and two-operand form (`src` is NO_OPERAND in the first), `imul3` has three.
 * `jcc`, `setcc`, `cmovcc` take `form.condition`. `jrcxz` and `loop*` count by `addressSize`. `nop` is also ENDBR and the hint
 * NOPs; `prefetch` touches nothing; `fence` is LFENCE, MFENCE, SFENCE; `clflush` includes CLFLUSHOPT and CLWB if there.
 * `ud` is UD0, UD1, UD2. `fpu` is any x87, MMX or SSE opcode: #NM or #UD as CR0 and CR4 say (SDM vol. 3, table 2-1, 9.2).
 */
export type Sem = (typeof SEMS)[number];
