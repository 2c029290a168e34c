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

; let_them_be_busy -- insmod waits while the threads work, until they have reached the wanted phase    uses: all caller-saved
function let_them_be_busy
        push    rbx
        mov     edi, BUSY_MS
        call    msleep
        mov     edi, [scenario_cpu]
        cpu_pointer rdi, rdi
        call    phase_target
        jc      .done
        mov     [busy_until], rax
        mov     rbx, rax
        mov     rdi, [loaded_module]
        mov     rsi, rax
        call    announce_time
        call    sched_clock
        sub     rbx, rax
        jbe     .done
        mov     rax, rbx
        xor     edx, edx
        mov     ecx, NSEC_PER_MSEC
        div     rcx
        sub     rax, ANNOUNCE_MS
        jbe     .done
        mov     edi, eax
        call    msleep
.done:  pop     rbx
        return
endfunction
ANNOUNCE_MS     equ 20                  ; for the line in between; they go wrong at the exact time by themselves

; busy_until_sign -- the beginning of such a thread    uses: all caller-saved
function busy_until_sign
.busy:  pause
        call    cond_resched
        cmp     dword [busy_sign], 0
        je      .busy
        mov     rdi, [busy_until]
        call    work_until              ; a tick in these last milliseconds must be fed too
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
        align   8, db 0
busy_until:     dq 0                    ; ns: and not before then
busy_sign:      dd 0
        section .text
