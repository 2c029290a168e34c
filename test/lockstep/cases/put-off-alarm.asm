; A random system in which the PIT is programmed anew before it is due, while one CPU waits with PAUSE. One CPU, turns of 64 ticks, 800,000 ticks.
%define APIC 0xfee00000
%define IOAPIC 0xfec00000
PML4 equ 0x40000
PDPT equ 0x41000
PD equ 0x42000
PDH equ 0x43000
PT0 equ 0x44000
PT1 equ 0x45000
PT2 equ 0x46000
PT3 equ 0x47000
PTW equ 0x48000
PD32 equ 0x49000
PT32 equ 0x4a000
PT32B equ 0x4b000
PTW32 equ 0x4c000
 org 0x8000
 bits 16
ap: cli
 xor ax, ax
 mov ds, ax
 o32 lgdt [gdtr]
 mov eax, cr0
 or al, 1
 mov cr0, eax
 jmp dword 8:enter
align 4
hdr: dd 0x1badb002, 0x10003, -(0x1badb002+0x10003)
 dd hdr, 0x8000, 0, 0, bsp
align 16
gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00af9b000000ffff, 0x00009b000000ffff, 0x000093000000ffff, 0x00cffb000000ffff, 0x00cff3000000ffff, 0x00affb000000ffff
 dq 0x0040932010000000 | 0xffff, 0x0040932000000fff
%assign c 0
%rep 8
 dw 0x67
 dw tss + c*0x80
 dd 0x00008900, 0, 0
%assign c c+1
%endrep
gend:
gdtr: dw gend-gdt-1
 dq gdt
align 16
tss:
%assign c 0
%rep 8
%if 32==64
 dd 0
 dq 0x60000 + c*0x2000 + 0x1800, 0,0,0
 dq 0x60000 + c*0x2000 + 0x2000
 times 6 dq 0
 times 0x80-0x64 db 0
%else
 dd 0, 0x60000 + c*0x2000 + 0x1800, 0x10
 times 0x80-12 db 0
%endif
%assign c c+1
%endrep
align 16
idt:
%assign v 0
%rep 256
%if v==2
 %assign i 1
%else
 %assign i 0
%endif
%if 32==64
 dw stub_%+ v, 0x18
 db i, 0xef
 dw 0
 dq 0
%else
 dw stub_%+ v, 8
 db 0, 0xee
 dw 0
%endif
%assign v v+1
%endrep
idtr: dw $-idt-1
 dq idt
 bits 32
bsp: lgdt [gdtr]
 mov esp, 0x60000
 cld
 mov dword [PML4], PDPT+7
 mov dword [PDPT], PD+7
 mov dword [PDPT+24], PDH+7
 mov dword [PML4+511*8], PDPT+7
 mov dword [PDPT+511*8], PDH+7
 mov dword [PD], PT0+7
 mov dword [PD+8], PT1+7
 mov dword [PD+16], PT2+7
 mov dword [PD+24], PT3+7
 mov dword [PD+32], PTW+7
 mov dword [PD+48], 0x87
 mov dword [PDH+0x1f6*8], IOAPIC+0x9f
 mov dword [PDH+0x1f7*8], APIC+0x9f
 mov dword [PD32], PT32+7
 mov dword [PD32+4], PT32B+7
 mov dword [PD32+8], PTW32+7
 mov dword [PD32+12], 0x87
 mov dword [PD32+0x3fb*4], IOAPIC+0x9f
 mov eax, 7
 xor ecx, ecx
.pt: mov [PT0+ecx*8], eax
 mov [PT2+ecx*8], eax
 mov [PT32+ecx*4], eax
 mov [PT32B+ecx*4], eax
 add eax, 0x1000
 inc ecx
 cmp ecx, 1024
 jb .pt
 xor ecx, ecx
 mov eax, 0x220007
.ptw: mov [PTW+ecx*8], eax
 mov [PTW32+ecx*4], eax
 add eax, 0x1000
 inc ecx
 cmp ecx, 4
 jb .ptw
 ; code in the wild frames
 xor edx, edx
