; Prefixes as words: BND and HLE's, sizes that the instruction has anyway or has not, TIMES behind a prefix; LONG; a comma at the end.
        bits    64
        bnd ret
        bnd jmp $
        bnd jmp ahead
        bnd call ahead
        bnd jz near ahead
        bnd jmp rax
        bnd call [rax]
ahead:  bnd ret
        xrelease mov [rax], eax
        xacquire lock add [rax], eax
        lock xacquire inc dword [rax]
        xacquire nop
        o64 ret
        o64 retf
        o64 ret 8
        o64 push 5
        o64 push rax
        o64 pop rbx
        o64 push qword [rax]
        o64 push fs
        o64 pushf
        o64 leave
        o64 iret
        o64 enter 8, 0
        o64 jmp rax
        o64 call [rax]
        o64 call rax
        o64 jmp near $
        o64 jz  near $ + 300
        o64 jz  $
        o64 loop $
        o64 jrcxz $
        o64 call $
        o64 mov cr0, rax
        o64 mov eax, ebx
        o64 add eax, 1
        o64 movzx eax, bl
        o64 stosd
        o16 cmp eax, 1
        o32 ret
        rep times 2 movsb
        lock times 2 inc dword [rax]
        push    long 5
        mov     long [rbx], 5
        mov     ax, 5,
        bits    32
        o16 call ahead
        o16 push dword 5
        o32 push word 5
        xacquire
        lock add dword [eax], 1
        jmp     8:dword ahead
        jmp     dword 8:ahead
        jmp     8:word ahead
        imul    ax, 5,
        bits    16
        o32 cmp ax, 1
        o32 call ahead
        o16 call ahead
        o16 cmp eax, 1
        jmp     8:dword ahead
        db      1,

;> 0000: f2 c3 eb fe eb 13 f2 e8 0d 00 00 00 f2 0f 84 06
;> 0010: 00 00 00 f2 ff e0 f2 ff 10 f2 c3 f3 89 00 f2 f0
;> 0020: 01 00 f2 f0 ff 00 f2 90 48 c3 48 cb 48 c2 08 00
;> 0030: 6a 05 50 5b ff 30 48 0f a0 48 9c 48 c9 48 cf 48
;> 0040: c8 08 00 00 ff e0 48 ff 10 ff d0 48 e9 fa ff ff
;> 0050: ff 48 0f 84 25 01 00 00 48 74 fd 48 e2 fd e3 fe
;> 0060: 48 e8 fa ff ff ff 0f 22 c0 48 89 d8 48 83 c0 01
;> 0070: 48 0f b6 c3 48 ab 66 83 f8 01 c3 f3 a4 f3 a4 f0
;> 0080: ff 00 f0 ff 00 6a 05 c7 03 05 00 00 00 66 b8 05
;> 0090: 00 66 e8 82 ff ff ff 66 6a 05 6a 05 f2 f0 83 00
;> 00a0: 01 ea 19 00 00 00 08 00 ea 19 00 00 00 08 00 66
;> 00b0: ea 19 00 08 00 66 6b c0 05 66 83 f8 01 66 e8 58
;> 00c0: ff e8 55 ff 83 f8 01 66 ea 19 00 00 00 08 00 01
