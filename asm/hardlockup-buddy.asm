; hardlockup-buddy.asm -- the hard detector without a counter: every CPU's tick looks after the next CPU that is watched. In
; Linux 6.5 to 7.0 every third tick does (hardlockup=buddy), in 7.1 every tick, and three misses are needed
; (hardlockup=buddy-7.1). After: kernel/watchdog_buddy.c; lockup-detector spec 2.3.

BUDDY_CHECK_EVERY equ 3                 ; ticks

; watchdog_next_cpu -- the next watched CPU in the circle
;   in: edi = CPU number    out: eax = CPU number, or -1 if there is no other    uses: ecx, flags
function watchdog_next_cpu
        mov     eax, edi
.next:  inc     eax
        cmp     eax, [nr_cpu_ids]
        jb      .look
        xor     eax, eax
.look:  cmp     eax, edi
        je      .none
        bt      [watchdog_buddy_cpus], eax
        jnc     .next
        return
.none:  or      eax, -1
        return
endfunction

; watchdog_hardlockup_touch_next -- no report about this CPU's buddy on account of what happens now
;   uses: rax, rcx, rdi, flags    after: watchdog_hardlockup_touch_cpu()
function watchdog_hardlockup_touch_next
        mov     edi, [gs:pcpu.number]
        call    watchdog_next_cpu
        test    eax, eax
        js      .done
        cpu_pointer rax, rax
        mov     dword [rax + pcpu.watchdog_hardlockup_touched], 1
.done:  return
endfunction

; watchdog_buddy_enable -- this CPU joins: it may not have ticked when it is looked at first, nor may its buddy have since it was
; looked at last
;   uses: all caller-saved
function watchdog_buddy_enable
        mov     dword [gs:pcpu.watchdog_hardlockup_touched], 1
        call    watchdog_hardlockup_touch_next
        mov     eax, [gs:pcpu.number]
        lock bts [watchdog_buddy_cpus], eax
        return
endfunction

; watchdog_buddy_disable -- this CPU leaves; its buddy gets another one that looks after it
;   uses: all caller-saved
function watchdog_buddy_disable
        call    watchdog_hardlockup_touch_next
        mov     eax, [gs:pcpu.number]
        lock btr [watchdog_buddy_cpus], eax
        return
endfunction

; watchdog_buddy_check_hardlockup -- at a tick: has the buddy ticked since it was looked at last?
;   in: edi = this CPU's ticks    uses: all caller-saved
function watchdog_buddy_check_hardlockup
        test    dword [watchdog_enabled], WATCHDOG_HARDLOCKUP_ENABLED
        jz      .done
        cmp     dword [hardlockup_detector], HARDLOCKUP_BUDDY_7_1
        je      .look
        mov     eax, edi
        xor     edx, edx
        mov     ecx, BUDDY_CHECK_EVERY
        div     ecx
        test    edx, edx
        jnz     .done
.look:  mov     edi, [gs:pcpu.number]
        call    watchdog_next_cpu
        test    eax, eax
        js      .done
        cpu_pointer rdi, rax
        xor     esi, esi
        call    watchdog_hardlockup_check
.done:  return
endfunction

        section .data
        align   4, db 0
watchdog_buddy_cpus: dd 0               ; watchdog_cpus
        section .text