.fr: mov edi, 0x220000
 mov eax, edx
 shl eax, 12
 add edi, eax
 mov byte [edi+0x80], 0xb8
 lea eax, [edx*8+0x1100+edx]
 mov [edi+0x81], eax
 mov dword [edi+0x85], 0xc3c00190 ; nop; add eax,eax; ret
 mov dword [edi+0xff0], 0x90909090
 mov dword [edi+0xff4], 0x90909090
 mov dword [edi+0xff8], 0x90909090
 mov dword [edi+0xffc], 0x11b89090 ; mov eax, imm32 straddles
 mov [edi], edx
 mov dword [edi+0], 0x00110000
 mov [edi+0], dl
 mov dword [edi+3], 0x0001c390
 mov byte [edi+3], 0xc3
 inc edx
 cmp edx, 4
 jb .fr
 mov ecx, 0x20000
 mov edi, 2293760
.rn: imul ebx, ebx, 1664525
 add ebx, 1013904223
 mov [edi-0x30000], ebx
 add edi, 4
 cmp edi, 2301952
 jb .rn
 mov dword [APIC+0xf0], 0x1ff
 
enter: mov ax, 0x10
 mov ds, ax
 mov es, ax
 mov ss, ax
 mov fs, ax
 mov gs, ax
 mov dword [APIC+0xf0], 0x1ff
 mov ebx, [APIC+0x20]
 shr ebx, 24
 lidt [idtr]
 mov ebp, ebx
 shl ebp, 12
 add ebp, 0x70000
 mov esp, ebx
 shl esp, 13
 add esp, 0x61000
 mov [ebp+16], esp
 mov dword [APIC+0x3e0], 0xb
%if 32==64
 mov eax, 0x120
 mov cr4, eax
 mov eax, PML4
 mov cr3, eax
 mov ecx, 0xc0000080
 mov eax, 0x901
 xor edx, edx
 wrmsr
 mov eax, 0x80000011 | 0
 mov cr0, eax
 jmp 0x18:.long
 bits 64
.long: mov ecx, 0xc0000081
 xor eax, eax
 mov edx, 0x00300008
 ; STAR: user 0x30 -> sysret cs 0x40
 mov edx, 0x00300018
 wrmsr
 mov ecx, 0xc0000082
 mov eax, sysent
 xor edx, edx
 wrmsr
 mov ecx, 0xc0000084
 mov eax, 0x200
 wrmsr
%else
 mov eax, 0x110
 mov cr4, eax
 mov eax, PD32
 mov cr3, eax
 mov eax, 0x80000011 | 0
 mov cr0, eax
 jmp 8:.pg
.pg:
%endif
 mov eax, ebx
 shl eax, 4
 add eax, 0x58
 ltr ax
 mov eax, ebx
 imul eax, 6
 mov [ebp], eax
 sti
main: mov esp, [ebp+16]
 mov eax, [ebp]
 inc dword [ebp]
 xor edx, edx
 mov ecx, 27
 div ecx
 mov ebx, edx
 call [ebx*4 + table]
 jmp main
align 8
table: dd g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11, g12, g13, g14, g15, g16, g17, g18, g19, g20, g21, g22, g23, g24, g25, g26
indtab: dd i0, i2, i2, i1, i3, i1, i1, i0
i0: inc edx
 ret
i1: add edx, eax
 ret
i2: rol edx, 3
 ret
i3: xor edx, 0x55
 ret
shfn: mov eax, 0x1234
 ret
shfn2: inc edx 
 ret
wildcall: push ebx
 lea ebx, [esi+0x80]
 call ebx
 pop ebx
 add edx, eax
 ret

; common
fault: ; vector in eax pushed; stack: vec, err, ip
 cld
 mov ax, 0x10
 mov ds, ax
 mov es, ax
 mov ss, ax
 pop eax
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 pop eax
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 pop eax
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 mov eax, cr2
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 mov eax, [ebp+8]
 ; percpu pointer may be lost: recompute
 mov ebp, [dword APIC+0x20]
 shr ebp, 24
 shl ebp, 12
 add ebp, 0x70000
 rdtsc
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 mov eax, 0x400
 mov dr7, eax
 inc dword [ebp+40]
 sti
 jmp main
irq: ; stack: ax, ip
 push ebp
 mov ebp, [dword APIC+0x20]
 shr ebp, 24
 shl ebp, 12
 add ebp, 0x70000
 mov eax, [esp+8]
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 mov dword [dword APIC+0xb0], 0
 push ebx
 mov ebx, 2097152+0x20000
 inc dword [ebx+12]
 pop ebx
 
 inc dword [ebp+44]
 pop ebp
 pop eax
 iretd
