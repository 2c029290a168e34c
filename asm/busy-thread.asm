; busy-thread.asm -- for scenarios: threads bound to a CPU that work like any busy thread until all are ready, and then go wrong
; together. So their CPU does not come out of idle, which would be a touch, and its cycle counter has been counting.

BUSY_MS         equ 4500                ; long enough for a tick that the hard detector remembers

; start_busy_thread -- in: rdi = function, rsi = comm as a format for the CPU, edx = CPU    uses: all caller-saved
function start_busy_thread
        mov     ecx, edx
        mov     rdx, rsi
        xor     esi, esi
        call    kthread_create_on_cpu
        mov     rdi, rax
        call    wake_up_process
        return
endfunction

; let_them_be_busy -- insmod waits while the threads work    uses: all caller-saved
function let_them_be_busy
        mov     edi, BUSY_MS
        call    msleep
        return
endfunction

; busy_until_sign -- the beginning of such a thread    uses: all caller-saved
function busy_until_sign
.busy:  pause
        call    cond_resched
        cmp     dword [busy_sign], 0
        je      .busy
        return
endfunction

; give_sign -- now
function give_sign
        mov     dword [busy_sign], 1
        return
endfunction

; other_cpu -- a CPU that is not this one, if there is one    in: edi = CPU number    out: eax    uses: ecx, flags
function other_cpu
        xor     eax, eax
        cmp     dword [nr_cpu_ids], 1
        je      .done
        test    edi, edi
        setz    al
.done:  return
endfunction

        section .data
        align   4, db 0
busy_sign:      dd 0
        section .text
