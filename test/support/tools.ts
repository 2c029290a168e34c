// Whether a tool that judges us is installed. A test that needs a missing one is skipped, and the run says so once.

import { spawnSync } from 'node:child_process';

const found = new Map<string, boolean>();

export const has = (tool: string): boolean => {
  let answer = found.get(tool);
  if (answer === undefined) {
    answer = spawnSync(tool, ['--version'], { timeout: 20_000 }).error === undefined;
    found.set(tool, answer);
    if (!answer) console.log(`skipped: ${tool} is not installed, so tests that it judges do not run`);
  }
  return answer;
};
