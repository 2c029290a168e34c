; One source in three modes: the boot of a kernel.
        org     0x7c00
        use16
start:  cli
        xor     ax, ax
        mov     ds, ax
        lgdt    [gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword 8:protected
        use32
protected:
        mov     eax, 0xa0
        mov     cr4, eax
        mov     ecx, 0xc0000080
        rdmsr
        bts     eax, 8
        wrmsr
        jmp     0x10:long_mode
        bits    64
long_mode:   mov     rax, 0xffff800000000000
        mov     cr3, rax
        swapgs
        mov     gs:[0x10], rsp
        iretq
gdtr:   dw      23
        dd      gdt
gdt:    dq      0, 0x00cf9a000000ffff, 0x00af9a000000ffff

;> 0000: fa 31 c0 8e d8 0f 01 16 51 7c 0f 20 c0 0c 01 0f
;> 0010: 22 c0 66 ea 1a 7c 00 00 08 00 b8 a0 00 00 00 0f
;> 0020: 22 e0 b9 80 00 00 c0 0f 32 0f ba e8 08 0f 30 ea
;> 0030: 36 7c 00 00 10 00 48 b8 00 00 00 00 00 80 ff ff
;> 0040: 0f 22 d8 0f 01 f8 65 48 89 24 25 10 00 00 00 48
;> 0050: cf 17 00 57 7c 00 00 00 00 00 00 00 00 00 00 ff
;> 0060: ff 00 00 00 9a cf 00 ff ff 00 00 00 9a af 00
