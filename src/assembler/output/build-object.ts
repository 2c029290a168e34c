// Layout → object file: what labels name, and which line each instruction was made from. A line that a macro produced is the line
// of its outermost call: the one that a person who steps through the program has written there. A flat file needs neither: both are
// made when they are asked for.

import type { Place } from '../../base/diagnostic.ts';
import type { LineRow } from '../../formats/dwarf-line.ts';
import type { Layout } from '../passes/layout.ts';
import type { ObjectFile, ObjectSymbol } from './object.ts';
import type { Section } from '../passes/sections.ts';
import type { NamedValue } from '../language/value.ts';
import { showText } from '../language/text.ts';
import type { Origin } from '../language/tokens.ts';

export const buildObject = (entry: string, layout: Layout): ObjectFile => {
  const { placed } = layout;
  let symbols: ObjectFile['symbols'] | undefined;
  let lines: ObjectFile['lines'] | undefined;
  return {
    entry,
    origin: placed.origin,
    sections: placed.order.map((section) => {
      const { start, vstart } = placed.placements.get(section) ?? { start: 0n, vstart: 0n };
      return {
        name: showText(section.name), start: section.type === 'nobits' ? physicalOf(vstart, placed) : start, vstart, size: section.length, bytes: layout.bytesOf(section), hasCode: section.hasCode,
        align: section.align ?? section.valign ?? 1n,
      };
    }),
    get symbols() {
      return (symbols ??= buildSymbols(layout));
    },
    get lines() {
      return (lines ??= buildLines(layout));
    },
  };
};

/**
 * Where memory that is in no file lies physically: as far from its virtual address as the section below it. NASM knows only the one
 * address, which is enough for a flat file.
 */
const physicalOf = (address: bigint, { order, placements }: Layout['placed']): bigint => {
  let below = { start: 0n, vstart: 0n };
  for (const section of order) {
    const placement = placements.get(section);
    if (placement && section.type !== 'nobits' && placement.vstart <= address && placement.vstart >= below.vstart) below = placement;
  }
  return BigInt.asUintN(64, address + below.start - below.vstart);
};

/** Where the user wrote what led to this line. */
export const outermost = (origin: Origin): Place => {
  let at = origin;
  while (at.macro) at = at.macro.call;
  return at.place;
};

/** Rows for each section that has code, in the order of addresses. Debuggers expect one where a function begins. */
const buildLines = ({ outputs, placed }: Layout): LineRow[][] =>
  placed.order
    .filter((section) => section.hasCode && section.type === 'progbits' && section.length > 0)
    .map((section) => {
      const vstart = placed.placements.get(section)?.vstart ?? 0n;
      const rows: LineRow[] = [];
      let isLabelled = false;
      for (const output of outputs) {
        if (output.section !== section) continue;
        isLabelled ||= output.statement.label !== undefined;
        if (output.length === 0) continue;
        const { file, line } = outermost(output.statement.origin);
        const previous = rows[rows.length - 1];
        if (isLabelled || previous?.file !== file || previous.line !== line) rows.push({ address: vstart + BigInt(output.offset), file, line });
        isLabelled = false;
      }
      return [...rows, { ...rows[rows.length - 1], address: vstart + BigInt(section.length), end: true }];
    });

const isLocalName = (name: string): boolean => name.includes('.', 1);
/** Labels that macros make for themselves. */
const isHidden = (name: string): boolean => name.startsWith('..@');

const buildSymbols = (layout: Layout): ObjectSymbol[] => {
  const { outputs, symbols, bases } = layout;
  const kinds = new Map<string, 'function' | 'data'>();
  const sizes = new Map<string, number>();
  const next = new Map<Section, { kind: 'function' | 'data'; end: number }>();
  for (let index = outputs.length - 1; index >= 0; index--) {
    const { statement, section, offset, length } = outputs[index];
    if (!section) continue;
    const after = next.get(section) ?? { kind: 'data', end: section.length };
    const kind = length === 0 ? after.kind : statement.body?.kind === 'instruction' ? 'function' : 'data';
    const { label } = statement;
    const isGlobal = label !== undefined && symbols.get(label)?.kind === 'label' && !isLocalName(label) && !isHidden(label);
    if (isGlobal) {
      kinds.set(label, kind);
      sizes.set(label, after.end - offset);
    }
    next.set(section, { kind, end: isGlobal ? offset : after.end });
  }
  return [...symbols.values()].filter(({ name, kind, value }) => kind !== 'section' && !isHidden(name) && !value.unknown).map((symbol) => {
    const section = sectionOf(symbol);
    return {
      name: showText(symbol.name),
      value: BigInt.asUintN(64, symbol.value.terms.reduce((sum, { name, factor }) => sum + factor * (bases.get(name) ?? 0n), symbol.value.constant)),
      ...(section === undefined || !bases.has(section) ? {} : { section: showText(section) }),
      kind: section === undefined ? 'constant' : (kinds.get(symbol.name) ?? 'local'),
      size: BigInt(sizes.get(symbol.name) ?? 0),
      isGlobal: layout.isGlobal(symbol.name),
      place: outermost(symbol.origin),
    };
  });
};

/** The section that a symbol's address lies in; undefined for constants. */
const sectionOf = ({ value: { terms } }: NamedValue): string | undefined =>
  terms.length === 1 && terms[0].kind === 'section' && terms[0].factor === 1n ? terms[0].name.split(' ')[0] : undefined;
