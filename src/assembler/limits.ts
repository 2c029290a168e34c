// What an assembly may ask for: enough for any kernel, little enough that a slip of the pen does not fill the host's memory.

/** Bytes of all sections that are in the file, and of the file with its gaps. */
export const MAX_IMAGE_BYTES = 64 * 2 ** 20;

/** Bytes of a section that is not in the file. */
export const MAX_NOBITS_BYTES = 2 * 2 ** 30;

/** Repetitions by TIMES of an instruction whose encoding depends on its place, so that each is chosen by itself. */
export const MAX_TIMES_OF_PLACED = 0x1_0000;

/** Sections in one source. */
export const MAX_SECTIONS = 4096;

/** Passes in which an instruction may become shorter again, as NASM's may; in those after them only longer. */
export const FREE_PASSES = 60;
/** Passes after which a source has no layout. */
export const MAX_PASSES = 120;

/** Pieces that all expansions together may produce, and lines. */
export const MOST_PIECES = 8_000_000;
export const MOST_LINES = 2_000_000;
/** Pieces of one line, as it is written and as macros make it. */
export const LONGEST_LINE = 1_000_000;
/** `%[…]` inside each other. */
export const DEEPEST_INDIRECTION = 50;
