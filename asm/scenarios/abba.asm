; title: Two threads take two spinlocks in opposite order: soft lockup on both CPUs, each at its own time
; mirrors: CPU 0: spin_lock(&a); spin_lock(&b);  CPU 1: spin_lock(&b); spin_lock(&a);
; until: 70s
; expect: soft@20s..28s,cpu=0,in=native_queued_spin_lock_slowpath then soft@20s..28s,cpu=1 | soft@20s..28s,cpu=1 then soft@20s..28s,cpu=0
; expect[preempt=full]: soft@20s..28s,cpu=0 then soft@20s..28s,cpu=1 | soft@20s..28s,cpu=1 then soft@20s..28s,cpu=0
; expect[cpus=1]: none
; expect[softlockup_all_cpu_backtrace=1]: soft@20s..28s,cpu=1,stuck=22..23 then soft@44s..56s,cpu=0,stuck=44..50 | soft@20s..28s,cpu=0 then soft@44s..56s,cpu=1
; until[softlockup_all_cpu_backtrace=1]: 80s
;
; With one CPU there is no second thread, and the locks are free.

        scenario abba, abba_init

ABBA_MEET_MS    equ 10                  ; long enough for both to have their first lock

; abba_init -- out: eax = 0    uses: all caller-saved
function abba_init
        lea     rdi, [abba_first_thread]
        string  rsi, "abba/%u"
        xor     edx, edx
        call    start_busy_thread
        cmp     dword [nr_cpu_ids], 1
        je      .busy
        lea     rdi, [abba_second_thread]
        string  rsi, "baab/%u"
        mov     edx, 1
        call    start_busy_thread
.busy:  call    let_them_be_busy
        announce "abba"
        call    give_sign
        xor     eax, eax
        return
endfunction

function abba_first_thread
        call    busy_until_sign
        lea     rdi, [abba_a]
        lea     rsi, [abba_b]
        call    abba_take_both
        return
endfunction

function abba_second_thread
        call    busy_until_sign
        lea     rdi, [abba_b]
        lea     rsi, [abba_a]
        call    abba_take_both
        return
endfunction

; abba_take_both -- in: rdi = first lock, rsi = second lock    uses: all caller-saved
function abba_take_both
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12, rsi
        call    _raw_spin_lock
        mov     edi, ABBA_MEET_MS
        call    mdelay
        mov     rdi, r12
        call    _raw_spin_lock
        mov     rdi, r12
        call    _raw_spin_unlock
        mov     rdi, rbx
        call    _raw_spin_unlock
        pop     r12
        pop     rbx
        return
endfunction

        section .data
        align   4, db 0
abba_a:         dd 0
abba_b:         dd 0
        section .text
