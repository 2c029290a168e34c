// The standard macros: NASM's plain directives in terms of the primitive ones, written in the macro language itself.
// What they leave for the assembler is, in brackets: section, segment, absolute, sectalign, bits, default, cpu, float, org,
// global, extern, static, required, common, and what else a source puts in brackets. NASM manual 4.12 and chapter 7.

/** A version whose behaviour this assembler has; sources ask for it. */
const VERSION = {
  NASM_VER: '"2.16.01"',
  NASM_MAJOR: '2',
  NASM_MINOR: '16',
  NASM_SUBMINOR: '1',
  NASM_PATCHLEVEL: '0',
  NASM_VERSION_ID: '002100100h',
  PASS: '2', // What it is in NASM's last pass.
};

/** Names that exist as `__?NAME?__` and in the older form `__NAME__`. */
export const bothNames = (name: string): readonly [string, string] => [`__?${name}?__`, `__${name}__`];

/** What a pointer takes, by the size of code. */
export const POINTER_SIZES: Readonly<Record<number, string>> = { 16: 'word', 32: 'dword', 64: 'qword' };

/** The date and the time, which are those of UTC in any zone, and the same in a whole assembly. */
export const timeMacros = (seconds: number): readonly string[] => {
  const [date, time] = new Date(seconds * 1000).toISOString().split(/[T.]/);
  const number = (text: string): string => text.replace(/[-:]/g, '').replace(/^0+(?=\d)/, '');
  const macros = { DATE: `"${date}"`, TIME: `"${time}"`, DATE_NUM: number(date), TIME_NUM: number(time) };
  return [
    ...Object.entries(macros).flatMap(([name, body]) => [name, `UTC_${name}`].flatMap(bothNames).map((spelling) => `%define ${spelling} ${body}`)),
    ...bothNames('POSIX_TIME').map((spelling) => `%define ${spelling} ${Math.floor(seconds)}`),
  ];
};

export const PRELUDE = `
${Object.entries(VERSION)
  .flatMap(([name, body]) => bothNames(name).map((spelling) => `%define ${spelling} ${body}`))
  .join('\n')}
%define __?SECT?__ [section .text]
%define __SECT__ __?SECT?__

%imacro section 1+
  %define __?SECT?__ [section %1]
  [section %1]
%endmacro
%imacro segment 1+
  %define __?SECT?__ [segment %1]
  [segment %1]
%endmacro
%imacro absolute 1+
  %define __?SECT?__ [absolute %1]
  [absolute %1]
%endmacro

%imacro sectalign 1
  [sectalign %1]
%endmacro
%imacro align 1-2+ nop
  [sectalign %1]
  times (((%1) - (($-$$) % (%1))) % (%1)) %2
%endmacro
%imacro alignb 1-2+
  [sectalign %1]
  %ifempty %2
    resb (((%1) - (($-$$) % (%1))) % (%1))
  %else
    times (((%1) - (($-$$) % (%1))) % (%1)) %2
  %endif
%endmacro

%imacro struc 1-2 0
  %push struc
  %define %$name %1
  [absolute %2]
  %$name:
%endmacro
%imacro endstruc 0
  %{$name}_size equ ($-%$name)
  %pop struc
  __?SECT?__
%endmacro
%imacro istruc 1
  %push istruc
  %define %$name %1
  %$strucstart:
%endmacro
%imacro at 1-2+
  %defstr %$first %1
  %substr %$first %$first 1
  %ifidn %$first, '.'
    times (%{$name}%1-%$name)-($-%$strucstart) db 0
  %else
    times (%1-%$name)-($-%$strucstart) db 0
  %endif
  %2
%endmacro
%imacro iend 0
  times %{$name}_size-($-%$strucstart) db 0
  %pop istruc
%endmacro

%imacro bits 1+
  [bits %1]
%endmacro
%imacro use16 0
  [bits 16]
%endmacro
%imacro use32 0
  [bits 32]
%endmacro
%imacro use64 0
  [bits 64]
%endmacro
%imacro default 1+
  [default %1]
%endmacro
%imacro cpu 1+
  [cpu %1]
%endmacro
%imacro float 1+
  [float %1]
%endmacro
%imacro org 1+
  [org %1]
%endmacro
${['global', 'extern', 'static', 'required', 'common']
  .map((name) => `%imacro ${name} 1-*\n%rep %0\n[${name} %1]\n%rotate 1\n%endrep\n%endmacro`)
  .join('\n')}
`;
