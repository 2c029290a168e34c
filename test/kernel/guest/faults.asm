; One scenario per way to die.
%include "kernel.asm"

        scenario null_write, null_write_init
function null_write_init
        mov     [abs 8], rax
endfunction

        scenario null_call, null_call_init
function null_call_init
        xor     eax, eax
        call    rax
endfunction

        scenario divide, divide_init
function divide_init
        xor     ecx, ecx
        div     ecx
endfunction

        scenario no_stack, no_stack_init
function no_stack_init
        mov     rsp, 0x700000000000             ; not mapped: no frame can be pushed
        push    rax
endfunction

        scenario no_msr, no_msr_init
function no_msr_init
        mov     ecx, 0x12345
        rdmsr
endfunction

        scenario in_interrupt, in_interrupt_init
function in_interrupt_init
        sub     rsp, hrtimer_size
        mov     rdi, rsp
        lea     rax, [bad_alarm]
        mov     [rdi + hrtimer.function], rax
        xor     esi, esi
        call    hrtimer_start
.wait:  pause
        jmp     .wait
endfunction

function bad_alarm
        ud2
endfunction
