// `clispin run TARGET`: a scenario by name, a source, or an image, from power-on to a verdict.

import {
  canTranslate, DURATION_EXAMPLES, dumpCore, ENGINES, type Machine, parseExpectation, type Preparation, preparationJson, quote, reportDmesg, reportJson,
  type RunResult,
} from '../../index.ts';
import { CONDITION_OPTIONS, cpusFrom, pmuFrom, wordsFrom } from '../condition-options.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { readBytes } from '../files.ts';
import { checkOutputs, writeWhole } from '../outputs.ts';
import { complain, say, sayRaw } from '../terminal.ts';
import { type Arguments, type Command, parseBytes } from '../options.ts';
import { exitCode, type RunSettings, runTarget } from '../run-target.ts';
import { loadTarget } from '../target.ts';

/** Options that say where results go, not what happens. */
const OUTPUTS = ['json', 'dmesg'];
/** Options that nothing in a run depends on: what repeats it need not have them. */
const WITHOUT_INFLUENCE = [...OUTPUTS, 'raw', 'dump', 'state', 'lenient', 'no-fast-forward', 'engine'];

export const run: Command = {
  name: 'run',
  operands: 'TARGET [options]',
  summary:
    "Boots TARGET, shows its console and ends with a verdict. TARGET is a scenario's name, an .asm file or a kernel image, or - for a source or an image on the standard input.",
  options: [
    ...CONDITION_OPTIONS,
    { name: 'ram', short: 'm', value: 'SIZE', help: 'memory, 16M to 2G (default 64M)' },
    { name: 'hz', value: 'RATE', help: 'clock of the CPUs, 100kHz to 5GHz (default 1GHz); all of time scales with it' },
    { name: 'turn', value: 'TICKS', help: 'instructions that a CPU runs before it is the turn of the next (default 1000)' },
    { name: 'seed', value: 'N', help: 'turns of random length, chosen by N (default 0: all equally long)' },
    { name: 'module', value: 'FILE', multiple: true, help: 'a boot module for the kernel, called FILE; may be given several times' },
    { name: 'boot-sector', help: 'TARGET is what a BIOS reads from a disk: start it at 7C00h in real mode' },
    { name: 'until', value: 'TIME', help: `end after so much guest time, as ${DURATION_EXAMPLES}` },
    { name: 'expect', value: 'WHAT', help: 'judge by soft@20s..28s,cpu=0 or hard@6s..20s,cpu=1 or none; | between alternatives' },
    { name: 'engine', value: 'interpret|translate', help: 'how instructions are executed: the same run, slower or faster (default translate)' },
    { name: 'no-fast-forward', help: 'execute loops that change nothing one by one: slower, the same run' },
    { name: 'state', help: 'show all registers of each CPU at the end, not a line for each that has not ended well' },
    { name: 'json', value: 'FILE', help: 'write the whole run as JSON; - is stdout, which then has nothing else' },
    { name: 'dmesg', value: 'FILE', help: 'write the console to a file; - as above' },
    { name: 'raw', help: 'the console as it is, also what controls a terminal; without, such characters are shown as \\x1b' },
    { name: 'dump', value: 'FILE', help: 'after a panic write memory and registers as an ELF core, for gdb with the -f elf kernel' },
  ],
  run: async (args) => {
    const [name, ...rest] = args.operands;
    if (name === undefined) throw args.misuse("which target? 'clispin scenarios' lists what there is");
    if (rest.length > 0) throw args.misuse(`one target at a time; '${rest[0]}' is too much`);
    const settings = readSettings(args);
    if (settings.config.engine === 'translate' && !canTranslate()) {
      complain('clispin run: --engine translate: this host has no WebAssembly; the interpreter runs, with the same result');
    }
    const dump = args.text('dump');
    if (dump === '-') throw args.misuse('--dump: a core file does not go to stdout');
    const outputs = OUTPUTS.map((option) => [option, args.text(option)] as const);
    if (outputs.filter(([, path]) => path === '-').length > 1) throw args.misuse('--json and --dmesg: only one can have stdout');
    checkOutputs({ command: 'run', outputs: [...outputs, ['dump', dump]], inputs: [name, ...args.texts('module')] });
    const command = repeatCommand(name, args);
    try {
      return await runOnce(name, args, { ...settings, command }, outputs.some(([, path]) => path === '-'));
    } catch (error) {
      const json = args.text('json');
      if (json !== undefined && error instanceof CliError && error.code !== EXIT.OUTPUT)
        writeWhole(json, preparationJson({ target: name, command: command.join(' '), diagnostics: toldBy(error) }));
      throw error;
    }
  },
};

