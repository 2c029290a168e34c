// What the pieces of a random system do: each kind is a few lines of assembly with random numbers in them. EBP is the CPU's page; the
// other registers are free.

import type { Random } from '../../src/base/random.ts';
import { pick } from '../fuzz/pick.ts';
import type { SystemSource } from './random-system.ts';

/** `label` is a name that is not used yet. */
interface Place extends SystemSource {
  readonly random: Random;
  readonly label: string;
}

type Kind = (place: Place) => string;

const WILD_PAGES = 4;
const DATA_BYTES = 0x8000;

const count = (random: Random): number => pick(random, [0, 1, 2, 3, 20, 50, 400, 1500]) + random.below(3);
const wildPage = (random: Random): string => `VWILD + ${random.below(WILD_PAGES)} * 0x1000`;
const data = (random: Random): string => `DATA + ${random.below(DATA_BYTES - 0x1800)}`;

/** `body` so many times. */
const times = ({ random, label }: Place, body: string): string => `mov ecx, ${1 + count(random)}\n.${label}: ${body}\ndec ecx\njnz .${label}`;

const delay: Kind = ({ random, label }) => {
  const ticks = 1 + random.below(pick(random, [60, 3000, 30000]));
  return pick(random, [
    `mov ecx, ${1 + (ticks >> 4)}\n.${label}: pause\nloop .${label}`,
    `mov ecx, ${1 + (ticks >> 4)}\n.${label}: dec ecx\njnz .${label}`,
    `rdtsc\nlea ebx, [eax + ${ticks}]\n.${label}: pause\nrdtsc\ncmp eax, ebx\njs .${label}`,
    `rdtsc\nlea ebx, [eax + ${ticks}]\n.${label}: rdtsc\nsub eax, ebx\njs .${label}`,
    `sti\nmov eax, [ebp + COUNTS + 4]\nmov ecx, ${1 + (ticks >> 3)}\n.${label}: pause\ncmp eax, [ebp + COUNTS + 4]\njne .${label}e\ndec ecx\njnz .${label}\n.${label}e:`,
  ]);
};

const REPEATED = ['rep movsb', 'rep movsw', 'rep movsd', 'rep stosb', 'rep stosd', 'rep lodsw', 'repe cmpsb', 'repne scasb', 'repe scasd', 'rep outsb'];

const repeat: Kind = ({ random }) => {
  const what = pick(random, REPEATED);
  const from = random.below(10) === 0 ? wildPage(random) : data(random);
  return `mov esi, ${from} + 0x400
mov edi, ${random.below(3) === 0 ? `${from} + 0x400 + ${random.below(40)}` : `${data(random)} + 0x400`}
${what.endsWith('outsb') ? 'mov dx, 0xe9' : ''}
mov ecx, ${what.endsWith('outsb') ? random.below(5) : pick(random, [0, 1, 7, 64, 255])}
${pick(random, ['cld', 'cld', 'std'])}\n${what}\ncld\nmov eax, ecx\nfold`;
};

const setPage: Kind = ({ random, mode }) => {
  const page = random.below(WILD_PAGES);
  const flags = pick(random, [7, 7, 3, 5, 1, 0x27, 0x67, 0]);
  return `mov eax, WILD + ${random.below(WILD_PAGES)} * 0x1000 + ${flags}
mov [dword PTW + ${page * (mode >> 3)}], eax
${pick(random, ['', 'mov xax, cr3\nmov cr3, xax', `mov ebx, VWILD + ${page} * 0x1000\ninvlpg [xbx]`])}
${pick(random, ['', `mov ebx, VWILD + ${page} * 0x1000\ninc byte [xbx + 0x200]`, `mov ebx, VWILD + ${page} * 0x1000\nmov eax, [xbx + 4094]\nfold`])}`;
};

const readPage: Kind = ({ random, mode }) => {
  const entry = `[dword PTW + ${random.below(WILD_PAGES) * (mode >> 3)}]`;
  return `mov eax, ${entry}\nfold\n${pick(random, ['', `and dword ${entry}, ~0x60`])}`;
};

