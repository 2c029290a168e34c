// `clispin cpu`: what the machine has and what it has not, from the tables that make it so.

import { DEFAULT_CONFIG, DIFFERENCES, hex, type Inventory, inventory, wrap } from '../../index.ts';
import { EXIT } from '../exit-code.ts';
import type { Command } from '../options.ts';
import { paint, sayJson, sayLine } from '../terminal.ts';

const range = (digits: number) => ([first, last]: readonly [number, number]) =>
  first === last ? hex(first, digits) : `${hex(first, digits)}-${hex(last, digits)}`;

/** The sections of the list, each with its heading. */
const SECTIONS: Readonly<Record<string, (all: Inventory, withForms: boolean) => string[]>> = {
  instructions: ({ instructions }, withForms) => {
    const forms = instructions.flatMap((instruction) => instruction.forms);
    const heading = `Instructions: ${instructions.length} mnemonics in ${forms.length} forms`;
    const lines = withForms ? forms.map((id) => `  ${id}`) : wrap(`  ${instructions.map(({ mnemonic }) => mnemonic).join(' ')}`, { indent: '  ' });
    return [paint('bold', heading), ...lines];
  },
  msrs: ({ msrs }) => [
    paint('bold', `Model-specific registers: ${msrs.length}`),
    ...msrs.map(({ index, name, access }) => `  ${hex(index, 8)}  ${access.padEnd(2)}  ${name}`),
  ],
  cpuid: ({ cpuid }) => [
    paint('bold', 'CPUID leaves: EAX, EBX, ECX, EDX'),
    ...cpuid.map(({ leaf, subleaf, registers }) => {
      const values = registers.map((value) => hex(value, 8)).join(' ');
      return `  ${hex(leaf, 8)}.${subleaf}  ${values}`;
    }),
  ],
  devices: ({ devices }) => [
    paint('bold', `Devices: ${devices.length}`),
    ...devices.map(({ name, ports, memory }) => {
      const places = [
        ...(ports.length > 0 ? [`ports ${ports.map(range(4)).join(' ')}`] : []),
        ...(memory.length > 0 ? [`memory ${memory.map(range(8)).join(' ')}`] : []),
      ];
      return `  ${name.padEnd(22)}  ${places.join(', ')}`;
    }),
  ],
};

const differences = (): string[] =>
  Object.entries(DIFFERENCES).flatMap(([part, lines]) => [paint('bold', part), ...lines.flatMap((line) => wrap(`  - ${line}`, { indent: '    ' }))]);

export const cpu: Command = {
  name: 'cpu',
  operands: '[options]',
  summary: 'Lists the instructions, MSRs, CPUID leaves and devices of the machine, or its differences from hardware.',
  options: [
    { name: 'differences', help: 'what is not as on hardware' },
    ...Object.keys(SECTIONS).map((name) => ({ name, help: `only the ${name}` })),
    { name: 'forms', help: 'each form of an instruction rather than the mnemonics' },
    { name: 'json', help: 'all of it as JSON' },
  ],
  run: (args) => {
    if (args.operands.length > 0) throw args.misuse(`'${args.operands[0]}' is not wanted here`);
    const all = inventory(DEFAULT_CONFIG);
    if (args.flag('json')) {
      sayJson('cpu', { ...all, differences: DIFFERENCES });
    } else if (args.flag('differences')) {
      sayLine(differences().join('\n'));
    } else {
      const chosen = Object.keys(SECTIONS).filter((name) => args.flag(name));
      const names = chosen.length > 0 ? chosen : Object.keys(SECTIONS);
      sayLine(names.map((name) => SECTIONS[name](all, args.flag('forms')).join('\n')).join('\n\n'));
    }
    return EXIT.OK;
  },
};
