/** A file that grows. */
export interface BlobWriter {
  /**
   * On disk, with everything before it, when it resolves. When it fails the blob is as it was before the call.
   * Refuses `server.disk_full`.
   */
  append(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Files of bytes by name: `part/part/name.suffix`, each part of a-z, 0-9, dot and hyphen. */
export interface Blobs {
  /** A new one; one of this name that is there already is an error. */
  create(name: string): Promise<BlobWriter>;
  /** Goes on at the end of one that is there; undefined when there is none. */
  reopen(name: string): Promise<BlobWriter | undefined>;
  /** A small one, whole and durable when it resolves, in place of what is there. Refuses `server.disk_full`. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** The bytes from … to; fewer where it ends before. Undefined when there is no such blob. */
  read(name: string, from: number, to: number): Promise<Uint8Array | undefined>;
  /** Length in bytes; undefined when there is no such blob. */
  size(name: string): Promise<number | undefined>;
  truncate(name: string, bytes: number): Promise<void>;
  /** Gone when it resolves, also when it was not there. */
  remove(name: string): Promise<void>;
  /** What a crash left of `put` is gone when it resolves, whatever it was to replace; before the first `put`. Answers how many. */
  removeDrafts(): Promise<number>;
  /** Names of all. */
  list(): AsyncIterable<string>;
  space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
}