/** What a program is told in place of a result: the mistakes with their places, or the message alone. */
const toldBy = ({ diagnostics, message }: CliError): Preparation['diagnostics'] =>
  diagnostics.length > 0 ? diagnostics : [{ severity: 'error', text: message }];

const runOnce = async (name: string, args: Arguments, settings: RunSettings, isSilent: boolean): Promise<number> => {
  const showRaw = args.flag('raw') && !isSilent ? sayRaw : undefined;
  const target = loadTarget(name, args.flag('boot-sector'));
  const { result, machine, context } = await runTarget(target, settings, isSilent ? () => {} : say, showRaw);
  const [json, dmesg] = OUTPUTS.map((option) => args.text(option));
  if (json !== undefined) writeWhole(json, reportJson(result, context, machine));
  if (dmesg !== undefined) writeWhole(dmesg, reportDmesg(machine.journal.entries, args.flag('raw')));
  const dump = args.text('dump');
  if (dump !== undefined) writeDump(dump, machine, result);
  return exitCode(result, context.expectation, args.flag('lenient'));
};

/** Only after a panic: before it there is nothing that a debugger of the dead could look at. */
const writeDump = (path: string, machine: Machine, { verdict }: RunResult): void => {
  if (verdict.findings.some(({ kind }) => kind === 'panic')) writeWhole(path, dumpCore(machine));
  else complain(`clispin run: the guest did not panic; ${path} is not written`);
};

const readSettings = (args: Arguments): Omit<RunSettings, 'command'> => {
  const expect = args.text('expect');
  const expectation = expect === undefined ? undefined : parseExpectation(expect);
  if (typeof expectation === 'string') throw args.misuse(`--expect: ${expectation}`);
  const config = {
    cpus: cpusFrom(args),
    ramBytes: args.value('ram', 'a size from 16M to 2G', (text) => within(parseBytes(text), 16 * 2 ** 20, 2 ** 31)),
    hz: args.clockRate('hz'),
    turn: args.count('turn', 1, 100_000),
    seed: args.count('seed', 0, 0xffff_ffff),
    engine: args.value('engine', 'interpret or translate', (text) => ENGINES.find((engine) => engine === text)),
    fastForward: args.flag('no-fast-forward') ? false : undefined,
    pmu: pmuFrom(args),
    modules: args.texts('module').map((path) => ({ name: path, bytes: readBytes(path) })),
    bootSector: args.flag('boot-sector'),
  };
  return {
    config: Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)),
    append: wordsFrom(args),
    expectation,
    untilSeconds: args.seconds('until'),
    showState: args.flag('state'),
  };
};

const within = (value: number | undefined, least: number, most: number): number | undefined =>
  value !== undefined && value >= least && value <= most ? value : undefined;

/** The words that repeat this run. */
const repeatCommand = (name: string, args: Arguments): string[] => {
  const options = run.options
    .filter((option) => !WITHOUT_INFLUENCE.includes(option.name))
    .flatMap(({ name: option, value }) =>
      value === undefined ? (args.flag(option) ? [`--${option}`] : []) : args.texts(option).map((text) => `--${option} ${quote(text)}`),
    );
  return ['clispin run', quote(name), ...options];
};
