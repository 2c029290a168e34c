// The host's WebAssembly, as much of it as is needed. A host may have none (`node --jitless`), or not let code be made (a page whose policy
// forbids it): then memory is plain, and the interpreter runs everything.

/** Memory that generated code and the interpreter share. */
export interface SharedMemory {
  readonly buffer: ArrayBuffer;
}

/** In every engine this runs on, but in none of the type libraries chosen. */
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const PAGE_BYTES = 0x1_0000;
/** A module with nothing in it: magic number and version. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Whether code can be translated here. */
export const canTranslate = (): boolean => {
  if (typeof WebAssembly === 'undefined') return false;
  try {
    return new WebAssembly.Module(EMPTY) !== undefined;
  } catch {
    return false;
  }
};

/** `pages` of 64 KiB, all zero; those that nobody touches cost the host nothing. */
export const newMemory = (pages: number): SharedMemory =>
  canTranslate() ? new WebAssembly.Memory({ initial: pages, maximum: pages }) : { buffer: new ArrayBuffer(pages * PAGE_BYTES) };

/** What a module exports. `f` is the function that it imports, if it does. */
export const instantiate = <Exports>(bytes: Uint8Array<ArrayBuffer>, memory: object, f?: object): Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { m: memory, f } }).exports as Exports;