const callWild: Kind = (place) => {
  const { random } = place;
  const routine = pick(random, ['0x80', '0xff0']);
  const call = `mov ebx, ${wildPage(random)} + ${routine}\ncall xbx`;
  return pick(random, [call, times(place, `push xcx\n${call}\npop xcx`)]).concat('\nfold');
};

/** Code that another CPU may be executing, or this one, through whatever address. */
const patch: Kind = ({ random, label }) =>
  pick(random, [
    `mov ebx, ${pick(random, ['WILD', 'WILD + ALIAS', 'VWILD'])} + ${random.below(WILD_PAGES)} * 0x1000\nmov dword [xbx + 0x81], ${random.next()}`,
    `mov byte [dword .${label} + 1], ${random.below(256)}\n.${label}: mov eax, 0x1234\nfold`,
    `mov ecx, 5\n.${label}l: inc dword [dword .${label} + 1]\n.${label}: mov eax, 0x1234\nfold\ndec ecx\njnz .${label}l`,
  ]);

const alias: Kind = (place) => {
  const { random } = place;
  const [at, to, through] = [random.below(64), random.below(64), random.below(64)];
  return `mov esi, DATA\nmov edi, DATA + ALIAS\n${times(place, `mov eax, [xsi + ${at}]\nadd [xdi + ${to}], ecx\nadd eax, [xsi + ${through}]\nxor edx, eax`)}
mov eax, edx\nfold`;
};

const interrupt: Kind = (place) => pick(place.random, ['int 0x80', times(place, 'int 0x80')]);

/** Ring 3 in a segment of its own; INT 81H leads back to the next piece. */
const user: Kind = ({ random, mode, label }) => `mov eax, esp
push 0x3b\npush xax\npushf\nor dword [xsp], ${pick(random, ['0x200', '0x3200', '0x302'])}\npush ${mode === 64 ? '0x43' : '0x33'}
mov eax, .${label}\npush xax\nxiret
.${label}: mov eax, 0x3b\nmov ds, eax\nmov es, eax\nmov esi, ${data(random)}
${Array.from({ length: 1 + random.below(6) }, () => pick(random, USER_LINES)).join('\n')}
${pick(random, ['', '', 'cli', 'hlt', 'in al, 0x61', 'mov ebx, APIC\nmov eax, [xbx + 0x20]', 'ud2'])}
int 0x81`;

const USER_LINES = [
  'movzx ebx, byte [esi + 4094]', 'rol ecx, 25', 'push xax\npop xbx', 'shld edx, eax, 15', 'lock xadd [esi + 4092], al', 'imul ecx, ecx', 'cdq',
  'xchg [esi + 4094], dx', 'pushf\npop xax', 'cmovo ecx, ebx', 'rdtsc', 'mov ecx, 30\nmov edi, esi\nrep stosb', 'nop', 'inc dword [esi]', 'pause', 'int 0x80',
];

const fault: Kind = ({ random }) =>
  pick(random, [
    'ud2', 'xor ecx, ecx\ndiv ecx', 'mov eax, 0x777\nmov ds, eax', 'mov ecx, 0x1234567\nrdmsr', 'int3', 'mov ebx, 0x300000\nmov eax, [xbx]',
    'mov ebx, 0x300000\njmp xbx', 'int 0x0d', 'mov xax, cr0\nor eax, 1\nmov cr4, xax', 'lock inc dword [dword 0x2fffff]',
    'mov eax, 0x80000000\nmov ebx, -1\ncdq\nidiv ebx',
  ]);

const breakpoint: Kind = (place) => {
  const { random, label } = place;
  const number = random.below(4);
  const enable = 2 << (2 * number);
  const [address, kind] = pick(random, [[`.${label}b`, 0], ['DATA + 8', 0xd], ['DATA + 8', 0xf], ['DATA + 9', 1]] as const);
  return `mov eax, ${address}\nmov dr${number}, xax\nmov eax, ${0x400 + enable + kind * 2 ** (16 + 4 * number)}\nmov dr7, xax
mov esi, DATA\nmov ecx, ${1 + random.below(60)}\n.${label}: inc edx\n.${label}b: add edx, 2\n${pick(random, ['', 'mov [xsi + 8], edx', 'mov eax, [xsi + 8]'])}
dec ecx\njnz .${label}\nmov eax, 0x400\nmov dr7, xax`;
};

