; Prefixes: as words in front, several, alone on a line, sizes of operand and address.
        bits    32
        rep movsb
        repne scasb
        repe cmpsd
        repz cmpsb
        repnz scasw
        lock add dword [ebx], 1
        lock xchg [ebx], eax
        lock
        inc     dword [ebx]
        a16 movsb
        o16 push 5
        o16 nop
        es lodsb
        es lock inc byte [edi]
        times 2 rep stosd
here:   rep
        db      0x90
        a32 mov eax, [here]
        bits    64
        rep ret
        lock cmpxchg16b [rdi]
        lock cmpxchg [rdi], esi

;> 0000: f3 a4 f2 ae f3 a7 f3 a6 f2 66 af f0 83 03 01 f0
;> 0010: 87 03 f0 ff 03 67 a4 66 6a 05 66 90 26 ac f0 26
;> 0020: fe 07 f3 ab f3 ab f3 90 a1 26 00 00 00 f3 c3 f0
;> 0030: 48 0f c7 0f f0 0f b1 37
