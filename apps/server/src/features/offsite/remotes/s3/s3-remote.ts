import type { Clock, Uuid } from "@gatehouse/base";
import { createSha256, sha256, sha256Hex } from "../../../../platform/secrets/index.ts";
import type { CopyName } from "../../model.ts";
import type { SegmentFile } from "../../ports.ts";
import type { ExchangeDeps } from "../exchange.ts";
import {
  type Found,
  type Progress,
  type Remote,
  RemoteFailure,
  type Source,
  type Stored,
} from "../remote.ts";
import { abortUpload, digestsOf, PART_BYTES, type Uploaded, uploadParts, versionOf } from "./multipart.ts";
import { failureOf, S3Client, type S3Settings } from "./s3-client.ts";
import { elements, textOf } from "./xml.ts";

const SUFFIX = { segment: "ghs", key: "key" } as const satisfies Record<SegmentFile, string>;
const keyOf = ({ tenantId, cameraId, segmentId }: CopyName, file: SegmentFile): string =>
  `${tenantId}/${cameraId}/${segmentId}.${SUFFIX[file]}`;
const wrappingKeyOf = (tenantId: Uuid, generation: number): string => `${tenantId}/keys/${generation}.sealed`;
const NAME = /([0-9a-f-]{36})\/([0-9a-f-]{36})\/([0-9a-f-]{36})\.ghs$/;
const MAX_SMALL_BYTES = 4_096;

/**
 * `look`: what the store says of it. `verify`: by the store's own checksum, and where it keeps none by reading all of it
 * back. `read`: by reading all of it back.
 */
type How = "look" | "verify" | "read";
type Sums = Pick<Stored, "bytes" | "sha256" | "checksum" | "etag">;

interface Looked {
  readonly found: Found;
  readonly etag: string | undefined;
  readonly versionId: string | undefined;
}

/** An S3-compatible store. */
export class S3Remote implements Remote {
  readonly #s3: S3Client;
  readonly #prefix: string;
  readonly #clock: Clock;

  constructor(settings: S3Settings, deps: ExchangeDeps) {
    this.#clock = deps.clock;
    this.#s3 = new S3Client(settings, deps);
    this.#prefix = settings.prefix;
  }

  async probe(signal: AbortSignal): Promise<void> {
    const key = "gatehouse-test";
    const body = Buffer.from("gatehouse");
    const versionId = await this.#putSmall(key, body, signal);
    const { body: back } = await this.#s3.send({ method: "GET", key, maxBytes: MAX_SMALL_BYTES }, signal);
    if (!body.equals(back)) throw new RemoteFailure("altered_there");
    await this.#delete(key, versionId, signal);
  }

  async put(source: Source, progress: Progress, signal: AbortSignal): Promise<Stored> {
    const key = keyOf(source, "segment");
    const uploaded =
      source.bytes <= PART_BYTES
        ? await this.#putWhole(key, source, progress, signal)
        : await this.#putParts(key, source, progress, signal);
    const keyVersionId = await this.#putSmall(keyOf(source, "key"), source.key, signal);
    const { versionId, ...rest } = uploaded;
    const stored = {
      ...rest,
      bytes: source.bytes,
      keySha256: sha256Hex(source.key),
      ...(versionId === undefined ? {} : { versionId }),
      ...(keyVersionId === undefined ? {} : { keyVersionId }),
    };
    const { found, etag } = await this.#look(source, stored, "verify", signal);
    if (found !== "whole") throw new RemoteFailure(found === "missing" ? "missing_there" : "altered_on_way");
    return { ...stored, ...(etag === undefined ? {} : { etag }) };
  }

  async check(name: CopyName, stored: Stored, deep: boolean, signal: AbortSignal): Promise<Found> {
    return (await this.#look(name, stored, deep ? "read" : "look", signal)).found;
  }

  async remove(name: CopyName, stored: Stored | undefined, signal: AbortSignal): Promise<"gone" | "kept"> {
    // The key first: without it the rest is of no use to anybody.
    const key = await this.#delete(keyOf(name, "key"), stored?.keyVersionId, signal);
    const segment = await this.#delete(keyOf(name, "segment"), stored?.versionId, signal);
    return key === "gone" && segment === "gone" ? "gone" : "kept";
  }

  abandon(name: CopyName, upload: string, signal: AbortSignal): Promise<void> {
    return abortUpload(this.#s3, keyOf(name, "segment"), upload, signal);
  }

  async putWrappingKey(
    tenantId: Uuid,
    generation: number,
    sealed: Uint8Array,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#putSmall(wrappingKeyOf(tenantId, generation), sealed, signal);
  }

  async wrappingKeys(
    tenantId: Uuid,
    signal: AbortSignal,
  ): Promise<{ generation: number; sealed: Uint8Array }[]> {
    const keys: { generation: number; sealed: Uint8Array }[] = [];
    for await (const key of this.#list(`${tenantId}/keys/`, signal)) {
      const generation = Number(/\/(\d{1,9})\.sealed$/.exec(key)?.[1]);
      if (Number.isNaN(generation)) continue;
      const { body } = await this.#s3.send(
        { method: "GET", key: wrappingKeyOf(tenantId, generation), maxBytes: MAX_SMALL_BYTES },
        signal,
      );
      keys.push({ generation, sealed: body });
    }
    return keys;
  }

  async *list(tenantId: Uuid, signal: AbortSignal): AsyncGenerator<CopyName> {
    for await (const key of this.#list(`${tenantId}/`, signal)) {
      const [, tenant, cameraId, segmentId] = NAME.exec(key) ?? [];
      if (tenant === tenantId && cameraId !== undefined && segmentId !== undefined)
        yield { tenantId, cameraId, segmentId };
    }
  }

  async read(
    name: CopyName,
    file: SegmentFile,
    from: number,
    to: number,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const range = { range: `bytes=${from}-${to - 1}` };
    const maxBytes = to - from;
    const reply = await this.#s3.send(
      { method: "GET", key: keyOf(name, file), headers: range, maxBytes, expect: [404, 416] },
      signal,
    );
    if (reply.status === 404) {
      const failure = failureOf(reply, this.#clock.nowMs());
      // A bucket that is gone is no copy that is gone.
      if (failure.code === "not_found") throw failure;
      return undefined;
    }
    return reply.status === 416 ? new Uint8Array(0) : reply.body;
  }

  async #putWhole(key: string, source: Source, progress: Progress, signal: AbortSignal): Promise<Uploaded> {
    const bytes = await source.read(0, source.bytes);
    const checksum = Buffer.from(sha256(bytes)).toString("base64");
    const versionId = await this.#putObject(key, bytes, checksum, signal);
    await progress.save(undefined, source.bytes);
    return { sha256: Buffer.from(checksum, "base64").toString("hex"), checksum, versionId };
  }