nmi: push eax
 push ebp
 push ecx
 push edx
 mov ebp, [dword APIC+0x20]
 shr ebp, 24
 shl ebp, 12
 add ebp, 0x70000
 mov eax, [esp+16]
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 mov ecx, 193
 mov eax, -400
 mov edx, 0
 wrmsr
 mov ecx, 777
 mov eax, -600
 mov edx, 0
 wrmsr
 mov ecx, 912
 mov eax, 3
 mov edx, 7
 wrmsr
 mov dword [dword APIC+0x340], 0x400
 inc dword [ebp+48]
 pop edx
 pop ecx
 pop ebp
 pop eax
 iretd
dbg: push eax
 push ebp
 mov ebp, [dword APIC+0x20]
 shr ebp, 24
 shl ebp, 12
 add ebp, 0x70000
 mov eax, [esp+8]
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 mov eax, dr6
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 or dword [esp+16], 0x10000
 inc dword [ebp+52]
 pop ebp
 pop eax
 iretd
soft: inc dword [ebp+56]
 iretd
leaveuser: mov ax, 0x10
 mov ds, ax
 mov es, ax
 mov ebp, [dword APIC+0x20]
 shr ebp, 24
 shl ebp, 12
 add ebp, 0x70000
 sti
 jmp main
stub_0: push eax
 push 0
 jmp near fault
stub_1: jmp near dbg
stub_2: jmp near nmi
stub_3: push eax
 push 3
 jmp near fault
stub_4: push eax
 push 4
 jmp near fault
stub_5: push eax
 push 5
 jmp near fault
stub_6: push eax
 push 6
 jmp near fault
stub_7: push eax
 push 7
 jmp near fault
stub_8: push 8
 jmp near fault
stub_9: push eax
 push 9
 jmp near fault
stub_10: push 10
 jmp near fault
stub_11: push 11
 jmp near fault
stub_12: push 12
 jmp near fault
stub_13: push 13
 jmp near fault
stub_14: push 14
 jmp near fault
stub_15: push eax
 push 15
 jmp near fault
stub_16: push eax
 push 16
 jmp near fault
stub_17: push 17
 jmp near fault
stub_18: push eax
 push 18
 jmp near fault
stub_19: push eax
 push 19
 jmp near fault
stub_20: push eax
 push 20
 jmp near fault
stub_21: push eax
 push 21
 jmp near fault
stub_22: push eax
 push 22
 jmp near fault
stub_23: push eax
 push 23
 jmp near fault
stub_24: push eax
 push 24
 jmp near fault
stub_25: push eax
 push 25
 jmp near fault
stub_26: push eax
 push 26
 jmp near fault
stub_27: push eax
 push 27
 jmp near fault
stub_28: push eax
 push 28
 jmp near fault
stub_29: push eax
 push 29
 jmp near fault
stub_30: push eax
 push 30
 jmp near fault
stub_31: push eax
 push 31
 jmp near fault
stub_32: push eax
 jmp near irq
stub_33: push eax
 jmp near irq
stub_34: push eax
 jmp near irq
stub_35: push eax
 jmp near irq
stub_36: push eax
 jmp near irq
stub_37: push eax
 jmp near irq
stub_38: push eax
 jmp near irq
stub_39: push eax
 jmp near irq
stub_40: push eax
 jmp near irq
stub_41: push eax
 jmp near irq
stub_42: push eax
 jmp near irq
stub_43: push eax
 jmp near irq
stub_44: push eax
 jmp near irq
stub_45: push eax
 jmp near irq
stub_46: push eax
 jmp near irq
stub_47: push eax
 jmp near irq
stub_48: push eax
 jmp near irq
stub_49: push eax
 jmp near irq
stub_50: push eax
 jmp near irq
stub_51: push eax
 jmp near irq
stub_52: push eax
 jmp near irq
stub_53: push eax
 jmp near irq
stub_54: push eax
 jmp near irq
stub_55: push eax
 jmp near irq
stub_56: push eax
 jmp near irq
stub_57: push eax
 jmp near irq
stub_58: push eax
 jmp near irq
stub_59: push eax
 jmp near irq
stub_60: push eax
 jmp near irq
stub_61: push eax
 jmp near irq
stub_62: push eax
 jmp near irq
