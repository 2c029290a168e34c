/* Machine states → the states after one instruction each, as this processor computes them. Standard input holds records of
 * `struct input`, standard output gets as many of `struct output`. Each instruction is followed by INT3 and runs by returning from a
 * signal handler into the wanted state, in 64-bit or in compatibility mode; the signal that ends it (INT3, or whatever the fault is told by) brings the state after it.
 * x86-64 Linux only. */

#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define CODE 0x100000UL
#define DATA 0x200000UL
#define WINDOW 256 /* bytes of data that the instruction may use; the rest of their page, and the page before it, is zero */
#define PAGE 4096
#define FLAGS 0xcd5UL /* CF PF AF ZF SF DF OF */

struct input {
  uint8_t length, bits, code[14];
  uint64_t gpr[16], flags;
  uint8_t data[WINDOW];
};
struct output {
  uint64_t gpr[16], flags, rip, vector, error, address;
  uint8_t data[WINDOW];
};

/* Selectors of Linux: 64-bit code, 32-bit code, flat data. */
#define CODE_64 0x33
#define CODE_32 0x23
#define FLAT_DATA 0x2b

/* In the order of their numbers. */
static const int REGISTERS[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                  REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static uint8_t *const code = (uint8_t *)CODE;
static uint8_t *const data = (uint8_t *)DATA;
static int running;

static void load_next(greg_t *gregs) {
  struct input in;
  if (fread(&in, sizeof in, 1, stdin) != 1) {
    fflush(stdout);
    _Exit(0);
  }
  memset(code, 0xcc, PAGE);
  memcpy(code, in.code, in.length);
  memset(data - PAGE, 0, 2 * PAGE);
  memcpy(data, in.data, WINDOW);
  for (int i = 0; i < 16; i++) gregs[REGISTERS[i]] = in.gpr[i];
  gregs[REG_EFL] = (gregs[REG_EFL] & ~FLAGS) | in.flags;
  gregs[REG_RIP] = CODE;
  gregs[REG_CSGSFS] = (gregs[REG_CSGSFS] & ~0xffffL) | (in.bits == 32 ? CODE_32 : CODE_64);
}

static void on_signal(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)info;
  greg_t *gregs = ((ucontext_t *)context)->uc_mcontext.gregs;
  if (running) {
    struct output out;
    for (int i = 0; i < 16; i++) out.gpr[i] = gregs[REGISTERS[i]];
    out.flags = gregs[REG_EFL] & FLAGS;
    out.vector = gregs[REG_TRAPNO];
    out.error = gregs[REG_ERR];
    out.address = gregs[REG_CR2];
    out.rip = gregs[REG_RIP] - CODE - (out.vector == 3);
    memcpy(out.data, data, WINDOW);
    fwrite(&out, sizeof out, 1, stdout);
  }
  running = 1;
  load_next(gregs);
}

static void map(void *address, int protection) {
  if (mmap(address, PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
    perror("mmap");
    exit(1);
  }
}

int main(void) {
  map(code, PROT_READ | PROT_WRITE | PROT_EXEC);
  map(data - PAGE, PROT_READ | PROT_WRITE);
  map(data, PROT_READ | PROT_WRITE);
  sigaltstack(&(stack_t){.ss_sp = malloc(1 << 16), .ss_size = 1 << 16}, NULL);
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  const int signals[] = {SIGTRAP, SIGFPE, SIGSEGV, SIGBUS, SIGILL};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
  /* 64-bit code runs with null selectors, 32-bit code cannot. */
  __asm__("mov %0, %%ds; mov %0, %%es" : : "r"(FLAT_DATA));
  raise(SIGTRAP);
  return 1;
}
