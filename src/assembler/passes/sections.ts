// Sections with their attributes and lengths → where each lies, in the file and in memory, by the rules of NASM's bin format
// (manual 8.1): `start` orders them, `follows` chains them, the rest come one after another; `vstart` is what labels count from.

import { isPowerOfTwo } from '../../base/bits.ts';
import { addressIn, type Term } from '../language/value.ts';

/** A section while it is being assembled. Attributes are undefined until a directive sets them. */
export class Section {
  readonly name: string;
  /** The section created before this one; absent for .text, and for .bss, which follows all that is in the file. */
  readonly previous: Section | undefined;
  type: 'progbits' | 'nobits' | undefined;
  align: bigint | undefined;
  valign: bigint | undefined;
  start: bigint | undefined;
  vstart: bigint | undefined;
  follows: string | undefined;
  vfollows: string | undefined;
  /** In bytes. */
  length = 0;
  hasCode = false;
  /** What the values of addresses in it have in common. */
  readonly terms: readonly Term[];

  constructor(name: string, previous: Section | undefined) {
    this.name = name;
    this.previous = name === '.bss' ? undefined : previous;
    this.terms = addressIn(name, 0n).terms;
    this.type = name === '.text' || name === '.data' ? 'progbits' : name === '.bss' ? 'nobits' : undefined;
  }

  /** What every pass gathers anew. */
  reset(): void {
    this.length = 0;
    this.align = this.valign = this.start = this.vstart = this.follows = this.vfollows = undefined;
  }
}

/** Sets a section's attribute to a value; the text of an error when it contradicts what is set. */
export const setAttribute = (section: Section, kind: 'align' | 'start' | 'vstart' | 'valign', value: bigint): string | undefined => {
  const isVirtual = kind.startsWith('v');
  const [start, align, follows] = isVirtual ? (['vstart', 'valign', 'vfollows'] as const) : (['start', 'align', 'follows'] as const);
  if (kind === align) {
    if (!isPowerOfTwo(value)) return `${kind}: ${value} is not a power of two`;
    const larger = section[align] !== undefined && section[align] > value ? section[align] : value;
    if (section[start] !== undefined && section[start] & (larger - 1n)) return `${kind}: ${larger} conflicts with ${start} of the section`;
    section[align] = larger;
    return undefined;
  }
  if (section[follows] !== undefined) return `section ${section.name} cannot have both ${start} and ${follows}`;
  if (section[start] !== undefined && section[start] !== value) return `${start} of section ${section.name} is set twice`;
  if (section[align] !== undefined && value & (section[align] - 1n)) return `${start}: conflicts with ${align} of the section`;
  section[start] = value;
  section[align] = undefined;
  return undefined;
};

/** Chains a section to another; the text of an error when it contradicts what is set. */
export const setFollows = (section: Section, kind: 'follows' | 'vfollows', name: string): string | undefined => {
  const start = kind === 'follows' ? 'start' : 'vstart';
  if (section[start] !== undefined) return `section ${section.name} cannot have both ${start} and ${kind}`;
  section[kind] = name;
  return undefined;
};

/** Says whether a section is in the file; the text of an error when it contradicts what is set. */
export const setType = (section: Section, type: 'progbits' | 'nobits'): string | undefined => {
  if (section.type !== undefined && section.type !== type) return `cannot change section ${section.name} from ${section.type} to ${type}`;
  section.type = type;
  return undefined;
};

export interface Placement {
  readonly start: bigint;
  readonly vstart: bigint;
}

export interface Placed {
  /** The address of the first byte of a flat file. */
  readonly origin: bigint;
  /** Those with contents, in the order of the file; then the others. */
  readonly order: readonly Section[];
  readonly placements: ReadonlyMap<Section, Placement>;
}

/** An alignment that nobody asked for, between sections. */
const DEFAULT_ALIGN = 4n;

/** Addresses may be written as negative numbers: they are compared and aligned modulo 2^64. */
const unsigned = (address: bigint): bigint => BigInt.asUintN(64, address);
const alignUp = (address: bigint, align: bigint): bigint => unsigned((address + align - 1n) & -align);

/** Places sections given in the order of their creation, .text first. The error is a sentence. */
export const placeSections = (sections: readonly Section[], org: bigint | undefined): Placed | { readonly error: string } => {
  try {
    return new Placer(sections, org).place();
  } catch (conflict) {
    if (!(conflict instanceof Conflict)) throw conflict;
    return { error: conflict.text };
  }
};

/** Thrown and caught in this file only. */
class Conflict {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

class Placer {
  readonly #progbits: readonly Section[];
  readonly #nobits: readonly Section[];
  readonly #org: bigint | undefined;
  readonly #starts = new Map<Section, bigint>();
  readonly #vstarts = new Map<Section, bigint>();

  constructor(sections: readonly Section[], org: bigint | undefined) {
    this.#progbits = sections.filter((section) => section.type !== 'nobits');
    this.#nobits = sections.filter((section) => section.type === 'nobits');
    this.#org = org === undefined ? undefined : unsigned(org);
  }

