/* A Multiboot 1 kernel in C for 32-bit protected mode without paging: counts the CPUs in ACPI's MADT, starts them, hears the test device's
 * interrupt lines through the I/O APIC, and leaves with 48 + the number of CPUs, or with the number of what failed. */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

#define APIC 0xfee00000u
#define IOAPIC 0xfec00000u
#define LINE 5
#define VECTOR 0x40

__asm__(
    ".section .multiboot, \"a\"\n"
    ".balign 4\n"
    ".long 0x1badb002, 3, -(0x1badb002 + 3)\n"
    ".text\n"
    ".globl _start\n"
    "_start: mov $stack_end, %esp\n"
    "  push %ebx\n"
    "  push %eax\n"
    "  call run\n"
    "leave: out %eax, $0xf4\n"
    "  cli\n"
    "  hlt\n"
    "  jmp leave\n"
    ".globl on_interrupt\n"
    "on_interrupt: incl interrupts\n"
    "  movl $0, 0xfee000b0\n"
    "  iret\n"
    ".code16\n"
    ".globl other, other_end\n"
    "other: xor %ax, %ax\n"
    "  mov %ax, %ds\n"
    "  lock incl 0x600\n"
    "  cli\n"
    "  hlt\n"
    "other_end:\n"
    ".code32\n"
    ".bss\n"
    ".skip 4096\n"
    "stack_end:\n"
    ".text\n");

extern const u8 other[], other_end[];
extern void on_interrupt(void);
volatile u32 interrupts;

struct multiboot { u32 flags, mem_lower, mem_upper, boot_device, cmdline; };
struct rsdp { char signature[8]; u8 checksum; char oem[6]; u8 revision; u32 rsdt; } __attribute__((packed));
struct table { u32 signature, length; u8 rest[28]; u32 entries[]; } __attribute__((packed));
static struct { u16 low, selector, type, high; } idt[256];
static struct { u16 limit; u32 base; } __attribute__((packed)) idtr = {sizeof idt - 1, (u32)idt};

static inline void out8(u16 port, u8 value) { __asm__ volatile("outb %0, %1" : : "a"(value), "d"(port)); }
static inline u8 in8(u16 port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "d"(port));
  return value;
}
static inline volatile u32 *at(u32 address) { return (volatile u32 *)address; }

static void print(const char *text) {
  for (; *text; text++) {
    while (!(in8(0x3fd) & 0x20)) __asm__ volatile("pause");
    out8(0x3f8, *text);
  }
}

static int is_rsdp(const char *text) {
  static const char signature[] = "RSD PTR ";
  for (int i = 0; i < 8; i++)
    if (text[i] != signature[i]) return 0;
  u8 sum = 0;
  for (int i = 0; i < 20; i++) sum += text[i];
  return sum == 0;
}

static u32 count_cpus(void) {
  u32 place = 0xe0000;
  while (place < 0x100000 && !is_rsdp((const char *)place)) place += 16;
  if (place == 0x100000) return 0;
  const struct table *rsdt = (const struct table *)((const struct rsdp *)place)->rsdt;
  for (u32 i = 0; i < (rsdt->length - 36) / 4; i++) {
    const struct table *madt = (const struct table *)rsdt->entries[i];
    if (madt->signature != 0x43495041) continue; /* "APIC" */
    u32 count = 0;
    for (const u8 *entry = (const u8 *)madt + 44; entry < (const u8 *)madt + madt->length; entry += entry[1])
      if (entry[0] == 0 && (entry[4] & 1)) count++;
    return count;
  }
  return 0;
}

u32 run(u32 magic, const struct multiboot *info) {
  if (magic != 0x2badb002) return 1;
  if (!(info->flags & 4)) return 2;
  print((const char *)info->cmdline);
  print("\n");
  u32 cpus = count_cpus();
  if (cpus == 0) return 3;

  *at(0x600) = 1;
  for (u32 i = 0; i < (u32)(other_end - other); i++) ((volatile u8 *)0)[i] = other[i];
  *at(APIC + 0x300) = 0xc4500;
  *at(APIC + 0x300) = 0xc0600;
  while (*at(0x600) < cpus) __asm__ volatile("pause");

  u16 code;
  __asm__ volatile("mov %%cs, %0" : "=r"(code));
  idt[VECTOR].low = (u32)on_interrupt;
  idt[VECTOR].high = (u32)on_interrupt >> 16;
  idt[VECTOR].selector = code;
  idt[VECTOR].type = 0x8e00;
  __asm__ volatile("lidt %0" : : "m"(idtr));
  *at(APIC + 0xf0) = 0x1ff;
  out8(0x21, 0xff);
  out8(0xa1, 0xff);
  *at(IOAPIC) = 0x10 + 2 * LINE + 1;
  *at(IOAPIC + 0x10) = *at(APIC + 0x20) & 0xff000000;
  *at(IOAPIC) = 0x10 + 2 * LINE;
  *at(IOAPIC + 0x10) = VECTOR;
  __asm__ volatile("sti");
  for (u32 wanted = 1; wanted <= 3; wanted++) {
    out8(0x2000 + LINE, 1);
    for (u32 patience = 100000; interrupts < wanted; patience--) {
      if (patience == 0) return 4;
      __asm__ volatile("pause");
    }
    out8(0x2000 + LINE, 0);
  }
  if (interrupts != 3) return 5;
  print("all here\n");
  return 48 + cpus;
}
