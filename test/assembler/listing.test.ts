import { expect, test } from 'vitest';
import { writeListing } from '../../src/assembler/output/listing.ts';
import { assembleSources } from './assembling.ts';
import type { Sources } from './expanding.ts';

const listing = (sources: Sources): string => {
  const { assembly, errors } = assembleSources(sources);
  if (!assembly.layout) throw new Error(errors);
  return `\n${writeListing('a.asm', assembly.layout, assembly.sources)}`;
};

test('a listing shows line, offset, bytes and source, macros and included files marked by their depth', () => {
  expect(
    listing({
      'a.asm': `%macro put 2
  mov %1, %2
  nop
%endmacro
        bits 32
start:                          ; a label
        put ebx, 6
        times 30 db 0xaa
        dd start, $ - $$
text:   db "hello world", 0
%include "b.inc"
%if 0
        nop
%endif
%rep 2
        hlt
%endrep
        section .bss
buffer: resd 4
`,
      'b.inc': '        inc eax\n',
    }),
  ).toBe(`
     1                                  %macro put 2
     2                                    mov %1, %2
     3                                    nop
     4                                  %endmacro
     5                                          bits 32
     6                                  start:                          ; a label
     7                                          put ebx, 6
     2 00000000 BB06000000          <1>   mov %1, %2
     3 00000005 90                  <1>   nop
     8 00000006 <rep 1Eh>                       times 30 db 0xaa
     9 00000024 0000000024000000                dd start, $ - $$
    10 0000002C 68656C6C6F20776F72-     text:   db "hello world", 0
    10 00000035 6C6400
    11                                  %include "b.inc"
     1 00000038 40                  <1>         inc eax
    12                                  %if 0
    13                                          nop
    14                                  %endif
    15                                  %rep 2
    16 00000039 F4                              hlt
    16 0000003A F4                  <1>         hlt
    17                                  %endrep
    18                                          section .bss
    19 00000000 <res 10h>               buffer: resd 4
`);
});
