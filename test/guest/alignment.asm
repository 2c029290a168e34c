; Alignment checks (SDM vol. 3, 6.15, interrupt 17): CR0.AM and EFLAGS.AC at CPL 3. They belong to B2's execution faults.
%include "guest.inc"

%macro user_gives 4+                    ; text, vector, flags, instruction with RBX = an odd address
        mov     ebx, buffer + 1
        user    (%3) | 2
        %4
        end_user
        check   "B2", %1, vector(0), %2
%endmacro

tests:
        mov     rax, cr0
        or      eax, 1 << 18            ; AM
        mov     cr0, rax
        user_gives "AM without AC: nothing", EXIT_VECTOR, 0, mov eax, [rbx]
        user_gives "AM and AC: an unaligned read at CPL 3 is #AC", AC_, FLAG_AC, mov eax, [rbx]
        check   "B2", "#AC has error code 0", error(0), 0
        user_gives "an unaligned write is #AC", AC_, FLAG_AC, mov [rbx], ax
        user_gives "an unaligned read-modify-write is #AC", AC_, FLAG_AC, add [rbx], ax
        user_gives "an unaligned quadword is #AC", AC_, FLAG_AC, mov rax, [rbx + 3]
        user_gives "an aligned quadword is none", EXIT_VECTOR, FLAG_AC, mov rax, [rbx + 7]
        user_gives "bytes are always aligned", EXIT_VECTOR, FLAG_AC, mov al, [rbx]
        user_gives "an unaligned string operation is #AC", AC_, FLAG_AC, db 0x48, 0x89, 0xde, 0x66, 0xad  ; mov rsi, rbx; lodsw
        user_gives "LOCK does not excuse", AC_, FLAG_AC, lock inc dword [rbx]
        user
        mov     ebx, buffer + 1
        mov     eax, [rbx]
        push    FLAG_AC | 2
        popfq
.popf:  mov     eax, [rbx]
        end_user
        check   "B2", "POPF that sets AC: from the next instruction on", saved_rip(0), .popf
        user    FLAG_AC | 2
        mov     ebx, buffer + 1
        push    2
        popfq
        mov     eax, [rbx]
        end_user
        check   "B2", "POPF that clears AC: no more", vector(0), EXIT_VECTOR
        user    FLAG_AC | 2
        mov     rsp, user_stack - 4
.push:  push    rax
        end_user
        check   "B2", "an unaligned PUSH is #AC", vector(0), AC_
        check   "B2", "at the PUSH", saved_rip(0), .push
        check   "B2", "RSP is as before", saved_rsp(0), user_stack - 4
        user    FLAG_AC | 2
        mov     rbx, (1 << 40) + 1
        mov     eax, [rbx]
        end_user
        check   "B2", "a page fault goes before it", vector(0), PF
        user    FLAG_AC | 2
        int3                            ; the processor's own accesses are not checked, nor is the handler at CPL 0
        end_user
        check   "B2", "delivery and handlers are not checked", vector(0), BP_
        push    FLAG_AC | 2
        popfq
        mov     ebx, buffer + 1
        works   "B2", "at CPL 0 nothing is checked", mov eax, [rbx]
        push    2
        popfq
        mov     rax, cr0
        and     eax, ~(1 << 18)
        mov     cr0, rax
        user_gives "AC without AM: nothing", EXIT_VECTOR, FLAG_AC, mov eax, [rbx]
        ret

        section .data
        align   16
buffer: times 4 dq 0
        finish