  async #putParts(key: string, source: Source, progress: Progress, signal: AbortSignal): Promise<Uploaded> {
    const uploaded = await uploadParts(this.#s3, key, source, progress, signal);
    if (uploaded !== undefined) return uploaded;
    // The process before may have died just after its end; else it was given up there and is begun anew.
    const ended = await digestsOf(source);
    const { found, versionId } = await this.#lookAt(
      source,
      { ...ended, bytes: source.bytes },
      "verify",
      signal,
    );
    if (found === "whole") return { ...ended, versionId };
    await progress.save(undefined, 0);
    const again = await uploadParts(this.#s3, key, source, { ...progress, upload: undefined }, signal);
    if (again === undefined) throw new RemoteFailure("unexpected", "NoSuchUpload");
    return again;
  }

  async #putSmall(key: string, body: Uint8Array, signal: AbortSignal): Promise<string | undefined> {
    return this.#putObject(key, body, Buffer.from(sha256(body)).toString("base64"), signal);
  }

  async #putObject(
    key: string,
    body: Uint8Array,
    checksum: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const headers = { "x-amz-checksum-sha256": checksum, "content-type": "application/octet-stream" };
    const reply = await this.#s3.send({ method: "PUT", key, headers, body }, signal);
    return versionOf(reply.headers);
  }

  /** Both files. */
  async #look(
    name: CopyName,
    stored: Stored,
    how: How,
    signal: AbortSignal,
  ): Promise<{ readonly found: Found; readonly etag: string | undefined }> {
    const small = await this.read(name, "key", 0, MAX_SMALL_BYTES, signal);
    if (small === undefined) return { found: "missing", etag: undefined };
    if (sha256Hex(small) !== stored.keySha256) return { found: "altered", etag: undefined };
    return this.#lookAt(name, stored, how, signal);
  }

  /** The segment's file alone. */
  async #lookAt(name: CopyName, stored: Sums, how: How, signal: AbortSignal): Promise<Looked> {
    const key = keyOf(name, "segment");
    const headers = { "x-amz-checksum-mode": "ENABLED" };
    const head = await this.#s3.send({ method: "HEAD", key, headers, expect: [404] }, signal);
    const { etag } = head.headers;
    const looked = { etag, versionId: versionOf(head.headers) };
    if (head.status === 404) return { ...looked, found: "missing" };
    const checksum = head.headers["x-amz-checksum-sha256"];
    const isDifferent =
      Number(head.headers["content-length"]) !== stored.bytes ||
      (checksum !== undefined && checksum !== stored.checksum) ||
      (how === "look" && stored.etag !== undefined && etag !== stored.etag);
    if (isDifferent) return { ...looked, found: "altered" };
    if (how === "look" || (how === "verify" && checksum !== undefined)) return { ...looked, found: "whole" };
    const isSame = (await this.#digest(name, stored.bytes, signal)) === stored.sha256;
    return { ...looked, found: isSame ? "whole" : "altered" };
  }

  async #digest(name: CopyName, bytes: number, signal: AbortSignal): Promise<string> {
    const hash = createSha256();
    for (let at = 0; at < bytes; at += PART_BYTES) {
      const part = await this.read(name, "segment", at, Math.min(bytes, at + PART_BYTES), signal);
      if (part === undefined || part.length === 0) break;
      hash.update(part);
    }
    return hash.hex();
  }

  async #delete(key: string, versionId: string | undefined, signal: AbortSignal): Promise<"gone" | "kept"> {
    try {
      const query = versionId === undefined ? {} : { versionId };
      await this.#s3.send({ method: "DELETE", key, query, expect: [404] }, signal);
      return "gone";
    } catch (error) {
      // A lock answers as a missing right does.
      if (
        error instanceof RemoteFailure &&
        error.code === "refused" &&
        error.detail?.includes("AccessDenied")
      )
        return "kept";
      throw error;
    }
  }

  async *#list(under: string, signal: AbortSignal): AsyncGenerator<string> {
    for (let token: string | undefined; ; ) {
      const query = {
        "list-type": "2",
        prefix: this.#prefix + under,
        ...(token === undefined ? {} : { "continuation-token": token }),
      };
      const { body } = await this.#s3.send({ method: "GET", query }, signal);
      const xml = new TextDecoder().decode(body);
      for (const one of elements(xml, "Contents")) {
        const key = textOf(one, "Key");
        if (key !== undefined) yield key;
      }
      token = textOf(xml, "NextContinuationToken");
      if (textOf(xml, "IsTruncated") !== "true" || token === undefined) return;
    }
  }
}