stub_63: push eax
 jmp near irq
stub_64: push eax
 jmp near irq
stub_65: push eax
 jmp near irq
stub_66: push eax
 jmp near irq
stub_67: push eax
 jmp near irq
stub_68: push eax
 jmp near irq
stub_69: push eax
 jmp near irq
stub_70: push eax
 jmp near irq
stub_71: push eax
 jmp near irq
stub_72: push eax
 jmp near irq
stub_73: push eax
 jmp near irq
stub_74: push eax
 jmp near irq
stub_75: push eax
 jmp near irq
stub_76: push eax
 jmp near irq
stub_77: push eax
 jmp near irq
stub_78: push eax
 jmp near irq
stub_79: push eax
 jmp near irq
stub_80: push eax
 jmp near irq
stub_81: push eax
 jmp near irq
stub_82: push eax
 jmp near irq
stub_83: push eax
 jmp near irq
stub_84: push eax
 jmp near irq
stub_85: push eax
 jmp near irq
stub_86: push eax
 jmp near irq
stub_87: push eax
 jmp near irq
stub_88: push eax
 jmp near irq
stub_89: push eax
 jmp near irq
stub_90: push eax
 jmp near irq
stub_91: push eax
 jmp near irq
stub_92: push eax
 jmp near irq
stub_93: push eax
 jmp near irq
stub_94: push eax
 jmp near irq
stub_95: push eax
 jmp near irq
stub_96: push eax
 jmp near irq
stub_97: push eax
 jmp near irq
stub_98: push eax
 jmp near irq
stub_99: push eax
 jmp near irq
stub_100: push eax
 jmp near irq
stub_101: push eax
 jmp near irq
stub_102: push eax
 jmp near irq
stub_103: push eax
 jmp near irq
stub_104: push eax
 jmp near irq
stub_105: push eax
 jmp near irq
stub_106: push eax
 jmp near irq
stub_107: push eax
 jmp near irq
stub_108: push eax
 jmp near irq
stub_109: push eax
 jmp near irq
stub_110: push eax
 jmp near irq
stub_111: push eax
 jmp near irq
stub_112: push eax
 jmp near irq
stub_113: push eax
 jmp near irq
stub_114: push eax
 jmp near irq
stub_115: push eax
 jmp near irq
stub_116: push eax
 jmp near irq
stub_117: push eax
 jmp near irq
stub_118: push eax
 jmp near irq
stub_119: push eax
 jmp near irq
stub_120: push eax
 jmp near irq
stub_121: push eax
 jmp near irq
stub_122: push eax
 jmp near irq
stub_123: push eax
 jmp near irq
stub_124: push eax
 jmp near irq
stub_125: push eax
 jmp near irq
stub_126: push eax
 jmp near irq
stub_127: push eax
 jmp near irq
stub_128: jmp near soft
stub_129: jmp near leaveuser
stub_130: push eax
 jmp near irq
stub_131: push eax
 jmp near irq
stub_132: push eax
 jmp near irq
stub_133: push eax
 jmp near irq
stub_134: push eax
 jmp near irq
stub_135: push eax
 jmp near irq
stub_136: push eax
 jmp near irq
stub_137: push eax
 jmp near irq
stub_138: push eax
 jmp near irq
stub_139: push eax
 jmp near irq
stub_140: push eax
 jmp near irq
stub_141: push eax
 jmp near irq
stub_142: push eax
 jmp near irq
stub_143: push eax
 jmp near irq
stub_144: push eax
 jmp near irq
stub_145: push eax
 jmp near irq
stub_146: push eax
 jmp near irq
stub_147: push eax
 jmp near irq
stub_148: push eax
 jmp near irq
stub_149: push eax
 jmp near irq
stub_150: push eax
 jmp near irq
stub_151: push eax
 jmp near irq
stub_152: push eax
 jmp near irq
stub_153: push eax
 jmp near irq
stub_154: push eax
 jmp near irq
stub_155: push eax
 jmp near irq
stub_156: push eax
 jmp near irq
stub_157: push eax
 jmp near irq
stub_158: push eax
 jmp near irq
stub_159: push eax
 jmp near irq
stub_160: push eax
 jmp near irq
stub_161: push eax
 jmp near irq
stub_162: push eax
 jmp near irq
stub_163: push eax
 jmp near irq
stub_164: push eax
 jmp near irq
