import { expect, test } from 'vitest';
import { run } from '../support/cpu.ts';

test('a program runs', () => {
  const lab = run(`
    mov eax, 5
    add eax, 7
    log 'x'
    exit`);
  expect(lab.reg(0)).toBe(12n);
  expect(lab.log).toBe('x');
});
