; title: Two threads take two mutexes in opposite order: no lockup, both sleep; the hung-task detector reports them
; mirrors: mutex_lock(&a); mutex_lock(&b); and mutex_lock(&b); mutex_lock(&a);
; until: 260s
; expect: hung@120s..240.5s,stuck=120..240,cpu=0 then hung,stuck=120..240 then none
; expect[sysctl.kernel.hung_task_timeout_secs=30]: hung@30s..62s,stuck=30..62 then hung
; expect[hung_task_panic=1]: hung@120s..240.5s then hung then panic,line="Kernel panic - not syncing: hung_task: blocked tasks"
; expect[sysctl.kernel.hung_task_timeout_secs=0]: none
; until[sysctl.kernel.hung_task_timeout_secs=0]: 60s
; expect[sysctl.kernel.hung_task_timeout_secs=10]: hung@10s..21s
;
; The CPUs idle. Neither lockup detector can see anything here, now or ever.

        scenario mutex_abba, mutex_abba_init

MUTEX_ABBA_MEET_MS equ 10               ; long enough for both to have their first mutex

; mutex_abba_init -- out: eax = 0    uses: all caller-saved
function mutex_abba_init
        announce "mutex_abba"
        call    give_sign
        lea     rdi, [mutex_abba_first_thread]
        string  rsi, "abba/%u"
        xor     edx, edx
        call    start_busy_thread
        mov     edi, 0
        call    other_cpu
        mov     edx, eax
        lea     rdi, [mutex_abba_second_thread]
        string  rsi, "baab/%u"
        call    start_busy_thread
        xor     eax, eax
        return
endfunction

function mutex_abba_first_thread
        lea     rdi, [mutex_abba_a]
        lea     rsi, [mutex_abba_b]
        call    mutex_abba_take_both
        return
endfunction

function mutex_abba_second_thread
        lea     rdi, [mutex_abba_b]
        lea     rsi, [mutex_abba_a]
        call    mutex_abba_take_both
        return
endfunction

; mutex_abba_take_both -- in: rdi = first mutex, rsi = second mutex    uses: all caller-saved
function mutex_abba_take_both
        push    rbx
        push    r12
        mov     rbx, rdi
        mov     r12, rsi
        call    mutex_lock
        mov     edi, MUTEX_ABBA_MEET_MS
        call    msleep
        mov     rdi, r12
        call    mutex_lock
        mov     rdi, r12
        call    mutex_unlock
        mov     rdi, rbx
        call    mutex_unlock
        pop     r12
        pop     rbx
        return
endfunction

        section .bss
        bss_align 8
mutex_abba_a:   resb mutex_size
mutex_abba_b:   resb mutex_size
        section .text