stub_165: push eax
 jmp near irq
stub_166: push eax
 jmp near irq
stub_167: push eax
 jmp near irq
stub_168: push eax
 jmp near irq
stub_169: push eax
 jmp near irq
stub_170: push eax
 jmp near irq
stub_171: push eax
 jmp near irq
stub_172: push eax
 jmp near irq
stub_173: push eax
 jmp near irq
stub_174: push eax
 jmp near irq
stub_175: push eax
 jmp near irq
stub_176: push eax
 jmp near irq
stub_177: push eax
 jmp near irq
stub_178: push eax
 jmp near irq
stub_179: push eax
 jmp near irq
stub_180: push eax
 jmp near irq
stub_181: push eax
 jmp near irq
stub_182: push eax
 jmp near irq
stub_183: push eax
 jmp near irq
stub_184: push eax
 jmp near irq
stub_185: push eax
 jmp near irq
stub_186: push eax
 jmp near irq
stub_187: push eax
 jmp near irq
stub_188: push eax
 jmp near irq
stub_189: push eax
 jmp near irq
stub_190: push eax
 jmp near irq
stub_191: push eax
 jmp near irq
stub_192: push eax
 jmp near irq
stub_193: push eax
 jmp near irq
stub_194: push eax
 jmp near irq
stub_195: push eax
 jmp near irq
stub_196: push eax
 jmp near irq
stub_197: push eax
 jmp near irq
stub_198: push eax
 jmp near irq
stub_199: push eax
 jmp near irq
stub_200: push eax
 jmp near irq
stub_201: push eax
 jmp near irq
stub_202: push eax
 jmp near irq
stub_203: push eax
 jmp near irq
stub_204: push eax
 jmp near irq
stub_205: push eax
 jmp near irq
stub_206: push eax
 jmp near irq
stub_207: push eax
 jmp near irq
stub_208: push eax
 jmp near irq
stub_209: push eax
 jmp near irq
stub_210: push eax
 jmp near irq
stub_211: push eax
 jmp near irq
stub_212: push eax
 jmp near irq
stub_213: push eax
 jmp near irq
stub_214: push eax
 jmp near irq
stub_215: push eax
 jmp near irq
stub_216: push eax
 jmp near irq
stub_217: push eax
 jmp near irq
stub_218: push eax
 jmp near irq
stub_219: push eax
 jmp near irq
stub_220: push eax
 jmp near irq
stub_221: push eax
 jmp near irq
stub_222: push eax
 jmp near irq
stub_223: push eax
 jmp near irq
stub_224: push eax
 jmp near irq
stub_225: push eax
 jmp near irq
stub_226: push eax
 jmp near irq
stub_227: push eax
 jmp near irq
stub_228: push eax
 jmp near irq
stub_229: push eax
 jmp near irq
stub_230: push eax
 jmp near irq
stub_231: push eax
 jmp near irq
stub_232: push eax
 jmp near irq
stub_233: push eax
 jmp near irq
stub_234: push eax
 jmp near irq
stub_235: push eax
 jmp near irq
stub_236: push eax
 jmp near irq
stub_237: push eax
 jmp near irq
stub_238: push eax
 jmp near irq
stub_239: push eax
 jmp near irq
stub_240: push eax
 jmp near irq
stub_241: push eax
 jmp near irq
stub_242: push eax
 jmp near irq
stub_243: push eax
 jmp near irq
stub_244: push eax
 jmp near irq
stub_245: push eax
 jmp near irq
stub_246: push eax
 jmp near irq
stub_247: push eax
 jmp near irq
stub_248: push eax
 jmp near irq
stub_249: push eax
 jmp near irq
stub_250: push eax
 jmp near irq
stub_251: push eax
 jmp near irq
stub_252: push eax
 jmp near irq
stub_253: push eax
 jmp near irq
stub_254: push eax
 jmp near irq
stub_255: push eax
 jmp near irq
align 16
g0:
 ; dev
 mov al, 0xb
 out 0x70, al
 mov al, 18
 out 0x71, al
 ret
 
g1:
 ; dev
 mov al, 0x34
 out 0x43, al
 mov al, 161
 out 0x40, al
 mov al, 1
 out 0x40, al
 ret
 