const step: Kind = ({ random }) => `pushf\nor dword [xsp], 0x100\npopf\n${pick(random, ['nop', 'inc edx', 'cpuid', 'int 0x80', 'mov eax, ss\nmov ss, eax\nnop', 'pause'])}
nop\npushf\nand dword [xsp], ~0x100\npopf`;

/** Channel 0, whose interrupt is maybe never let in, but ends a turn; programmed anew, it puts that off. */
const pit: Kind = ({ random }) => `mov al, ${pick(random, ['0x34', '0x30', '0x36', '0xb0'])}\nout 0x43, al
mov al, ${random.below(256)}\nout 0x40, al\nmov al, ${random.below(3)}\nout 0x40, al`;

const device: Kind = ({ random, label }) =>
  pick(random, [
    `mov al, 0xb\nout 0x70, al\nmov al, ${random.below(256)}\nout 0x71, al`,
    `mov dx, 0x3fd\n.${label}: in al, dx\ntest al, 0x20\njz .${label}`,
    `mov dx, 0x3f8\nmov al, ${random.below(128)}\nout dx, al`,
    `mov dx, 0x3f9\nmov al, ${random.below(4)}\nout dx, al`,
    `mov al, ${random.below(256)}\nout 0x21, al`,
    'mov dx, 0x3fd\nin al, dx\nmovzx eax, al\nfold',
    'in al, 0x61\nmovzx eax, al\nfold',
    `mov al, ${random.below(4)}\nout 0x61, al`,
    'in al, 0x40\nmovzx eax, al\nfold',
    `mov ebx, IOAPIC\nmov dword [xbx], ${0x10 + 2 * random.below(5)}\nmov dword [xbx + 0x10], ${pick(random, [0x10000, 0x40, 0x8041, 0x400])}`,
  ]);

const timer: Kind = ({ random, mode }) => {
  const period = 20 + random.below(pick(random, [100, 2000, 40_000]));
  const arm = pick(random, [
    `apic 0x320, 0x20030\napic 0x380, ${period}`,
    `apic 0x320, 0x31\napic 0x380, ${period}`,
    `apic 0x3e0, ${pick(random, [0, 1, 0xb, 0xa])}\napic 0x320, 0x20032\napic 0x380, ${period}`,
    'apic 0x320, 0x10000',
    `apic 0x320, 0x40033\nrdtsc\nadd eax, ${period}\nadc edx, 0\nmov ecx, 0x6e0\nwrmsr`,
    'mov edi, APIC\nmov eax, [edi + 0x390]\nfold',
  ]);
  return mode === 32 || random.below(2) === 0 ? arm : `${arm}\nsti`;
};

const counter: Kind = ({ random }) => {
  const from = -(10 + random.below(pick(random, [100, 3000])));
  return pick(random, [
    `write_msr 0x186, ${pick(random, ['0x5300c0', '0x53003c', '0x52003c', '0x51003c'])}, 0\nwrite_msr 0xc1, ${from}, 0\nwrite_msr 0x38f, 1, 0\napic 0x340, ${pick(random, ['0x400', '0x35'])}`,
    `write_msr 0x38d, ${pick(random, ['0xb', '0xb0', '0x9'])}, 0\nwrite_msr 0x309, ${from}, 0xffff\nwrite_msr 0x38f, 0, 7\napic 0x340, 0x400`,
    'xor ecx, ecx\nrdpmc\nfold',
    'write_msr 0x38f, 0, 0',
  ]);
};

/** Sleep, which something may end. */
const sleep: Kind = ({ random, label }) => {
  const arm = `apic 0x320, 0x31\napic 0x380, ${1 + random.below(3000)}\n`;
  return pick(random, [`${arm}sti\nhlt`, `${arm}cli\nnop\nsti\nhlt`, `mov eax, DATA\nxor ecx, ecx\nxor edx, edx\nmonitor\n${arm}sti\nmwait\n.${label}:`]);
};

