// A pass in the middle: steps → lengths of sections and offsets of labels, in one loop over plain numbers.

import { fillUp } from '../language/fill.ts';
import type { Program } from './program.ts';
import type { Section } from './sections.ts';
import type { Steps } from './steps.ts';
import type { NamedValue } from '../language/value.ts';

/** `runStatement` does all that a pass does with the statement at an index, at the present place. */
export const runSteps = ({ steps, fixed, aligns }: Steps, program: Program, runStatement: (index: number) => void): void => {
  const { symbols, location, measured } = program;
  for (const [to, length] of fixed) to.length = length;
  for (const [to, align] of aligns) if ((to.align ?? 0n) < align) to.align = align;
  let { section } = location;
  let length = section?.length ?? 0;
  let moved: NamedValue | undefined;
  let isRepeating = symbols.haveConstantsChanged;
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at];
    const { kind } = step;
    length += step.before;
    if (kind === 'label') {
      const label = step.symbol as NamedValue;
      if (label.offset === length) continue;
      label.offset = length;
      moved = label;
      continue;
    }
    if (kind === 'fill') {
      length += fillUp(length, step.alignment) * (step.size ?? 0);
      continue;
    }
    if (kind === 'jump') {
      const known = lengthOfJump(measured[step.from], (step.symbol as NamedValue).offset - length);
      if (known !== undefined) {
        length += known;
        continue;
      }
    } else if (kind === 'constants' && step.size !== undefined && !isRepeating) {
      length += step.size;
      continue;
    }
    if (section) section.length = length;
    if (kind === 'enter') {
      section = step.section as Section;
      length = section.length;
      continue;
    }
    if (kind === 'bytes') continue;
    if (section) location.enter(section);
    for (let index = step.from; index < step.to; index++) runStatement(index);
    if (kind === 'constants') step.size = section && section === location.section ? section.length - length : 0;
    isRepeating = symbols.haveConstantsChanged;
    section = location.section;
    length = section?.length ?? 0;
  }
  if (moved) symbols.noteMoved(moved);
};

/** The length of a jump over a distance from its own address, where that is certain without encoding it again. */
export const lengthOfJump = (known: Program['measured'][number], distance: number): number | undefined => {
  if (!known || known.bytes.length === 0) return undefined;
  const { bytes: { length }, isShort } = known;
  const isSure = isShort ? distance - length >= -128 && distance - length <= 127 : distance > 127 + length || distance < -126;
  return isSure ? length : undefined;
};
