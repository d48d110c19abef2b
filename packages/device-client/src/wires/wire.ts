/** What the far side said about one envelope. */
export interface Receipt {
  /** `stored`, `duplicate`: it has it for good. `refused`: it never will. `unknown`: the wire itself cannot tell. */
  readonly result: "stored" | "duplicate" | "refused" | "unknown";
  /** Code of the server's catalogue, of a refusal. */
  readonly code?: string;
  readonly serverTimeMs?: number;
}

export interface WireHandlers {
  /** One envelope from the server. */
  received(envelope: Uint8Array): void;
  /** Once, after which the wire is of no use. */
  closed(reason: string): void;
}

/** One connection. */
export interface Wire {
  /** Resolves when the wire did what it can to deliver it; rejects when it cannot. */
  send(envelope: Uint8Array): Promise<Receipt>;
  /** The same for what nobody acknowledges: resolves when the far side has read it, where the wire can tell. */
  post(envelope: Uint8Array): Promise<void>;
  close(): void;
}

/** One way to the server. */
export interface Carrier {
  readonly name: "websocket" | "mqtt" | "http";
  /** Whether the server can speak too: then there are sessions, commands and acknowledgements. */
  readonly isTwoWay: boolean;
  connect(handlers: WireHandlers): Promise<Wire>;
}

export const CONNECT_TIMEOUT_MS = 15_000;
/** How long an envelope may be under way before the connection counts as dead. */
export const SEND_TIMEOUT_MS = 20_000;
/** From the server nothing larger is expected: commands, settings, keys. */
export const MAX_INCOMING_BYTES = 256 * 1024;
