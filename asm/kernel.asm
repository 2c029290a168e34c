; kernel.asm -- the kernel: its parts in reading order. See README.md.
;
;   nasm -f bin asm/kernel.asm -o kernel.bin      (run with -i asm/ from elsewhere)
;   qemu-system-x86_64 -accel tcg -smp 2 -nographic -kernel kernel.bin -append "scenario=soft-spin"

        default rel

%include "x86.inc"
%include "config.inc"
%include "layout.inc"
%include "macros.inc"
%include "percpu.inc"
%include "preempt.inc"

%include "boot.asm"             ; multiboot entry, long mode, the CPU's first tables
%include "cpu.asm"              ; descriptor tables of a CPU
%include "idt.asm"              ; entry stubs, interrupt and exception frames
%include "irq.asm"              ; what the interrupt vectors do
%include "entry.asm"            ; system calls
%include "nmi-entry.asm"        ; the one entry that may interrupt itself
%include "main.asm"             ; start_kernel and the first tasks
%include "params.asm"           ; the command line
%include "parsers.asm"          ; what its values may be
%include "parsers-lists.asm"
%include "sysctl.asm"           ; knobs that can be turned later

%include "console.asm"          ; serial port
%include "vsprintf.asm"         ; printf's formats
%include "printk.asm"
%include "ratelimit.asm"
%include "kallsyms.asm"         ; address -> symbol+0xoffset/0xsize
%include "dumpstack.asm"        ; registers
%include "stacktrace.asm"       ; call traces

%include "preempt.asm"          ; preempt=none|voluntary|full|lazy
%include "softirq.asm"
%include "tasklet.asm"
%include "spinlock.asm"
%include "mutex.asm"
%include "tsc.asm"              ; calibration, sched_clock, delays
%include "acpi.asm"             ; which CPUs there are
%include "lapic.asm"
%include "smpboot.asm"          ; start the other CPUs
%include "hrtimer.asm"
%include "tick.asm"             ; the scheduler's tick
%include "timer.asm"            ; low-resolution timers
%include "sched.asm"            ; who runs
%include "wakeup.asm"
%include "sched-rt.asm"
%include "sched-fair.asm"
%include "idle.asm"
%include "smp-call.asm"         ; functions run on other CPUs
%include "kthread.asm"
%include "stop-machine.asm"     ; the stopper threads
%include "completion.asm"
%include "workqueue.asm"        ; the threads for ordinary work

%include "watchdog.asm"         ; the detectors' knobs, start and end
%include "watchdog-touch.asm"   ; "I know that I am slow"
%include "softlockup.asm"       ; the timer that looks whether the CPU still schedules
%include "cpustat.asm"          ; what its time went to
%include "softlockup-5.4.asm"   ; how older kernels did it
%include "hardlockup.asm"       ; does a CPU still take its timer interrupt?
%include "hardlockup-perf.asm"  ; asked by an NMI
%include "hardlockup-buddy.asm" ; asked by another CPU
%include "perf-event.asm"       ; the counter that makes the NMI
%include "nmi.asm"              ; who wanted this NMI?
%include "nmi-errors.asm"       ; nobody
%include "nmi-backtrace.asm"    ; another CPU, to see where this one is

%include "hung-task.asm"        ; other detectors: who sleeps too long,
%include "workqueue-watchdog.asm"       ; which work waits too long,
%include "rcu-stall.asm"        ; which CPU never lets go

%include "traps.asm"            ; exceptions
%include "taint.asm"
%include "panic.asm"
%include "crash-notes.asm"      ; the registers, for a dump
%include "reboot.asm"           ; stopping CPUs and the machine

%include "phase.asm"            ; when a scenario's lockup begins
%include "user.asm"             ; user tasks
%include "syscalls.asm"
%include "ib700.asm"            ; a hardware watchdog
%include "user-programs.asm"

%include "module.asm"           ; insmod: scenarios are modules
%include "busy-thread.asm"      ; what many scenarios have in common
%include "scenarios/healthy.asm"
%include "scenarios/soft-spin.asm"
%include "scenarios/hard-cli.asm"
%include "scenarios/soft-mdelay.asm"
%include "scenarios/soft-mdelay-printing.asm"
%include "scenarios/soft-cond-resched.asm"
%include "scenarios/soft-18s.asm"
%include "scenarios/soft-30s.asm"
%include "scenarios/preempt-off.asm"
%include "scenarios/bh-off.asm"
%include "scenarios/kthread-spinlock.asm"
%include "scenarios/kthread-spinlock-printing.asm"
%include "scenarios/kthread-spinlock-irqsave.asm"
%include "scenarios/self-deadlock.asm"
%include "scenarios/abba.asm"
%include "scenarios/abba-irq.asm"
%include "scenarios/seed-deadlock.asm"
%include "scenarios/irq-handler-lock.asm"
%include "scenarios/hardirq-loop.asm"
%include "scenarios/softirq-loop.asm"
%include "scenarios/tasklet-loop.asm"
%include "scenarios/timer-loop.asm"
%include "scenarios/softirq-storm.asm"
%include "scenarios/tasklet-storm.asm"
%include "scenarios/irq-storm.asm"
%include "scenarios/irq-storm-urgent.asm"
%include "scenarios/mutex-abba.asm"
%include "scenarios/rq-lock-lost.asm"
%include "scenarios/smp-call-wait.asm"
%include "scenarios/irqs-off-40s.asm"
%include "scenarios/cli-hlt.asm"
%include "scenarios/two-cpus-spin.asm"
%include "scenarios/all-cpus-cli.asm"
%include "scenarios/user-loop.asm"
%include "scenarios/user-printf.asm"
%include "scenarios/user-fifo-99.asm"
%include "scenarios/user-rr-99.asm"
%include "scenarios/user-segfault.asm"
%include "scenarios/dog-fed.asm"
%include "scenarios/dog-starved.asm"
%include "scenarios/nmi-unknown.asm"
%include "scenarios/nmi-storm.asm"
%include "scenarios/nmi-in-nmi.asm"
%include "scenarios/turbo.asm"
%include "scenarios/sysctl-thresh.asm"
%include "scenarios/sysctl-stuck.asm"
%include "scenarios/vm-stolen.asm"
%include "scenarios/vm-paused.asm"
%include "scenarios/workqueue-stall.asm"
%include "scenarios/soft-and-hard.asm"
%include "scenarios/two-panics.asm"
%include "scenarios/panic-in-nmi.asm"
%include "scenarios/lkdtm.asm"
%include "scenarios/test-lockup.asm"
