// Rules of the CPU taken away, one line each, while its source is loaded: a suite that proves something must notice. Nothing is
// written to the source; a rule that is no longer found there in these words is an error.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export interface Mutation {
  /** The behaviour that is lost. */
  readonly number: string;
  readonly rule: string;
  readonly file: string;
  readonly find: string | RegExp;
  readonly replace: string;
  /** The guest program that must notice. */
  readonly program: string;
  /** On which engine, if not the interpreter: everything is translated at its second execution then. */
  readonly engine?: 'translate';
}

export const MUTATIONS: readonly Mutation[] = [
  {
    number: 'S1',
    rule: 'STI that sets IF makes a shadow',
    file: 'src/cpu/semantics/system.ts',
    find: 'if ((cpu.rflags & IF) === 0) cpu.setShadow(STI_SHADOW);',
    replace: '',
    program: 'shadows',
  },
  {
    number: 'S5',
    rule: 'MOV SS makes a shadow',
    file: 'src/cpu/semantics/segment-load.ts',
    find: 'cpu.setShadow(MOV_SS_SHADOW);',
    replace: '{}',
    program: 'shadows',
  },
  {
    number: 'S5',
    rule: 'a breakpoint that MOV SS holds survives a fault of the next instruction',
    file: 'src/cpu/step.ts',
    find: 'cpu.debugPending = cpu.debugHeld;',
    replace: 'cpu.debugPending = 0;',
    program: 'debug-traps',
  },
  {
    number: 'S8',
    rule: 'CLI and STI need IOPL',
    file: 'src/cpu/semantics/system.ts',
    find: 'if (cpu.cpl > cpu.iopl) throw new Fault(GP, 0);',
    replace: '',
    program: 'shadows',
  },
  {
    number: 'N1',
    rule: 'delivery of an NMI blocks NMIs',
    file: 'src/cpu/events/event.ts',
    find: 'cpu.nmiBlocked = true;',
    replace: '',
    program: 'nmi',
  },
  {
    number: 'B2',
    rule: 'what is pending is taken in the order of the manual',
    file: 'src/cpu/events/event.ts',
    find: 'PENDING.find(',
    replace: 'PENDING.toReversed().find(',
    program: 'debug',
  },
  {
    number: 'B6',
    rule: 'a contributory fault while delivering #PF makes #DF',
    file: 'src/cpu/events/event.ts',
    find: '(CONTRIBUTORY.includes(first) || first === PF)',
    replace: 'CONTRIBUTORY.includes(first)',
    program: 'double',
  },
  {
    number: 'B7',
    rule: 'a fault saves RF set',
    file: 'src/cpu/events/interrupt.ts',
    find: 'event.resume ? cpu.rflags | RF : cpu.rflags',
    replace: 'cpu.rflags',
    program: 'boundary',
  },
  {
    number: 'A2',
    rule: 'only a class above PPR is delivered',
    file: 'src/device/interrupt-queue.ts',
    find: 'highest >> 4 > this.processorPriority >> 4',
    replace: 'highest > this.processorPriority',
    program: 'apic',
  },
  {
    number: 'A9',
    rule: 'delivery of a performance interrupt masks LVTPC',
    file: 'src/device/lapic.ts',
    find: 'this.#values[LVT_PERFMON] |= MASKED;',
    replace: '',
    program: 'pmu',
  },
  {
    number: 'A11',
    rule: 'a start-up IPI needs an INIT before it',
    file: 'src/cpu/cpu.ts',
    find: 'if (!this.initPending && this.activity !== WAIT_FOR_SIPI) return;',
    replace: 'this.raiseInit();',
    program: 'ipi',
  },
  {
    number: 'H3',
    rule: 'unhalted cycles do not count in HLT',
    file: 'src/cpu/step.ts',
    find: 'cpu.haltedTicks += ticks;',
    replace: '',
    program: 'pmu',
  },
  {
    number: 'P3a',
    rule: 'a WRMSR to a counter takes effect behind itself',
    file: 'src/device/pmu.ts',
    find: 'this.#change(1, write);',
    replace: 'this.#change(0, write);',
    program: 'pmu',
  },
  {
    number: 'X5',
    rule: 'TF at the beginning of an instruction makes a trap behind it',
    file: 'src/cpu/events/event.ts',
    find: 'cpu.stepping = (cpu.rflags & TF) !== 0;',
    replace: 'cpu.stepping = false;',
    program: 'debug',
  },
  {
    number: 'X5',
    rule: 'MOV SS suppresses its single-step trap',
    file: 'src/cpu/step.ts',
    find: 'cpu.shadow === MOV_SS_SHADOW ||',
    replace: '',
    program: 'debug-traps',
  },
  {
    number: 'B2',
    rule: 'a debug exception writes B0 to B3 of DR6 as a whole',
    file: 'src/cpu/events/debug.ts',
    find: 'cpu.dr[6] & ~DR6_CONDITIONS',
    replace: 'cpu.dr[6]',
    program: 'debug-traps',
  },
  {
    number: 'B8',
    rule: 'a TSS has a limit, in translated code too',
    file: 'src/translate/emitters/transfer.ts',
    find: "load(e, 'segLimit', 4 * TR).i32(11).op(I32.lt_u, I32.or);",
    replace: '',
    program: 'segments',
    engine: 'translate',
  },
  {
    number: 'B8',
    rule: 'a TSS has a limit, in the interpreter',
    file: 'src/cpu/memory/segment.ts',
    find: ' || offset + size / 8 - 1 > cpu.segLimit[TR]',
    replace: '',
    program: 'segments',
  },
  {
    number: 'X6',
    rule: 'a translation sets the accessed and dirty flags',
    file: 'src/cpu/memory/paging.ts',
    find: 'this.#touch(depth, access);',
    replace: '',
    program: 'paging',
  },
];

type Programs = typeof import('./programs.ts');

/** The runner of guest programs over a source with changes: what is to be found in a file, once, and what replaces it. */
export const programsWith = async (changes: readonly Pick<Mutation, 'file' | 'find' | 'replace'>[]): Promise<Programs> => {
  const done = new Set<string | RegExp>();
  const { outputFiles } = await build({
    entryPoints: [join('test', 'conformance', 'programs.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    plugins: [
      {
        name: 'changes',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            let contents = readFileSync(path, 'utf8');
            for (const { file, find, replace } of changes) {
              if (!path.replaceAll('\\', '/').endsWith(`/${file}`)) continue;
              if (contents.split(find).length !== 2) throw new Error(`${file} does not have this exactly once: ${find}`);
              contents = contents.replace(find, () => replace);
              done.add(find);
            }
            return { contents, loader: 'ts' };
          }),
      },
    ],
  });
  const missed = changes.find(({ find }) => !done.has(find));
  if (missed) throw new Error(`${missed.file} is not part of the machine`);
  const folder = mkdtempSync(join(tmpdir(), 'clispin-'));
  try {
    const bundle = join(folder, 'programs.mjs');
    writeFileSync(bundle, outputFiles[0].contents);
    return (await import(/* @vite-ignore */ pathToFileURL(bundle).href)) as Programs;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
