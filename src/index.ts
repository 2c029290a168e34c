// The public API: all that the command line, the web page and other programs may use.

// The machine: configuration and image in, journal and outcome out.
export { type BootModule, completeConfig, DEFAULT_CONFIG, ENGINES, type Engine, type MachineConfig } from './machine/config.ts';
export { type Entry, formatEntry, type Journal } from './machine/journal.ts';
export { DIFFERENCES } from './machine/differences.ts';
export { type Inventory, inventory } from './machine/inventory.ts';
export { Machine, type Outcome } from './machine/machine.ts';
export { canTranslate } from './translate/host.ts';
export type { Snapshot } from './machine/snapshot.ts';

// The assembler: source text in, object file and diagnostics out.
export { type Diagnostic, formatDiagnostic } from './base/diagnostic.ts';
export { type Assembly, assemble } from './assembler/assemble.ts';
export { writeListing } from './assembler/output/listing.ts';
export { type ObjectFile, toElf, toFlat } from './assembler/output/object.ts';
export type { SourceIo } from './assembler/language/sources.ts';

// Machine code and files that hold it.
export { hex } from './base/bits.ts';
export { didYouMean, nearestName } from './base/nearest.ts';
export { SHF_EXECINSTR } from './formats/elf.ts';
export { isElf, readElf } from './formats/elf-read.ts';
export { isFormatError } from './formats/format-error.ts';
export { type LineTable, linesOf, type SymbolTable, symbolsOf } from './formats/symbols.ts';
export { decode } from './isa/decode.ts';
export { print } from './isa/print.ts';

// The lab: a scenario, a run, a verdict.
export { type Activity, activityOf, type CpuActivity } from './lab/activity.ts';
export {
  applyConditions, type Condition, type Conditions, formatConditions, impossible, parseConditions, parseWords, type Setting, SYSCTL_PREFIX,
} from './lab/conditions.ts';
export { DURATION_EXAMPLES, parseDuration } from './lab/duration.ts';
export { dumpCore } from './lab/core-dump.ts';
export { ERRATA, type Erratum, NOT_SHOWN } from './lab/errata.ts';
export { type Expectation, formatExpectation, outlineOf, parseExpectation } from './lab/expectation.ts';
export { kindOfLine } from './lab/findings.ts';
export { type KernelNames, kernelNames } from './lab/kernel-names.ts';
export { describeFinding, describeVerdict, ORIGINS } from './lab/judge.ts';
export {
  type Cell, cellName, countsText, isAsExpected, isSelected, matrixJson, matrixMarkdown, matrixText, repeatWords, seenText,
} from './lab/matrix.ts';
export { describeRefusal } from './lab/refusals.ts';
export { type Preparation, preparationJson, type ReportContext, reportDmesg, reportJson, reportRows, reportText, schemaOf } from './lab/report.ts';
export { Run, type RunResult } from './lab/run.ts';
export { requestOf, type RunRequest, runRequest } from './lab/run-case.ts';
export { type Case, caseIn, casesOf, isMistake, readScenario, type Scenario, scenarioName } from './lab/scenario.ts';
export { checkScenario, declaredName, isScenario, unknownFunctions } from './lab/scenario-source.ts';
export { defaultPeriods, samplePeriod, summarize, sweepRequests } from './lab/sweep.ts';
export { sweepJson, sweepSvg, sweepText } from './lab/sweep-report.ts';
export { BytesToText, jsonText, printable, quote, WIDTH, wrap } from './lab/words.ts';
