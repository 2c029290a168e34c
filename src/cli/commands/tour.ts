// `clispin` without a command: the three scenarios that everything is about, one after another, console live, each with its verdict.

import { EXIT } from '../exit-code.ts';
import type { Command } from '../options.ts';
import { exitCode, runTarget } from '../run-target.ts';
import { loadTarget } from '../target.ts';
import { paint, say } from '../terminal.ts';

const STOPS = ['healthy', 'soft-spin', 'hard-cli'];

export const tour: Command = {
  name: 'tour',
  operands: '',
  summary: 'Boots the kernel three times: healthy, soft lockup, hard lockup. This is what happens without a command.',
  options: [],
  run: async (args) => {
    if (args.operands.length > 0) throw args.misuse(`'${args.operands[0]}' is not wanted here`);
    let worst: number = EXIT.OK;
    for (const [index, name] of STOPS.entries()) {
      const target = loadTarget(name);
      say(`${paint('bold', `\n[${index + 1}/${STOPS.length}] ${name}: ${target.scenario?.title ?? ''}`)}\n\n`);
      const { result, context } = await runTarget(target, { config: {}, command: ['clispin', 'run', name] }, say);
      worst = Math.max(worst, exitCode(result, context.expectation));
    }
    return worst;
  },
};
