; The formats of printk, and printing from an NMI in the middle of a line.
%include "kernel.asm"

        scenario formats, formats_init
function formats_init
        string  rbx, "text"
        mov     r12, -42
        mov     r13, 0xfedcba9876543210
        printk  KERN_INFO, "d=%d u=%u x=%x", r12, r13, r13
        printk  KERN_INFO, "width=[%5d] zero=[%05d] left=[%-5d] hex=[%016lx] [%04x]", 42, 42, 42, 0xabc, 0x12345
        printk  KERN_INFO, "s=%s [%6s] [%-6s] [%.2s] c=%c percent=%%", rbx, rbx, rbx, rbx, 'z'
        printk  KERN_INFO, "star=[%*d] zero=%d", 4, 7, 0
        lea     rax, [schedule + 4]
        printk  KERN_INFO, "S=%pS B=%pB", rax, rax
        lea     rax, [formats_init]
        printk  KERN_INFO, "first=%pS", rax
        printk  KERN_INFO, "before=%pB", rax
        mov     eax, 1
        printk  KERN_INFO, "nowhere=%pS", rax
        printk  '7', "debug: not for the console"
        xor     eax, eax
        return
endfunction

; ---- CPU 1 prints; CPU 0 sends it NMIs all the while, whose handler prints too
INTERRUPTED_LINES equ 40

        scenario interrupted, interrupted_init, 1, elsewhere
function interrupted_init
        lea     rax, [printing_handler]
        mov     [perf_event_nmi_action + nmiaction.handler], rax
        mov     dword [perf_event_nmi_action + nmiaction.max_duration], -1      ; that it is slow needs no line
        lea     rdi, [printing_thread]
        xor     esi, esi
        string  rdx, "printer/%u"
        mov     ecx, 1
        call    kthread_create_on_cpu
        mov     rdi, rax
        call    wake_up_process
.send:  mov     edi, 1
        cpu_pointer rdi, rdi
        mov     esi, APIC_DM_NMI | APIC_ICR_ASSERT
        call    __default_send_IPI
        mov     edi, 5
        call    mdelay
        cmp     dword [printing_done], 0
        je      .send
        xor     eax, eax
        return
endfunction

function printing_thread
        push    rbx
        xor     ebx, ebx
.line:  printk  KERN_INFO, "line %d of a thread that an NMI may stop anywhere.", rbx
        inc     ebx
        cmp     ebx, INTERRUPTED_LINES
        jb      .line
        mov     dword [printing_done], 1
        pop     rbx
        return
endfunction

function printing_handler
        mov     eax, [gs:pcpu.nmi_count]
        printk  KERN_INFO, "nmi %d says this.", rax
        mov     eax, 1
        return
endfunction

        section .data
printing_done:  dd 0
        section .text
