; Effective addresses: any order, sums, sizes and segments inside the brackets.
        bits    64
label:  mov     eax, [8 + rax * 4 + rbx + label - 2]
        mov     eax, [rbx + rbx]
        mov     eax, [rbx * 3]
        mov     eax, [nosplit rbx * 2]
        mov     eax, [rax * 1 + rbx]
        mov     eax, [rsp + rax]
        mov     eax, [rax + rsp]
        mov     eax, [rbp]
        mov     eax, [r13 + r12 * 2]
        mov     eax, [rbx + 2 * (rcx + 3)]
        mov     eax, [rbx + label - label + 3]
        mov     eax, [byte rbx + 1]
        mov     eax, [dword rbx + 1]
        mov     eax, [fs:rbx]
        mov     eax, fs:[rbx]
        mov     eax, fs:label
        mov     eax, label[rbx]
        fs mov  eax, [rbx]
        mov     eax, [rel label]
        mov     eax, [abs label]
        mov     al, [qword abs label]
        mov     rax, [qword label]
        mov     eax, [a32 label]
        mov     eax, [ebx + edi]
        default rel
        mov     eax, [label]
        mov     eax, [gs:label]
        mov     eax, [gs:rel label]
        mov     eax, [abs label]
        mov     eax, [rbx + label]
        default abs
        bits    16
        mov     ax, [bx + si + label]
        mov     ax, [ebx + label]
        mov     ax, [bp + di]
        mov     ax, [word bx + 1]
        mov     [es:di + 4], al

;> 0000: 8b 84 83 06 00 00 00 8b 04 1b 8b 04 5b 8b 04 5d
;> 0010: 00 00 00 00 8b 04 03 8b 04 04 8b 04 04 8b 45 00
;> 0020: 43 8b 44 65 00 8b 44 4b 06 8b 43 03 8b 43 01 8b
;> 0030: 83 01 00 00 00 64 8b 03 64 8b 03 64 8b 04 25 00
;> 0040: 00 00 00 8b 83 00 00 00 00 64 8b 03 8b 05 ae ff
;> 0050: ff ff 8b 04 25 00 00 00 00 a0 00 00 00 00 00 00
;> 0060: 00 00 48 a1 00 00 00 00 00 00 00 00 67 a1 00 00
;> 0070: 00 00 67 8b 04 3b 8b 05 84 ff ff ff 65 8b 04 25
;> 0080: 00 00 00 00 65 8b 05 75 ff ff ff 8b 04 25 00 00
;> 0090: 00 00 8b 83 00 00 00 00 8b 80 00 00 67 8b 83 00
;> 00a0: 00 00 00 8b 03 8b 87 01 00 26 88 45 04
