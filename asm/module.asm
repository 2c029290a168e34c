; module.asm -- loading a module: the scenario that the command line names. Its code is linked into this kernel, but it runs as
; a module's init function does: in a task insmod, out of tree, with its name behind its symbols. After: kernel/module/main.c.

; run_scenario -- user space, as far as there is one: insmod, if scenario= says so
;   uses: all caller-saved
function run_scenario
        push    rbx
        mov     rdi, [scenario_name]
        test    rdi, rdi
        jz      .done
        call    find_scenario
        test    rax, rax
        jz      .unknown
        mov     rbx, rax
        call    choose_cpus
        mov     dword [last_pid], FIRST_USER_PID - 1
        mov     [module_file], rbx
        lea     rdi, [insmod_program]
        xor     esi, esi
        string  rdx, "insmod"
        mov     ecx, eax
        call    run_user_program
        jmp     .done
.unknown:
        printk  KERN_ERR, "insmod: can't insert '%s': no such scenario", qword [scenario_name]
.done:  pop     rbx
        return
endfunction

; find_scenario -- in: rdi = name    out: rax = its record, or 0    uses: rcx, rdx, rdi, rsi, flags
function find_scenario
        push    rbx
        push    r12
        mov     r12, rdi
        lea     rbx, [__start_scenarios]
.next:  lea     rax, [__stop_scenarios]
        cmp     rbx, rax
        jae     .none
        mov     rdi, r12
        mov     rsi, [rbx + scenario_record.name]
        call    parameq
        test    eax, eax
        jnz     .found
        add     rbx, scenario_record_size
        jmp     .next
.found: mov     rax, rbx
        jmp     .done
.none:  xor     eax, eax
.done:  pop     r12
        pop     rbx
        return
endfunction

; choose_cpus -- where the lockup happens, and where insmod runs
;   in: rax = scenario    out: scenario_cpu, eax = insmod's CPU    uses: rcx, rdx, flags
function choose_cpus
        mov     ecx, [scenario_cpu]
        cmp     ecx, -1
        jne     .online
        mov     ecx, [rax + scenario_record.cpu]
.online:
        cmp     ecx, [nr_cpu_ids]
        jae     .first
        cpu_pointer rdx, rcx
        cmp     dword [rdx + pcpu.online], 0
        jne     .chosen
.first: xor     ecx, ecx                ; there is no such CPU
.chosen:
        mov     [scenario_cpu], ecx
        cmp     dword [rax + scenario_record.elsewhere], 0
        mov     eax, ecx
        je      .done
        cmp     dword [nr_cpu_ids], 1
        je      .done
        xor     eax, eax                ; CPU 0, or CPU 1 if it happens on CPU 0
        test    ecx, ecx
        setz    al
.done:  return
endfunction

; __x64_sys_finit_module -- (fd): the module is in the one file that insmod has open
;   in: rdi = regs    out: rax = 0 or a negative error    uses: all caller-saved
function __x64_sys_finit_module
        cmp     qword [rdi + pt_regs.di], MODULE_FD
        jne     .bad_file
        mov     rdi, [module_file]
        test    rdi, rdi
        jz      .bad_file
        call    idempotent_init_module
        return
.bad_file:
        mov     rax, -EBADF
        return
endfunction

; idempotent_init_module -- in: rdi = scenario    out: rax = what its init returns    uses: all caller-saved
function idempotent_init_module
        call    init_module_from_file
        return
endfunction

function init_module_from_file
        call    load_module
        return
endfunction

; load_module -- announces the module, then goes on as do_init_module: traces do not show it
;   in: rdi = scenario    out: rax    uses: all caller-saved
function load_module
        push    rbx
        mov     rbx, rdi
        printk  KERN_WARNING, "%s: loading out-of-tree module taints kernel.", qword [rbx + scenario_record.name]
        mov     edi, TAINT_OOT_MODULE
        call    add_taint
        mov     [loaded_module], rbx
        mov     rdi, rbx
        pop     rbx
        leave
        jmp     do_init_module
endfunction

; do_init_module -- in: rdi = scenario    out: rax    uses: all caller-saved
function do_init_module
        push    rbx
        mov     rbx, rdi
        mov     dword [module_coming], 1
        cmp     dword [rbx + scenario_record.elsewhere], 0
        jne     .init                   ; what locks up will wait by itself
        call    wait_for_phase
.init:  mov     rdi, [rbx + scenario_record.init]
        call    do_one_initcall
        mov     dword [module_coming], 0
        pop     rbx
        return
endfunction

; do_one_initcall -- in: rdi = init function    out: rax    uses: all caller-saved    after: init/main.c
function do_one_initcall
        call    rdi
        return
endfunction

; print_modules -- which ones are there: name, taint letter, + while its init runs
;   uses: all caller-saved
function print_modules
        mov     rax, [loaded_module]
        test    rax, rax
        jz      .none
        string  rcx, ""
        cmp     dword [module_coming], 0
        je      .print
        string  rcx, "+"
.print: printk  KERN_DEFAULT, "Modules linked in: %s(O%s)", qword [rax + scenario_record.name], rcx
        return
.none:  printk  KERN_DEFAULT, "Modules linked in:"
        return
endfunction

        section .data
        align   8, db 0
scenario_name:  dq 0
loaded_module:  dq 0
module_file:    dq 0                    ; what insmod has open
scenario_cpu:   dd -1
module_coming:  dd 0
        section .text
