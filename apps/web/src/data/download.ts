import { ApiError } from "./api-error.ts";

export interface DownloadedFile {
  readonly name: string;
  readonly blob: Blob;
}

/** Reads a file to its end; tells how many bytes are there. Throws the reason of an aborted call. */
export async function readFile(
  response: Response,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<DownloadedFile> {
  const [, name = "download"] =
    /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "") ?? [];
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    for (const reader = response.body?.getReader(); reader !== undefined; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      bytes += value.byteLength;
      onBytes(bytes);
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw new ApiError("network", 0, { cause });
  }
  return { name, blob: new Blob(parts, { type: response.headers.get("content-type") ?? "" }) };
}

/** Lets the browser keep it. */
export function saveFile({ name, blob }: DownloadedFile): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it over by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