g2:
 ; dev
 .l0: mov dx, 0x3fd
 in al, dx
 test al, 0x20
 jz .l0
 ; initsipi
 nop
 ; dev
 mov al, 254
 out 0x21, al
 ret
 
g3:
 ; pteset
 mov eax, 2228224 | 5
 mov [PTW32 + 8], eax
 mov eax, cr3
 mov cr3, eax
 mov ebx, 8396800
 
 ; alias
 mov ecx, 50
 mov esi, 2097152
 mov edi, 6291456
 mov ebx, 0xc00000 + 0
 .l0: mov eax, [esi+0]
 add [edi+8], ecx
 add eax, [ebx + 0]
 xor edx, eax
 dec ecx
 jnz .l0
 mov eax, edx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ret
 
g4:
 ; softint
 mov ecx, 2000
 .l0: int 0x80
 dec ecx
 jnz .l0
 ret
 
g5:
 ; alias
 mov ecx, 50
 mov esi, 2097152
 mov edi, 6291456
 mov ebx, 0xc00000 + 0
 .l0: mov eax, [esi+4]
 add [edi+0], ecx
 add eax, [ebx + 0]
 xor edx, eax
 dec ecx
 jnz .l0
 mov eax, edx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ret
 
g6:
 ; user
 mov eax, esp
 push 0x3b
 push eax
 pushf
 or dword [esp], 0x3200
 push 0x33
 push .l0u
 iretd
 .l0u: mov ax, 0x3b
 mov ds, ax
 mov es, ax
 mov esi, 2097152 + 65536
 shld edx, edx, 15
 sar dx, 1
 pushf
 pop eax
 cmovo cx, bx
 nop
 
 int 0x81
 ; alias
 mov ecx, 900
 mov esi, 2097152
 mov edi, 6291456
 mov ebx, 0xc00000 + 0
 .l1: mov eax, [esi+240]
 add [edi+4], ecx
 add eax, [ebx + 0]
 xor edx, eax
 dec ecx
 jnz .l1
 mov eax, edx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ret
 
g7:
 ; ind
 mov ecx, 400
 .l0: mov eax, ecx
 and eax, 7
 call [indtab + eax*4]
 dec ecx
 jnz .l0
 mov eax, edx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ; ind
 mov ecx, 20
 .l1: mov eax, ecx
 and eax, 7
 call [indtab + eax*4]
 dec ecx
 jnz .l1
 mov eax, edx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ret
 
g8:
 ; rep
 mov esi, 2097152+19875
 mov edi, 2097152+19674
 mov ecx, 0
 std
 rep movsw
 cld
 mov eax, ecx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ret
 
g9:
 ; pteread
 mov eax, [PTW32 + 4]
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 and dword [PTW32 + 4], ~0x40
 ; user
 mov eax, esp
 push 0x3b
 push eax
 pushf
 or dword [esp], 0x3200
 push 0x33
 push .l0u
 iretd
 .l0u: mov ax, 0x3b
 mov ds, ax
 mov es, ax
 mov esi, 2097152 + 8192
 movzx ebx, byte [esi + 4094]
 rol cl, 25
 push eax
 pop ebx
 push eax
 pop ebx
 
 int 0x81
 ret
 
g10:
 ; ind
 mov ecx, 3000
 .l0: mov eax, ecx
 and eax, 7
 call [indtab + eax*4]
 dec ecx
 jnz .l0
 mov eax, edx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ; misc
 cld
 ret
 
g11:
 ; dr
 mov eax, .l0b
 mov dr1, eax
 mov eax, 0x00000408
 mov dr7, eax
 mov ecx, 2
 .l0: inc edx
 .l0b: add edx, 2
 dec ecx
 jnz .l0
 mov eax, 0x400
 mov dr7, eax
 ; user
 mov eax, esp
 push 0x3b
 push eax
 pushf
 or dword [esp], 0x3200
 push 0x33
 push .l1u
 iretd
 .l1u: mov ax, 0x3b
 mov ds, ax
 mov es, ax
 mov esi, 2097152 + 4096
 imul ecx, ecx
 xchg word [esi + 4094], dx
 cdq
 lock xadd byte [esi + 4092], al
 mul ebx
 
 int 0x81
 ret
 times 227 nop
g12:
 ; initsipi
 nop
 ; softint
 mov ecx, 2000
 .l0: int 0x80
 dec ecx
 jnz .l0
 ; misc
 mov eax, cr4
 xor eax, 0x80
 mov cr4, eax
 ret
 
