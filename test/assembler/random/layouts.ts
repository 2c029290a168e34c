// A seed → a small program for NASM and us: jumps over distances near the limits of their short forms, data that depends on labels,
// sections with every attribute. Directives are primitive ones, so that the programs need no preprocessor.

import { Random } from '../../../src/base/random.ts';

const CONDITIONS = ['z', 'nz', 'c', 'nc', 's', 'l', 'ge', 'a', 'be', 'o'];

const pick = <T>(random: Random, of: readonly T[]): T => of[random.below(of.length)];

/** Code with jumps in all directions, and repetitions, gaps and immediates that depend on where labels lie. */
export const randomJumps = (seed: number): string => {
  const random = new Random(seed);
  const bits = pick(random, [16, 32, 64]);
  const count = 4 + random.below(20);
  const label = () => `l${random.below(count)}`;
  const lines = [`[bits ${bits}]`];
  if (random.below(2)) lines.push(`[org ${random.below(0x10000)}]`);
  for (let index = 0; index < count; index++) {
    lines.push(`l${index}:`);
    for (let statement = random.below(5); statement >= 0; statement--) {
      const kind = random.below(14);
      if (kind < 4) lines.push(`j${pick(random, CONDITIONS)} ${label()}`);
      else if (kind < 7) lines.push(`jmp ${label()}`);
      else if (kind === 7) lines.push(`call ${label()}`);
      else if (kind === 8) lines.push(`times ${random.below(60)} nop`);
      else if (kind === 9) lines.push(`add ${pick(random, ['cx', 'ecx', 'dx'])}, ${label()} - ${label()}`);
      else if (kind === 10) lines.push(`times (-($ - $$)) & ${pick(random, [1, 3, 7, 15])} db 0xcc`);
      else if (kind === 11) lines.push(`d${pick(random, ['w', 'd', 'q'])} ${label()} - ${label()}, ${label()} + ${random.below(100)}`);
      else if (kind === 12) lines.push(`mov eax, [${pick(random, ['ebx', 'ebx + ecx * 4', 'esi'])} + ${label()} - ${label()}]`);
      else lines.push(`jmp strict short l${index}`);
    }
  }
  return `${lines.join('\n')}\n`;
};

/** Sections in a row with lengths and random attributes; most are contradictions for somebody, and must be for both. */
export const randomSections = (seed: number): string => {
  const random = new Random(seed);
  const names = ['.text', '.data', '.bss', '.rodata', 'a', 'b', 'c'].slice(0, 2 + random.below(6));
  const lines = ['[bits 64]'];
  if (random.below(3) === 0) lines.push(`[org ${0x1000 * random.below(3)}]`);
  const size = (): string => `${1 << random.below(7)}`;
  const attribute = (own: string): string => {
    const other = () => pick(random, names.filter((name) => name !== own));
    switch (random.below(8)) {
      case 0: return `align=${size()}`;
      case 1: return `start=0x${(0x100 * random.below(40)).toString(16)}`;
      case 2: return `vstart=0x${(0x10000 * random.below(6)).toString(16)}`;
      case 3: return `follows=${other()}`;
      case 4: return `vfollows=${other()}`;
      case 5: return `valign=${size()}`;
      default: return '';
    }
  };
  for (const name of names) {
    const isNobits = name === '.bss' || (!name.startsWith('.') && random.below(4) === 0);
    const attributes = [attribute(name), random.below(3) === 0 ? attribute(name) : '', isNobits && name !== '.bss' ? 'nobits' : ''];
    if (name !== '.text' || random.below(2)) lines.push(`[section ${name} ${attributes.join(' ')}]`);
    const label = `in_${name.replace('.', '')}`;
    lines.push(isNobits ? `${label}: resb ${random.below(40)}` : `${label}: times ${random.below(40)} db 0x${(16 + names.indexOf(name)).toString(16)}`);
  }
  lines.push('[section .text]');
  for (const name of names) {
    lines.push(`dq in_${name.replace('.', '')}, section.${name}.start, section.${name}.vstart`);
    lines.push(`mov eax, [rel in_${name.replace('.', '')}]`);
  }
  return `${lines.join('\n')}\n`;
};
