// All programs and all direct checks on all engines → one result per check, and sums by number.

import { DIRECT } from './direct.ts';
import { ENGINES, type Engine } from './engines.ts';
import { NUMBERS } from './numbers.ts';
import { programNames, readProgram, runProgram } from './programs.ts';

export interface Finding {
  readonly engine: Engine;
  /** Guest program, or 'direct'. */
  readonly where: string;
  readonly number: string;
  readonly what: string;
  readonly passed: boolean;
  readonly detail: string;
}

export interface Survey {
  readonly engines: readonly Engine[];
  readonly findings: readonly Finding[];
  /** Whatever is wrong with a program as a whole. */
  readonly complaints: readonly string[];
}

export const survey = (): Survey => {
  const findings: Finding[] = [];
  const complaints: string[] = [];
  const programs = programNames().map(readProgram);
  for (const engine of ENGINES) {
    for (const program of programs) {
      const { checks, planned, remarks, ended } = runProgram(program, engine);
      const where = program.name;
      findings.push(...checks.map((check) => ({ engine, where, ...check })));
      if (checks.length !== planned) complaints.push(`${engine}: ${where} made ${checks.length} of ${planned} checks`);
      if (!ended) complaints.push(`${engine}: ${where} did not come to its end`);
      complaints.push(...remarks.map((remark) => `${engine}: ${where}: ${remark}`));
    }
    for (const { number, what, got, expected } of DIRECT) {
      const [answer, wanted] = [JSON.stringify(got(engine)), JSON.stringify(expected)];
      const passed = answer === wanted;
      findings.push({ engine, where: 'direct', number, what, passed, detail: passed ? '' : `got ${answer} expected ${wanted}` });
    }
  }
  for (const { number } of findings) {
    if (!NUMBERS.includes(number)) complaints.push(`${number} is no number of a behaviour`);
  }
  for (const number of NUMBERS) {
    if (!findings.some((finding) => finding.number === number)) complaints.push(`${number} has no check`);
  }
  return { engines: ENGINES, findings, complaints };
};

export interface Sum {
  readonly passed: number;
  readonly failed: number;
}

/** Of one engine, of one number or of all. */
export const sumOf = (findings: readonly Finding[], engine: Engine, number?: string): Sum => {
  const own = findings.filter((finding) => finding.engine === engine && (number === undefined || finding.number === number));
  const passed = own.filter((finding) => finding.passed).length;
  return { passed, failed: own.length - passed };
};
