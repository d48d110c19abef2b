import { createSha256, sha256 } from "../../../../platform/secrets/index.ts";
import { type Progress, RemoteFailure, type Source } from "../remote.ts";
import type { S3Client } from "./s3-client.ts";
import { elements, escapeText, textOf } from "./xml.ts";

/** S3 takes no part below 5 MiB but the last. */
export const PART_BYTES = 8 * 1_048_576;
const LISTED_PARTS = 1_000;

interface Part {
  readonly number: number;
  readonly etag: string;
  readonly bytes: number;
  /** SHA-256, base64; absent where the store does not keep any. */
  readonly checksum: string | undefined;
}

export interface Uploaded {
  readonly sha256: string;
  /** Of the whole as S3 counts it: the SHA-256 of the parts' ones, and how many there are. */
  readonly checksum: string;
  readonly versionId: string | undefined;
}

/**
 * Uploads a segment's file in parts. An upload that was begun by a process before is gone on with: parts that are there
 * with the right digest are not sent again. `undefined`: the other side does not know the upload any more.
 */
export async function uploadParts(
  s3: S3Client,
  key: string,
  source: Source,
  progress: Progress,
  signal: AbortSignal,
): Promise<Uploaded | undefined> {
  const known = progress.upload === undefined ? undefined : await listParts(s3, key, progress.upload, signal);
  if (progress.upload !== undefined && known === undefined) return undefined;
  const upload = progress.upload ?? (await begin(s3, key, signal));
  if (known === undefined) await progress.save(upload, 0);
  const whole = createSha256();
  const digests: Uint8Array[] = [];
  const parts: Part[] = [];
  for (let number = 1, at = 0; at < source.bytes; number++, at += PART_BYTES) {
    const bytes = await source.read(at, Math.min(source.bytes, at + PART_BYTES));
    const digest = sha256(bytes);
    const checksum = Buffer.from(digest).toString("base64");
    whole.update(bytes);
    digests.push(digest);
    const there = known?.get(number);
    const isThere =
      there?.bytes === bytes.length && (there.checksum === undefined || there.checksum === checksum);
    parts.push(isThere ? there : await putPart(s3, key, upload, { number, bytes, checksum }, signal));
    await progress.save(upload, at + bytes.length);
  }
  const versionId = await complete(s3, key, upload, parts, signal);
  return { sha256: whole.hex(), checksum: compositeOf(digests), versionId };
}

/** What such an upload of this file comes to. */
export async function digestsOf(source: Source): Promise<Omit<Uploaded, "versionId">> {
  const whole = createSha256();
  const digests: Uint8Array[] = [];
  for (let at = 0; at < source.bytes; at += PART_BYTES) {
    const bytes = await source.read(at, Math.min(source.bytes, at + PART_BYTES));
    whole.update(bytes);
    digests.push(sha256(bytes));
  }
  return { sha256: whole.hex(), checksum: compositeOf(digests) };
}

const compositeOf = (digests: readonly Uint8Array[]): string =>
  `${Buffer.from(sha256(Buffer.concat(digests))).toString("base64")}-${digests.length}`;

export async function abortUpload(
  s3: S3Client,
  key: string,
  upload: string,
  signal: AbortSignal,
): Promise<void> {
  await s3.send({ method: "DELETE", key, query: { uploadId: upload }, expect: [404] }, signal);
}

async function begin(s3: S3Client, key: string, signal: AbortSignal): Promise<string> {
  const headers = { "x-amz-checksum-algorithm": "SHA256", "content-type": "application/octet-stream" };
  const { body } = await s3.send({ method: "POST", key, query: { uploads: "" }, headers }, signal);
  const upload = textOf(new TextDecoder().decode(body), "UploadId");
  if (upload === undefined || upload === "") throw new RemoteFailure("unexpected", "no UploadId");
  return upload;
}

/** Undefined when the upload is not known: it was ended, or given up. */
async function listParts(
  s3: S3Client,
  key: string,
  upload: string,
  signal: AbortSignal,
): Promise<Map<number, Part> | undefined> {
  const parts = new Map<number, Part>();
  for (let marker = "0"; ; ) {
    const query = {
      uploadId: upload,
      "max-parts": String(LISTED_PARTS),
      ...(marker === "0" ? {} : { "part-number-marker": marker }),
    };
    const { status, body } = await s3.send({ method: "GET", key, query, expect: [404] }, signal);
    if (status === 404) return undefined;
    const xml = new TextDecoder().decode(body);
    for (const part of elements(xml, "Part").map(parsePart)) parts.set(part.number, part);
    const next = textOf(xml, "NextPartNumberMarker");
    if (textOf(xml, "IsTruncated") !== "true" || next === undefined || next === marker) return parts;
    marker = next;
  }
}

const parsePart = (xml: string): Part => ({
  number: Number(textOf(xml, "PartNumber")),
  etag: textOf(xml, "ETag") ?? "",
  bytes: Number(textOf(xml, "Size")),
  checksum: textOf(xml, "ChecksumSHA256"),
});

async function putPart(
  s3: S3Client,
  key: string,
  upload: string,
  part: { readonly number: number; readonly bytes: Uint8Array; readonly checksum: string },
  signal: AbortSignal,
): Promise<Part> {
  const { number, bytes, checksum } = part;
  const query = { partNumber: String(number), uploadId: upload };
  const headers = { "x-amz-checksum-sha256": checksum };
  const { headers: reply } = await s3.send({ method: "PUT", key, query, headers, body: bytes }, signal);
  return { number, bytes: bytes.length, checksum, etag: reply.etag ?? "" };
}

/** Answers the version where the bucket keeps versions. */
async function complete(
  s3: S3Client,
  key: string,
  upload: string,
  parts: readonly Part[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const body = Buffer.from(
    [
      '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
      ...parts.map(
        ({ number, etag, checksum }) =>
          `<Part><PartNumber>${number}</PartNumber><ETag>${escapeText(etag)}</ETag>` +
          `${checksum === undefined ? "" : `<ChecksumSHA256>${escapeText(checksum)}</ChecksumSHA256>`}</Part>`,
      ),
      "</CompleteMultipartUpload>",
    ].join(""),
  );
  const headers = { "content-type": "application/xml" };
  const reply = await s3.send({ method: "POST", key, query: { uploadId: upload }, headers, body }, signal);
  // A failure may come after the status of success (S3 API, CompleteMultipartUpload).
  const xml = new TextDecoder().decode(reply.body);
  if (elements(xml, "Error").length > 0 || /<Error[\s>]/.test(xml))
    throw new RemoteFailure("unexpected", textOf(xml, "Code"));
  return versionOf(reply.headers);
}

export function versionOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string | undefined {
  const version = headers["x-amz-version-id"];
  return typeof version === "string" && version !== "null" ? version : undefined;
}
