// The instruction set: the rows of the manual's instruction reference (SDM vol. 2) as text → forms. Decoder, encoder, printer and
// tests are driven by this table; README.md describes its notation. Where several rows can encode what was written, the assembler
// takes the first one that fits, so their order is NASM's preference.

import type { Form } from './form.ts';
import { parseTable } from './notation.ts';

const TABLE = `
; Arithmetic and logic. Of rows that fit, the assembler takes the first: so the short immediate precedes the accumulator's form.
ADD r/m#, r#                      | o# 00# /r               | bwdq lock
ADD r#, r/m#                      | o# 02# /r               | bwdq
ADD r/m#, imm8                    | o# 83 /0 ib,s           | wdq lock
ADD A#, imm#                      | o# 04# i#               | bwdq
ADD r/m#, imm#                    | o# 80# /0 i#            | bwdq lock
ADD r/m8, imm8                    | 82 /0 ib                | no64 decode lock
OR r/m#, r#                       | o# 08# /r               | bwdq lock
OR r#, r/m#                       | o# 0A# /r               | bwdq
OR r/m#, imm8                     | o# 83 /1 ib,s           | wdq lock
OR A#, imm#                       | o# 0C# i#               | bwdq
OR r/m#, imm#                     | o# 80# /1 i#            | bwdq lock
OR r/m8, imm8                     | 82 /1 ib                | no64 decode lock
ADC r/m#, r#                      | o# 10# /r               | bwdq lock
ADC r#, r/m#                      | o# 12# /r               | bwdq
ADC r/m#, imm8                    | o# 83 /2 ib,s           | wdq lock
ADC A#, imm#                      | o# 14# i#               | bwdq
ADC r/m#, imm#                    | o# 80# /2 i#            | bwdq lock
ADC r/m8, imm8                    | 82 /2 ib                | no64 decode lock
SBB r/m#, r#                      | o# 18# /r               | bwdq lock
SBB r#, r/m#                      | o# 1A# /r               | bwdq
SBB r/m#, imm8                    | o# 83 /3 ib,s           | wdq lock
SBB A#, imm#                      | o# 1C# i#               | bwdq
SBB r/m#, imm#                    | o# 80# /3 i#            | bwdq lock
SBB r/m8, imm8                    | 82 /3 ib                | no64 decode lock
AND r/m#, r#                      | o# 20# /r               | bwdq lock
AND r#, r/m#                      | o# 22# /r               | bwdq
AND r/m#, imm8                    | o# 83 /4 ib,s           | wdq lock
AND A#, imm#                      | o# 24# i#               | bwdq
AND r/m#, imm#                    | o# 80# /4 i#            | bwdq lock
AND r/m8, imm8                    | 82 /4 ib                | no64 decode lock
SUB r/m#, r#                      | o# 28# /r               | bwdq lock
SUB r#, r/m#                      | o# 2A# /r               | bwdq
SUB r/m#, imm8                    | o# 83 /5 ib,s           | wdq lock
SUB A#, imm#                      | o# 2C# i#               | bwdq
SUB r/m#, imm#                    | o# 80# /5 i#            | bwdq lock
SUB r/m8, imm8                    | 82 /5 ib                | no64 decode lock
XOR r/m#, r#                      | o# 30# /r               | bwdq lock
XOR r#, r/m#                      | o# 32# /r               | bwdq
XOR r/m#, imm8                    | o# 83 /6 ib,s           | wdq lock
XOR A#, imm#                      | o# 34# i#               | bwdq
XOR r/m#, imm#                    | o# 80# /6 i#            | bwdq lock
XOR r/m8, imm8                    | 82 /6 ib                | no64 decode lock
CMP r/m#, r#                      | o# 38# /r               | bwdq
CMP r#, r/m#                      | o# 3A# /r               | bwdq
CMP r/m#, imm8                    | o# 83 /7 ib,s           | wdq
CMP A#, imm#                      | o# 3C# i#               | bwdq
CMP r/m#, imm#                    | o# 80# /7 i#            | bwdq
CMP r/m8, imm8                    | 82 /7 ib                | no64 decode
TEST r/m#, r#                     | o# 84# /r               | bwdq
TEST r#, r/m#                     | o# 84# /r               | bwdq alias
TEST A#, imm#                     | o# A8# i#               | bwdq
TEST r/m#, imm#                   | o# F6# /0 i#            | bwdq
TEST r/m#, imm#                   | o# F6# /1 i#            | bwdq decode
INC r#                            | o# 40+r                 | wd no64
DEC r#                            | o# 48+r                 | wd no64
INC r/m#                          | o# FE# /0               | bwdq lock
DEC r/m#                          | o# FE# /1               | bwdq lock
NOT r/m#                          | o# F6# /2               | bwdq lock
NEG r/m#                          | o# F6# /3               | bwdq lock
MUL r/m#                          | o# F6# /4               | bwdq
IMUL r/m#                         | o# F6# /5               | bwdq
DIV r/m#                          | o# F6# /6               | bwdq
IDIV r/m#                         | o# F6# /7               | bwdq
IMUL r#, r/m#                     | o# 0F AF /r             | wdq
IMUL r#, r/m#, imm8               | o# 6B /r ib,s           | wdq =imul3
IMUL r#, r/m#, imm#               | o# 69 /r i#             | wdq =imul3
DAA                               | 27                      | no64
DAS                               | 2F                      | no64
AAA                               | 37                      | no64
AAS                               | 3F                      | no64
AAM                               | D4 0A                   | no64 alias
AAD                               | D5 0A                   | no64 alias
AAM imm8                          | D4 ib                   | no64
AAD imm8                          | D5 ib                   | no64
CBW                               | o16 98
CWDE                              | o32 98                  | =cbw
CDQE                              | o64 98                  | =cbw
CWD                               | o16 99
CDQ                               | o32 99                  | =cwd
CQO                               | o64 99                  | =cwd

; Shifts, rotates, bits.
ROL r/m#, 1                       | o# D0# /0               | bwdq
ROL r/m#, CL                      | o# D2# /0               | bwdq
ROL r/m#, imm8                    | o# C0# /0 ib            | bwdq
ROR r/m#, 1                       | o# D0# /1               | bwdq
ROR r/m#, CL                      | o# D2# /1               | bwdq
ROR r/m#, imm8                    | o# C0# /1 ib            | bwdq
RCL r/m#, 1                       | o# D0# /2               | bwdq
RCL r/m#, CL                      | o# D2# /2               | bwdq
RCL r/m#, imm8                    | o# C0# /2 ib            | bwdq
RCR r/m#, 1                       | o# D0# /3               | bwdq
RCR r/m#, CL                      | o# D2# /3               | bwdq
RCR r/m#, imm8                    | o# C0# /3 ib            | bwdq
SHL r/m#, 1                       | o# D0# /4               | bwdq
SHL r/m#, CL                      | o# D2# /4               | bwdq
SHL r/m#, imm8                    | o# C0# /4 ib            | bwdq
SHR r/m#, 1                       | o# D0# /5               | bwdq
SHR r/m#, CL                      | o# D2# /5               | bwdq
SHR r/m#, imm8                    | o# C0# /5 ib            | bwdq
SHL r/m#, 1                       | o# D0# /6               | bwdq decode
SHL r/m#, CL                      | o# D2# /6               | bwdq decode
SHL r/m#, imm8                    | o# C0# /6 ib            | bwdq decode
SAR r/m#, 1                       | o# D0# /7               | bwdq
SAR r/m#, CL                      | o# D2# /7               | bwdq
SAR r/m#, imm8                    | o# C0# /7 ib            | bwdq
SHLD r/m#, r#, imm8               | o# 0F A4 /r ib          | wdq
SHLD r/m#, r#, CL                 | o# 0F A5 /r             | wdq
SHRD r/m#, r#, imm8               | o# 0F AC /r ib          | wdq
SHRD r/m#, r#, CL                 | o# 0F AD /r             | wdq
BT r/m#, r#                       | o# 0F A3 /r             | wdq
BT r/m#, imm8                     | o# 0F BA /4 ib          | wdq
BTS r/m#, r#                      | o# 0F AB /r             | wdq lock
BTS r/m#, imm8                    | o# 0F BA /5 ib          | wdq lock
BTR r/m#, r#                      | o# 0F B3 /r             | wdq lock
BTR r/m#, imm8                    | o# 0F BA /6 ib          | wdq lock
BTC r/m#, r#                      | o# 0F BB /r             | wdq lock
BTC r/m#, imm8                    | o# 0F BA /7 ib          | wdq lock
BSF r#, r/m#                      | o# 0F BC /r             | wdq
BSR r#, r/m#                      | o# 0F BD /r             | wdq
TZCNT r#, r/m#                    | F3 o# 0F BC /r          | wdq
LZCNT r#, r/m#                    | F3 o# 0F BD /r          | wdq
POPCNT r#, r/m#                   | F3 o# 0F B8 /r          | wdq
CRC32 r32, r/m8                   | F2 0F 38 F0 /r
CRC32 r32, r/m#                   | F2 o# 0F 38 F1 /r       | wd
CRC32 r64, r/m8                   | F2 o64 0F 38 F0 /r
CRC32 r64, r/m64                  | F2 o64 0F 38 F1 /r

; Data movement.
MOV A#, moffs#                    | o# A0# mo               | bwdq
MOV moffs#, A#                    | o# A2# mo               | bwdq
MOV r/m#, r#                      | o# 88# /r               | bwdq
MOV r#, r/m#                      | o# 8A# /r               | bwdq
MOV m16, Sreg                     | 8C /r                   | =mov_seg
MOV r#, Sreg                      | o# 8C /r                | wd =mov_seg
MOV r64, Sreg                     | 8C /r                   | only64 alias =mov_seg
MOV r64, Sreg                     | o64 8C /r               | decode =mov_seg
MOV Sreg, r/m16                   | 8E /r                   | =mov_seg
MOV Sreg, r32                     | 8E /r                   | alias =mov_seg
MOV Sreg, r64                     | 8E /r                   | only64 alias =mov_seg
MOV r32, CR                       | 0F 20 /r                | no64 cpl0 =mov_cr nw
MOV r64, CR                       | 0F 20 /r                | only64 cpl0 =mov_cr nw
MOV CR, r32                       | 0F 22 /r                | no64 cpl0 =mov_cr nw
MOV CR, r64                       | 0F 22 /r                | only64 cpl0 =mov_cr nw
MOV r32, DR                       | 0F 21 /r                | no64 cpl0 =mov_dr nw
MOV r64, DR                       | 0F 21 /r                | only64 cpl0 =mov_dr nw
MOV DR, r32                       | 0F 23 /r                | no64 cpl0 =mov_dr nw
MOV DR, r64                       | 0F 23 /r                | only64 cpl0 =mov_dr nw
MOV r8, imm8                      | B0+r ib
MOV r16, imm16                    | o16 B8+r iw
MOV r32, imm32                    | o32 B8+r id
MOV r64, imm32                    | B8+r id,u               | only64 alias
MOV r64, imm32                    | o64 C7 /0 id,s          | alias
MOV r64, imm64                    | o64 B8+r io
MOV r/m#, imm#                    | o# C6# /0 i#            | bwdq
MOVZX r#, r/m8                    | o# 0F B6 /r             | wdq
MOVZX r#, r/m16                   | o# 0F B7 /r             | dq
MOVZX r16, r/m16                  | o16 0F B7 /r            | decode
MOVSX r#, r/m8                    | o# 0F BE /r             | wdq
MOVSX r#, r/m16                   | o# 0F BF /r             | dq
MOVSX r16, r/m16                  | o16 0F BF /r            | decode
MOVSXD r64, r/m32                 | o64 63 /r               | =movsx
MOVSX r64, r/m32                  | o64 63 /r               | alias
MOVSXD r32, r/m32                 | o32 63 /r               | only64 decode =movsx
MOVSXD r16, r/m16                 | o16 63 /r               | only64 decode =movsx
LEA r#, m                         | o# 8D /r                | wdq
XCHG AX, AX                       | o16 90                  | alias
XCHG EAX, EAX                     | o32 90                  | no64 alias
XCHG RAX, RAX                     | o64 90                  | alias
XCHG A#, r#!                      | o# 90+r                 | wdq
XCHG r#!, A#                      | o# 90+r                 | wdq alias
XCHG r#, r/m#                     | o# 86# /r               | bwdq lock
XCHG r/m#, r#                     | o# 86# /r               | bwdq lock alias
CMPXCHG r/m#, r#                  | o# 0F B0# /r            | bwdq lock
CMPXCHG8B m64                     | 0F C7 /1                | lock
CMPXCHG16B m128                   | o64 0F C7 /1            | lock
XADD r/m#, r#                     | o# 0F C0# /r            | bwdq lock
BSWAP r#                          | o# 0F C8+r              | dq
BSWAP r16                         | o16 0F C8+r             | decode
MOVBE r#, m#                      | NFx o# 0F 38 F0 /r      | wdq
MOVBE m#, r#                      | NFx o# 0F 38 F1 /r      | wdq
XLATB                             | D7                      | =xlat
CMOVcc r#, r/m#                   | o# 0F 40+cc /r          | wdq =cmovcc
SETcc r/m8                        | 0F 90+cc /r             | =setcc
LES r#, m16:#, <ES>               | o# C4 /r                | wd no64 =lfs
LDS r#, m16:#, <DS>               | o# C5 /r                | wd no64 =lfs
LSS r#, m16:#, <SS>               | o# 0F B2 /r             | wdq =lfs
LFS r#, m16:#, <FS>               | o# 0F B4 /r             | wdq =lfs
LGS r#, m16:#, <GS>               | o# 0F B5 /r             | wdq =lfs

; The stack. Where no width is shown, the operand size in force decides (SDM vol. 1, 6.2.2).
PUSH r#                           | o# 50+r                 | wdq d64 nw
PUSH r/m#                         | o# FF /6                | wdq d64 nw
PUSH imm8                         | 6A ib,s                 | d64 nw
PUSH imm#                         | o# 68 i#                | wdq d64 nw
POP r#                            | o# 58+r                 | wdq d64 nw
POP r/m#                          | o# 8F /0                | wdq d64 nw
PUSH ES                           | 06                      | no64 =push_seg
POP ES                            | 07                      | no64 =pop_seg
PUSH CS                           | 0E                      | no64 =push_seg
PUSH SS                           | 16                      | no64 =push_seg
POP SS                            | 17                      | no64 =pop_seg
PUSH DS                           | 1E                      | no64 =push_seg
POP DS                            | 1F                      | no64 =pop_seg
PUSH FS                           | 0F A0                   | d64 =push_seg
POP FS                            | 0F A1                   | d64 =pop_seg
PUSH GS                           | 0F A8                   | d64 =push_seg
POP GS                            | 0F A9                   | d64 =pop_seg
PUSHA                             | 60                      | no64 alias
PUSHA#                            | o# 60                   | wd no64
POPA                              | 61                      | no64 alias
POPA#                             | o# 61                   | wd no64
PUSHF                             | 9C                      | alias d64
PUSHF#                            | o# 9C                   | wdq d64
POPF                              | 9D                      | alias d64
POPF#                             | o# 9D                   | wdq d64
ENTER imm16, imm8                 | C8 iw ib                | d64
LEAVE                             | C9                      | d64

; Flow.
Jcc rel8                          | 70+cc cb                | f64 =jcc
Jcc rel#                          | o# 0F 80+cc c#          | wdq f64 =jcc
JMP rel8                          | EB cb                   | f64
JMP rel#                          | o# E9 c#                | wdq f64
JMP r/m#                          | o# FF /4                | wdq f64 nw
JMP ptr16:#                       | o# EA cp                | wd no64 =jmp_far
JMP m16:#                         | o# FF /5                | wdq =jmp_far
CALL rel#                         | o# E8 c#                | wdq f64
CALL r/m#                         | o# FF /2                | wdq f64 nw
CALL ptr16:#                      | o# 9A cp                | wd no64 =call_far
CALL m16:#                        | o# FF /3                | wdq =call_far
RET                               | C3                      | f64
RET imm16                         | C2 iw                   | f64
RETF                              | CB                      | =ret_far
RETF imm16                        | CA iw                   | =ret_far
RETW                              | o16 C3                  | alias =ret
RETW imm16                        | C2 iw                   | f64 alias =ret
RETD                              | o32 C3                  | no64 alias =ret
RETD imm16                        | o32 C2 iw               | no64 alias =ret
RETQ                              | C3                      | only64 f64 alias =ret
RETQ imm16                        | C2 iw                   | only64 f64 alias =ret
RETNW                             | o16 C3                  | alias =ret
RETNW imm16                       | o16 C2 iw               | alias =ret
RETFW                             | o16 CB                  | alias =ret_far
RETFW imm16                       | o16 CA iw               | alias =ret_far
RETFD                             | o32 CB                  | alias =ret_far
RETFD imm16                       | o32 CA iw               | alias =ret_far
RETFQ                             | o64 CB                  | alias =ret_far
RETFQ imm16                       | o64 CA iw               | alias =ret_far
JCXZ rel8                         | a16 E3 cb               | f64 =jrcxz
JECXZ rel8                        | a32 E3 cb               | f64 =jrcxz nw
JRCXZ rel8                        | a64 E3 cb               | f64 nw
LOOPNE rel8                       | E0 cb                   | f64
LOOPNE rel8, CX                   | a16 E0 cb               | f64 alias
LOOPNE rel8, ECX                  | a32 E0 cb               | f64 alias
LOOPNE rel8, RCX                  | a64 E0 cb               | f64 alias
LOOPE rel8                        | E1 cb                   | f64
LOOPE rel8, CX                    | a16 E1 cb               | f64 alias
LOOPE rel8, ECX                   | a32 E1 cb               | f64 alias
LOOPE rel8, RCX                   | a64 E1 cb               | f64 alias
LOOP rel8                         | E2 cb                   | f64
LOOP rel8, CX                     | a16 E2 cb               | f64 alias
LOOP rel8, ECX                    | a32 E2 cb               | f64 alias
LOOP rel8, RCX                    | a64 E2 cb               | f64 alias
INT imm8                          | CD ib
INT3                              | CC
INT1                              | F1
INTO                              | CE                      | no64
IRET                              | CF                      | alias
IRET#                             | o# CF                   | wdq
BOUND r#, m#&#                    | o# 62 /r                | wd no64
SYSCALL                           | 0F 05                   | only64
SYSRET                            | 0F 07                   | only64 cpl0
SYSCALL                           | 0F 05                   | no64 alias
SYSRET                            | 0F 07                   | no64 alias
SYSENTER                          | 0F 34
SYSEXIT                           | 0F 35                   | cpl0
UD2                               | 0F 0B                   | =ud
UD1                               | 0F B9                   | alias =ud
UD2B                              | 0F B9                   | alias =ud
UD1 r#, r/m#                      | o# 0F B9 /r             | wdq =ud
UD0 r#, r/m#                      | o# 0F FF /r             | wdq =ud
UD0                               | 0F FF                   | alias =ud
NOP                               | 90
PAUSE                             | F3 90
ENDBR64                           | F3 0F 1E FA             | =nop
ENDBR32                           | F3 0F 1E FB             | =nop
NOP r/m#                          | o# 0F 1F /0             | wdq
HLT                               | F4                      | cpl0

; Strings and ports.
MOVS#                             | o# A4#                  | bwdq rep
CMPS#                             | o# A6#                  | bwdq rep
STOS#                             | o# AA#                  | bwdq rep
LODS#                             | o# AC#                  | bwdq rep
SCAS#                             | o# AE#                  | bwdq rep
INS#                              | o# 6C#                  | bwd up32 rep
OUTS#                             | o# 6E#                  | bwd up32 rep
IN A#, imm8                       | o# E4# ib               | bwd up32
IN A#, DX                         | o# EC#                  | bwd up32
OUT imm8, A#                      | o# E6# ib               | bwd up32
OUT DX, A#                        | o# EE#                  | bwd up32

; Flags.
CLC                               | F8
STC                               | F9
CMC                               | F5
CLD                               | FC
STD                               | FD
CLI                               | FA
STI                               | FB
LAHF                              | 9F
SAHF                              | 9E
SALC                              | D6                      | no64
CLAC                              | NP 0F 01 CA
STAC                              | NP 0F 01 CB

; System.
CPUID                             | 0F A2
RDTSC                             | 0F 31
RDTSCP                            | 0F 01 F9
RDPMC                             | 0F 33
RDMSR                             | 0F 32                   | cpl0
WRMSR                             | 0F 30                   | cpl0
SWAPGS                            | 0F 01 F8                | only64 cpl0
RDFSBASE r#                       | F3 o# 0F AE /0          | dq only64 w
RDGSBASE r#                       | F3 o# 0F AE /1          | dq only64 w
WRFSBASE r#                       | F3 o# 0F AE /2          | dq only64 w
WRGSBASE r#                       | F3 o# 0F AE /3          | dq only64 w
SGDT m16&32                       | 0F 01 /0                | no64
SGDT m16&64                       | 0F 01 /0                | only64 f64
SIDT m16&32                       | 0F 01 /1                | no64
SIDT m16&64                       | 0F 01 /1                | only64 f64
LGDT m16&32                       | 0F 01 /2                | no64 cpl0
LGDT m16&64                       | 0F 01 /2                | only64 f64 cpl0
LIDT m16&32                       | 0F 01 /3                | no64 cpl0
LIDT m16&64                       | 0F 01 /3                | only64 f64 cpl0
SLDT m16                          | 0F 00 /0
SLDT r#                           | o# 0F 00 /0             | wd
SLDT r64                          | 0F 00 /0                | only64 alias
SLDT r64                          | o64 0F 00 /0            | decode
STR m16                           | 0F 00 /1
STR r#                            | o# 0F 00 /1             | wdq
SMSW m16                          | 0F 01 /4
SMSW r#                           | o# 0F 01 /4             | wdq
LLDT r/m16                        | 0F 00 /2                | cpl0
LTR r/m16                         | 0F 00 /3                | cpl0
VERR r/m16                        | 0F 00 /4
VERW r/m16                        | 0F 00 /5
LMSW r/m16                        | 0F 01 /6                | cpl0
CLTS                              | 0F 06                   | cpl0
ARPL r/m16, r16                   | 63 /r                   | no64
LAR r#, r/m16                     | o# 0F 02 /r             | wdq
LAR r#, r32                       | o# 0F 02 /r             | wdq alias
LAR r#, r64                       | o# 0F 02 /r             | wdq only64 alias
LSL r#, r/m16                     | o# 0F 03 /r             | wdq
LSL r#, r32                       | o# 0F 03 /r             | wdq alias
LSL r#, r64                       | o# 0F 03 /r             | wdq only64 alias
INVLPG m                          | 0F 01 /7                | cpl0
INVPCID r32, m128                 | 66 0F 38 82 /r          | no64 cpl0
INVPCID r64, m128                 | 66 o64 0F 38 82 /r      | alias cpl0
INVPCID r64, m128                 | 66 0F 38 82 /r          | only64 cpl0
INVD                              | 0F 08                   | cpl0
RSM                               | 0F AA                   | alias =ud
WBINVD                            | 0F 09                   | cpl0
CLFLUSH m                         | NP 0F AE /7
CLFLUSHOPT m                      | 66 0F AE /7             | =clflush
CLWB m                            | 66 0F AE /6             | =clflush
LFENCE                            | NP 0F AE E8             | =fence
LFENCE                            | NP 0F AE E9..EF         | decode =fence
MFENCE                            | NP 0F AE F0             | =fence
MFENCE                            | NP 0F AE F1..F7         | decode =fence
SFENCE                            | NP 0F AE F8             | =fence
SFENCE                            | NP 0F AE F9..FF         | decode =fence
MONITOR                           | 0F 01 C8
MWAIT                             | 0F 01 C9
MONITOR EAX, ECX, EDX             | 0F 01 C8                | alias no64
MONITOR RAX, ECX, EDX             | 0F 01 C8                | alias only64
MWAIT EAX, ECX                    | 0F 01 C9                | alias
PREFETCH m                        | 0F 0D /0                | alias =prefetch
PREFETCHNTA m                     | 0F 18 /0                | =prefetch
PREFETCHT0 m                      | 0F 18 /1                | =prefetch
PREFETCHT1 m                      | 0F 18 /2                | =prefetch
PREFETCHT2 m                      | 0F 18 /3                | =prefetch
PREFETCHW m                       | 0F 0D /1                | =prefetch
PREFETCHWT1 m                     | 0F 0D /2                | =prefetch
NOP r/m#, r#                      | o# 0F 0D /r             | wdq decode
NOP r/m#, r#                      | o# 0F 18..1F /r         | wdq decode

; x87, MMX, SSE and SSE2: only their length matters, the processor has none of them (#NM or #UD as CR0 and CR4 say).
FWAIT                             | 9B                      | =fpu
X87 r/m32, r32                    | D8..DF /r               | decode =fpu
SSE m32                           | NP 0F AE /0             | decode =fpu
SSE m32                           | NP 0F AE /1             | decode =fpu
SSE m32                           | NP 0F AE /2             | decode =fpu
SSE m32                           | NP 0F AE /3             | decode =fpu
EMMS                              | 0F 77                   | =fpu
SSE r/m32, r32                    | 0F 10..17 /r            | decode =fpu
SSE r/m32, r32                    | 0F 28..2F /r            | decode =fpu
SSE r/m32, r32                    | 0F 50..6F /r            | decode =fpu
SSE r/m32, r32                    | 0F 74..76 /r            | decode =fpu
SSE r/m32, r32                    | 0F 7C..7F /r            | decode =fpu
SSE r/m32, r32                    | 0F D0..FE /r            | decode =fpu
SSE r/m32, r32                    | 0F C3 /r                | decode =fpu
SSE r/m32, r32, imm8              | 0F 70..73 /r ib         | decode =fpu
SSE r/m32, r32, imm8              | 0F C2 /r ib             | decode =fpu
SSE r/m32, r32, imm8              | 0F C4..C6 /r ib         | decode =fpu
`;

let parsed: readonly Form[] | undefined;

/** All rows as forms, in the table's order. */
export const allForms = (): readonly Form[] => (parsed ??= parseTable(TABLE));
