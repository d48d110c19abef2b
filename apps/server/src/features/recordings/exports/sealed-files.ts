import type { Uuid } from "@gatehouse/base";

/** Whose file it is; its key opens under this name alone. */
export interface SealedName {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
  readonly fileId: Uuid;
}

/** A file that was made and sealed, open for reading. */
export interface OpenSealedFile {
  readonly bytes: number;
  /** Opened bytes from … to, both included; rejects with `export.damaged` before a byte that was not sealed so. */
  read(first: number, last: number): AsyncGenerator<Uint8Array>;
}