  place(): Placed {
    this.#unifyNobits();
    const progbits = sortByStart(chainFollowers(this.#progbits));
    const origin = this.#placeInFile(progbits);
    const order = [...progbits, ...this.#nobits];
    this.#placeInMemory(order, progbits[progbits.length - 1]);
    const placements = new Map(
      order.map((section) => {
        const vstart = this.#vstarts.get(section) as bigint;
        return [section, { start: this.#starts.get(section) ?? vstart, vstart }];
      }),
    );
    return { origin, order, placements };
  }

  /** A section that is not in the file has one address only: real attributes mean the virtual ones. */
  #unifyNobits(): void {
    for (const section of this.#nobits) {
      const real = section.start !== undefined || section.align !== undefined || section.follows !== undefined;
      if (real && (section.vstart !== undefined || section.valign !== undefined || section.vfollows !== undefined)) {
        throw new Conflict(`cannot mix real and virtual attributes in nobits section ${section.name}`);
      }
      if (section.vstart === undefined && section.start !== undefined) section.vstart = section.start;
      if (section.valign === undefined && section.align !== undefined) section.valign = section.align;
      if (section.vfollows === undefined && section.follows !== undefined) section.vfollows = section.follows;
      if (section.vstart !== undefined) this.#vstarts.set(section, unsigned(section.vstart));
    }
  }

  /** Start addresses, and vstart where it depends on them; the origin. */
  #placeInFile(sections: readonly Section[]): bigint {
    const first = sections[0];
    const firstStart = first.start === undefined ? undefined : unsigned(first.start);
    if (this.#org !== undefined && firstStart !== undefined && firstStart < this.#org) {
      throw new Conflict(`section ${first.name} begins before the program's origin`);
    }
    let end = firstStart ?? (this.#org === undefined ? 0n : alignUp(this.#org, first.align ?? 1n));
    const origin = this.#org ?? end;
    let before = first;
    sections.forEach((section, index) => {
      const given = index === 0 ? end : section.start === undefined ? undefined : unsigned(section.start);
      const start = given ?? alignUp(end, section.align ?? DEFAULT_ALIGN);
      this.#starts.set(section, start);
      if (section.vstart !== undefined) this.#vstarts.set(section, unsigned(section.vstart));
      else if (section.vfollows === undefined) {
        this.#vstarts.set(section, section.valign === undefined ? start : alignUp(end, section.valign));
      }
      if (start < end && section.length === 0) return;
      if (start < end) throw new Conflict(`sections ${before.name} and ${section.name} overlap`);
      end = start + BigInt(section.length);
      before = section;
    });
    return origin;
  }

  /** vstart of the sections that follow others, as soon as those have theirs. */
  #placeInMemory(sections: readonly Section[], lastInFile: Section): void {
    const byName = new Map(sections.map((section) => [section.name, section]));
    let waiting = sections.filter((section) => !this.#vstarts.has(section));
    while (waiting.length > 0) {
      const still = waiting.filter((section) => {
        const leader = section.vfollows === undefined ? (section.previous ?? lastInFile) : byName.get(section.vfollows);
        if (!leader) throw new Conflict(`section ${section.name} vfollows unknown section ${section.vfollows}`);
        const base = this.#vstarts.get(leader);
        if (base === undefined) return true;
        this.#vstarts.set(section, alignUp(base + BigInt(leader.length), section.valign ?? DEFAULT_ALIGN));
        return false;
      });
      if (still.length === waiting.length) throw new Conflict(`section ${still[0].name} vfollows itself in a circle`);
      waiting = still;
    }
  }
}

/**
 * Moves each section that `follows` another behind that one, in one walk, as NASM does: with it go the next one and those behind it that
 * have no address of their own and stand where they should; then the walk goes on. A chain that contradicts their order may stay undone.
 */
const chainFollowers = (sections: readonly Section[]): Section[] => {
  const list = [...sections];
  const isMisplaced = (index: number): boolean => list[index].follows !== undefined && list[index - 1]?.name !== list[index].follows;
  let budget = list.length * list.length;
  for (let at = 0; at < list.length; ) {
    if (!isMisplaced(at)) {
      at++;
      continue;
    }
    const { name, follows } = list[at];
    const target = list.findIndex((section) => section.name === follows);
    if (target < 0) throw new Conflict(`section ${name} follows unknown section ${follows}`);
    if (list[target + 1]?.follows === follows) {
      throw new Conflict(`sections ${name} and ${list[target + 1].name} cannot both follow section ${follows}`);
    }
    if (target === at || budget-- <= 0) throw new Conflict(`section ${name} follows itself in a circle`);
    let end = at + 1;
    while (end < list.length && end !== target && list[end].start === undefined && (end === at + 1 || !isMisplaced(end))) end++;
    const group = list.splice(at, end - at);
    list.splice(target < at ? target + 1 : target + 1 - group.length, 0, ...group);
    if (target < at) at = end;
  }
  return list;
};

/** Sorts by start address; sections without one stay behind the one that they stood behind. */
const sortByStart = (sections: readonly Section[]): Section[] => {
  const groups: Section[][] = [];
  for (const section of sections) {
    if (section.start !== undefined || groups.length === 0) groups.push([section]);
    else groups[groups.length - 1].push(section);
  }
  const startOf = ([leader]: Section[]) => (leader.start === undefined ? -1n : unsigned(leader.start));
  return groups.sort((a, b) => (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0)).flat();
};
