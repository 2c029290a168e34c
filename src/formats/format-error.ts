// What is wrong with a file of a known format, as a value: the field in the format's own terms, and where in the file it lies.

export interface FormatError {
  /** Such as `e_phoff: 3 program headers at 0x40..0xe8 reach past the end of the file (0x80)`. */
  readonly error: string;
  /** Offset of the field in the file, in bytes. */
  readonly offset: number;
}

export const isFormatError = (value: object): value is FormatError => 'error' in value;
