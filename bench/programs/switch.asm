; Two tasks in turn, each with a stack and page tables of its own, which look at a few of their pages between two switches.
; unit: switches    scale: 60
%include "bench.inc"

OPS     equ SCALE * 4000
TABLES  equ heap                        ; of the second task: another root, the same tables below it
STACK   equ heap + 0x4000
OWN     equ heap + 0x10000              ; eight pages of each task

struc task
.sp     resb WORD_BYTES
.cr3    resb WORD_BYTES
.runs   resb WORD_BYTES
endstruc

work:   mov     esi, pages
        mov     edi, TABLES
        mov     ecx, 0x1000 / 4
        rep movsd
        mov     xax, cr3
        mov     [first + task.cr3], xax
        xor     eax, eax
        mov     [first + task.runs], xax
        mov     [second + task.runs], xax
        mov     eax, TABLES
        mov     [second + task.cr3], xax
        mov     ebx, STACK              ; what switch_to will pop: four registers and where to go on
        mov     eax, run_second
        mov     [xbx - WORD_BYTES], xax
        sub     ebx, 5 * WORD_BYTES
        mov     [second + task.sp], xbx
        mov     ebp, OPS / 2
.next:  inc     dword [first + task.runs]
        mov     edi, OWN
        call    look
        mov     esi, first
        mov     edi, second
        call    switch_to
        dec     ebp
        jnz     .next
        mov     eax, [first + task.runs]
        sub     eax, OPS / 2
        mov     ecx, [second + task.runs]
        sub     ecx, OPS / 2
        or      eax, ecx
        ret

run_second:
        inc     dword [second + task.runs]
        mov     edi, OWN + 0x8000
        call    look
        mov     esi, second
        mov     edi, first
        call    switch_to
        jmp     run_second

; look -- adds one in each of eight pages at EDI
look:   mov     ecx, 8
.page:  inc     dword [xdi]
        add     edi, 0x1000
        dec     ecx
        jnz     .page
        ret

; switch_to -- from task ESI to task EDI
switch_to:
        push    xbx
        push    xbp
        push    xsi
        push    xdi
        mov     [xsi + task.sp], xsp
        mov     xsp, [xdi + task.sp]
        mov     xax, [xdi + task.cr3]
        mov     cr3, xax
        pop     xdi
        pop     xsi
        pop     xbp
        pop     xbx
        ret

        absolute variables_end
first:  resb    task_size
second: resb    task_size
