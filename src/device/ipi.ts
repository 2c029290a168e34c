// Interrupt messages → the local APICs that they are meant for. A message to the CPU that sends it arrives at once; what goes to
// others waits until the machine flushes the bus between turns, so that a turn's order cannot be observed (src/README.md, Time).

/** Delivery modes in the order of their 3-bit code in ICR, LVT and redirection entries (SDM vol. 3, 10.5.1 and 10.6.1). */
const DELIVERY_MODES = ['fixed', 'lowest', 'smi', 'reserved', 'nmi', 'init', 'start-up', 'extint'] as const;

export type DeliveryMode = (typeof DELIVERY_MODES)[number];

/** Bits 10:8 of ICR, an LVT or a redirection entry. */
export const deliveryModeOf = (register: number): DeliveryMode => DELIVERY_MODES[(register >>> 8) & 7];

export type Destination =
  | { readonly kind: 'physical' | 'logical'; readonly id: number }
  | { readonly kind: 'self' | 'all' | 'others' };

/** One interrupt message, a plain value. `level` tells a level-triggered interrupt, whose EOI is broadcast. */
export interface ApicMessage {
  readonly delivery: DeliveryMode;
  readonly vector: number;
  readonly level: boolean;
  readonly destination: Destination;
}

const LOGICAL = 1 << 11;
const ASSERT = 1 << 14;
const LEVEL_TRIGGERED = 1 << 15;
const SHORTHANDS = [undefined, 'self', 'all', 'others'] as const;

/** Physical or logical destination from bit 11 of `register`; `broadcast` is the physical id that means every APIC. */
export const destinationOf = (register: number, id: number, broadcast: number): Destination => {
  if (register & LOGICAL) return { kind: 'logical', id };
  return id === broadcast ? { kind: 'all' } : { kind: 'physical', id };
};

/**
 * What a write of the ICR sends (SDM vol. 3, 10.6.1). Undefined for an INIT level de-assert, which processors since the Pentium 4
 * ignore; they also take every IPI as edge-triggered.
 */
export const messageOfIcr = (low: number, id: number, broadcast: number): ApicMessage | undefined => {
  const delivery = deliveryModeOf(low);
  if (delivery === 'init' && low & LEVEL_TRIGGERED && !(low & ASSERT)) return undefined;
  const shorthand = SHORTHANDS[(low >>> 18) & 3];
  const destination = shorthand ? { kind: shorthand } : destinationOf(low, id, broadcast);
  return { delivery, vector: low & 0xff, level: false, destination };
};

/** What the bus needs to know of a local APIC. */
export interface ApicPort {
  readonly id: number;
  /** PPR, by which the lowest-priority arbitration is decided. */
  readonly processorPriority: number;
  /** Whether a message for this destination is for this APIC; shorthands are the bus's. False for a globally disabled APIC. */
  accepts(destination: Destination): boolean;
  receive(message: ApicMessage): void;
}

interface Sent {
  readonly message: ApicMessage;
  readonly source: ApicPort | undefined;
}

export class ApicBus {
  /** Called when a device has sent a message, which is to be flushed soon. */
  onDeviceMessage: () => void = () => {};
  /** Called when a CPU has sent one to others. */
  onCpuMessage: () => void = () => {};
  readonly #apics: ApicPort[] = [];
  readonly #queue: Sent[] = [];

  attach(apic: ApicPort): void {
    this.#apics.push(apic);
  }

  /** Whether a flush has something to do. */
  get pending(): boolean {
    return this.#queue.length > 0;
  }

  /** Sends a message; `source` is the APIC whose CPU sent it, or undefined for the I/O APIC. */
  send(message: ApicMessage, source?: ApicPort): void {
    const { delivery, destination } = message;
    if (source && delivery !== 'lowest' && destination.kind !== 'others' && reaches(source, source, destination)) {
      source.receive(message);
      if (destination.kind === 'self') return;
    }
    this.#queue.push({ message, source });
    if (source) this.onCpuMessage();
    else this.onDeviceMessage();
  }

  /** Delivers everything that was sent to other CPUs, in the order in which it was sent. */
  flush(): void {
    if (this.#queue.length === 0) return;
    for (const { message, source } of this.#queue.splice(0)) {
      const targets = this.#apics.filter((apic) => reaches(apic, source, message.destination));
      if (message.delivery === 'lowest') lowestPriority(targets)?.receive(message);
      else for (const apic of targets) if (apic !== source) apic.receive(message);
    }
  }

  reset(): void {
    this.#queue.length = 0;
  }

  save() {
    return this.#queue.map(({ message, source }) => ({ message, source: source ? this.#apics.indexOf(source) : -1 }));
  }

  load(state: ReturnType<ApicBus['save']>): void {
    this.#queue.length = 0;
    for (const { message, source } of state) this.#queue.push({ message, source: this.#apics[source] });
  }
}

const reaches = (apic: ApicPort, source: ApicPort | undefined, destination: Destination): boolean => {
  switch (destination.kind) {
    case 'self':
      return apic === source;
    case 'others':
      return apic !== source && apic.accepts(destination);
    default:
      return apic.accepts(destination);
  }
};

/** The first of those with the lowest processor priority. */
const lowestPriority = (apics: readonly ApicPort[]): ApicPort | undefined =>
  apics.reduce<ApicPort | undefined>(
    (best, apic) => (best && best.processorPriority <= apic.processorPriority ? best : apic),
    undefined,
  );