g13:
 ; delay
 mov ecx, 1724
 .l0: pause
 loop .l0
 ; ind
 mov ecx, 400
 .l1: mov eax, ecx
 and eax, 7
 call [indtab + eax*4]
 dec ecx
 jnz .l1
 mov eax, edx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ; softint
 int 0x80
 ret
 
g14:
 ; pteset
 mov eax, 2236416 | 5
 mov [PTW32 + 0], eax
 mov ebx, 8388608
 invlpg [ebx]
 mov ebx, 8388608
 mov eax, [ebx+4094]
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ; pteset
 mov eax, 2236416 | 39
 mov [PTW32 + 8], eax
 
 mov ebx, 8396800
 inc byte [ebx+0x200]
 ; initsipi
 nop
 ret
 
g15:
 ; dr
 mov eax, .l0b
 mov dr1, eax
 mov eax, 0x00000408
 mov dr7, eax
 mov ecx, 2
 .l0: inc edx
 .l0b: add edx, 2
 dec ecx
 jnz .l0
 mov eax, 0x400
 mov dr7, eax
 ; dev
 mov dx, 0x3fd
 in al, dx
 movzx eax, al
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ; wildstr
 mov ebx, 8400896+0xff0
 call ebx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ret
 
g16:
 ; misc
 enter 35, 0
 leave
 ; alias
 mov ecx, 900
 mov esi, 2097152
 mov edi, 6291456
 mov ebx, 0xc00000 + 0
 .l0: mov eax, [esi+253]
 add [edi+7], ecx
 add eax, [ebx + 0]
 xor edx, eax
 dec ecx
 jnz .l0
 mov eax, edx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ret
 
g17:
 ; pteread
 mov eax, [PTW32 + 16]
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 
 ret
 
g18:
 ; wildstr
 mov ebx, 8392704+0xff0
 mov ecx, 3
 .l0: call ebx
 
 dec ecx
 jnz .l0
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ret
 
g19:
 ; ind
 mov ecx, 20
 .l0: mov eax, ecx
 and eax, 7
 call [indtab + eax*4]
 dec ecx
 jnz .l0
 mov eax, edx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ; dev
 in al, 0x61
 movzx eax, al
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ; delay
 rdtsc
 lea ebx, [eax + 1294]
 .l2: pause
 rdtsc
 cmp eax, ebx
 js .l2
 ret
 
g20:
 ; ind
 mov ecx, 3000
 .l0: mov eax, ecx
 and eax, 7
 call [indtab + eax*4]
 dec ecx
 jnz .l0
 mov eax, edx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ret
 times 1765 nop
g21:
 ; rep
 mov esi, 2097152+23407
 mov edi, 2097152+19293
 mov ecx, 1200
 cld
 rep movsb
 cld
 mov eax, ecx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ; softint
 int 0x80
 ; dr
 mov eax, .l1b
 mov dr1, eax
 mov eax, 0x00000408
 mov dr7, eax
 mov ecx, 40
 .l1: inc edx
 .l1b: add edx, 2
 dec ecx
 jnz .l1
 mov eax, 0x400
 mov dr7, eax
 ret
 
g22:
 ; ind
 mov ecx, 3000
 .l0: mov eax, ecx
 and eax, 7
 call [indtab + eax*4]
 dec ecx
 jnz .l0
 mov eax, edx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ; delay
 mov ecx, 1492
 .l1: pause
 loop .l1
 ret
 
g23:
 ; misc
 cpuid
 ; fault
 mov ax, 0x777
 mov ds, ax
 ; pteset
 mov eax, 2240512 | 3
 mov [PTW32 + 20], eax
 
 mov ebx, 8409088
 inc byte [ebx+0x200]
 ret
 
g24:
 ; fault
 mov ecx, 0x1234567
 rdmsr
 ret
 
g25:
 ; rep
 mov esi, 2097152+18560
 mov edi, esi
 add edi, 0
 mov ecx, 300
 cld
 rep lodsw
 cld
 mov eax, ecx
 xor eax, [ebp + 8]
 rol eax, 5
 imul eax, eax, 0x01000193
 mov [ebp + 8], eax
 ret
 
g26:
 ; dev
 mov dx, 0x3f8
 mov al, 10
 out dx, al
 ; initsipi
 nop
 ret
 
