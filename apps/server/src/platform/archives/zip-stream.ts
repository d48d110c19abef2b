import { Zip, ZipDeflate, ZipPassThrough } from "fflate";

export interface ZipFile {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Pictures do not become smaller. */
  readonly isStored?: boolean;
}

/** A good part of what stronger levels save, at a fraction of their time: this thread serves others too. */
const LEVEL = 2;

/** A zip, made while it is read: one chunk of one file is in memory at a time. */
export async function* zipStream(
  files: AsyncIterable<ZipFile> | Iterable<ZipFile>,
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, bytes) => {
    if (error !== null) throw error;
    ready.push(bytes);
  });
  for await (const { name, chunks, isStored } of files) {
    const file = isStored === true ? new ZipPassThrough(name) : new ZipDeflate(name, { level: LEVEL });
    zip.add(file);
    for await (const chunk of chunks) {
      file.push(chunk);
      yield* ready.splice(0);
    }
    file.push(new Uint8Array(0), true);
    yield* ready.splice(0);
  }
  zip.end();
  yield* ready;
}