const misc: Kind = ({ random }) =>
  pick(random, [
    'mov eax, 1\nxor ecx, ecx\ncpuid\nfold', 'cld', `enter ${random.below(60)}, 0\nleave`, 'mov xax, cr4\nxor eax, 0x80\nmov cr4, xax', 'wbinvd', 'mfence',
    'mov xax, cr3\nmov cr3, xax', 'mov xax, cr0\nxor eax, 0x20\nmov cr0, xax', 'cli\nnop\nsti', 'pushf\ncli\npopf', 'sti\nnop', 'cli', 'rdtsc\nfold', 'smsw eax\nfold',
  ]);

const indirect: Kind = (place) => `${times(place, `mov eax, ecx\nand eax, 3\nmov eax, [.${place.label}t + xax * 4]\ncall xax`)}
jmp .${place.label}e\n.${place.label}t: dd .${place.label}0, .${place.label}1, .${place.label}1, .${place.label}2
.${place.label}0: inc edx\nret\n.${place.label}1: rol edx, 3\nret\n.${place.label}2: xor edx, 0x55\nret\n.${place.label}e: mov eax, edx\nfold`;

const locked: Kind = (place) => {
  const { random, label } = place;
  return pick(random, [
    times(place, 'lock inc dword [dword DATA]'),
    times(place, 'lock xadd [dword DATA + 4], ecx\nand ecx, 63\ninc ecx'),
    `mov ecx, ${1 + random.below(300)}\n.${label}: mov eax, 1\nxchg [dword DATA + 12], eax\ntest eax, eax\njz .${label}i\npause\ndec ecx\njnz .${label}\njmp .${label}e
.${label}i: inc dword [dword DATA + 16]\nmov dword [dword DATA + 12], 0\n.${label}e:`,
  ]);
};

/** To others and to itself: a fixed interrupt, an NMI, and for another the way through INIT. */
const message: Kind = ({ random, cpus }) => {
  const target = random.below(cpus);
  const restart = `apic 0x310, ${(target << 24) >>> 0}\napic 0x300, 0x4500\napic 0x300, 0x4608`;
  return pick(random, [
    `apic 0x310, ${(target << 24) >>> 0}\napic 0x300, ${pick(random, ['0x36', '0x400', '0xf7'])}`,
    `apic 0x300, ${pick(random, ['0x40037', '0x80038', '0xc0039', '0xc0400'])}`,
    target === 0 ? '' : `${restart}`,
  ]);
};

/** Until another writes, or for so long. */
const wait: Kind = ({ random, label }) => {
  const at = `[dword DATA + ${4 * random.below(6)}]`;
  return `mov eax, ${at}\nmov ecx, ${1 + count(random)}\n.${label}: ${pick(random, ['pause', 'nop', ''])}\ncmp eax, ${at}\njne .${label}e\ndec ecx\njnz .${label}\n.${label}e: inc dword ${at}`;
};

const KINDS: readonly Kind[] = [
  delay, delay, repeat, setPage, readPage, callWild, patch, alias, interrupt, user, fault, breakpoint, step, device, device, pit, pit, timer, timer, counter, sleep, misc, indirect,
  locked, message, wait,
];

/** One to three things to do. A system does not do all that there is: what some kinds do, others would hide. */
export const pieces = (random: Random, source: SystemSource): string => {
  const kinds = chosen(random);
  return Array.from({ length: 1 + random.below(3) }, (_, index) => pick(random, kinds)({ ...source, random, label: `l${index}` })).join('\n').concat('\n');
};

const chosenFor = new WeakMap<Random, readonly Kind[]>();
const chosen = (random: Random): readonly Kind[] => {
  let kinds = chosenFor.get(random);
  if (!kinds) {
    const some = KINDS.filter(() => random.below(2) === 0);
    chosenFor.set(random, (kinds = some.length > 0 ? some : KINDS));
  }
  return kinds;
};
