import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Credentials, signatureFault } from "./signature.ts";

// An S3-compatible store in memory that takes nothing that is not signed, complete and unaltered.

const MIN_PART_BYTES = 5 * 1_048_576;
const MAX_BODY_BYTES = 64 * 1_048_576;

interface StoredObject {
  bytes: Buffer;
  etag: string;
  checksum: string;
  versionId: string;
}

interface Upload {
  readonly key: string;
  readonly parts: Map<number, StoredObject>;
}

export interface S3DoubleOptions extends Partial<Credentials> {
  readonly bucket?: string;
  /** As some stores do, it knows nothing of checksums. */
  readonly keepsChecksums?: boolean;
  /** Deleted objects are kept under their version, unless they are deleted by it. */
  readonly keepsVersions?: boolean;
}

export interface S3Request {
  readonly method: string;
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly status: number;
}

export interface S3Double extends AsyncDisposable, Credentials {
  readonly url: string;
  readonly bucket: string;
  /** What was asked, with the answer, oldest first. */
  readonly requests: S3Request[];
  readonly objects: Map<string, { bytes: Buffer }>;
  readonly uploads: ReadonlyMap<string, { readonly key: string }>;
  /** Names of objects that cannot be deleted. */
  readonly locked: Set<string>;
  /** The next requests that it is true for are answered so, or end in the middle. */
  fault:
    | ((request: { readonly method: string; readonly query: Readonly<Record<string, string>> }) => S3Fault)
    | undefined;
  /** Of its clock against the one of this machine. */
  clockAheadMs: number;
}

/** A status with an error code, a cut connection, or nothing. */
export type S3Fault =
  | { readonly status: number; readonly code: string; readonly headers?: Record<string, string> }
  | "cut"
  | undefined;

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64");
const xml = (name: string, content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${name}>`;

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

interface Call {
  readonly method: string;
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string;
}

export async function s3Double(options: S3DoubleOptions = {}): Promise<S3Double> {
  const { bucket = "films", keepsChecksums = true, keepsVersions = false } = options;
  const credentials = {
    accessKeyId: options.accessKeyId ?? "AKIDEXAMPLE",
    secretAccessKey: options.secretAccessKey ?? "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    region: options.region ?? "eu-central-1",
  };
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, Upload>();
  const sumOf = (object: StoredObject): Record<string, string> =>
    keepsChecksums ? { "x-amz-checksum-sha256": object.checksum } : {};

  const assertChecksum = ({ headers, body }: Call): void => {
    const said = headers["x-amz-checksum-sha256"];
    if (said !== undefined && said !== sha256(body)) throw new Refusal(400, "BadDigest");
  };
  const objectOf = (bytes: Buffer, checksum = sha256(bytes)): StoredObject => ({
    bytes,
    checksum,
    etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
    versionId: randomUUID(),
  });
  const versionHeader = (object: StoredObject): Record<string, string> =>
    keepsVersions ? { "x-amz-version-id": object.versionId } : {};

  function put(call: Call): Answer {
    assertChecksum(call);
    const { key, query, body } = call;
    if (query.uploadId !== undefined) {
      const part = objectOf(body);
      uploadOf(call).parts.set(Number(query.partNumber), part);
      return { headers: { etag: part.etag, ...sumOf(part) } };
    }
    const object = objectOf(body);
    objects.set(key, object);
    return { headers: { etag: object.etag, ...sumOf(object), ...versionHeader(object) } };
  }

  function uploadOf({ key, query }: Call): Upload {
    const upload = uploads.get(query.uploadId ?? "");
    if (upload?.key !== key) throw new Refusal(404, "NoSuchUpload");
    return upload;
  }

  function post(call: Call): Answer {
    const { key, query, body } = call;
    if (query.uploads !== undefined) {
      const id = randomUUID();
      uploads.set(id, { key, parts: new Map() });
      return {
        body: xml("InitiateMultipartUploadResult", `<Bucket>${bucket}</Bucket><UploadId>${id}</UploadId>`),
      };
    }
    const { parts } = uploadOf(call);
    const named = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/g)].map(([, part = ""]) => ({
      number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
      etag: /<ETag>(.*?)</.exec(part)?.[1]?.replaceAll("&quot;", '"'),
      checksum: /<ChecksumSHA256>(.*?)</.exec(part)?.[1],
    }));
    const chosen = named.map(({ number, etag, checksum }) => {
      const part = parts.get(number);
      const isIt =
        part !== undefined && part.etag === etag && (checksum === undefined || checksum === part.checksum);
      if (!isIt) throw new Refusal(400, "InvalidPart");
      return part;
    });
    if (chosen.length === 0) throw new Refusal(400, "MalformedXML");
    if (chosen.slice(0, -1).some(({ bytes }) => bytes.length < MIN_PART_BYTES))
      throw new Refusal(400, "EntityTooSmall");
    const digests = chosen.map(({ checksum }) => Buffer.from(checksum, "base64"));
    const composite = `${sha256(Buffer.concat(digests))}-${chosen.length}`;
    const object = objectOf(Buffer.concat(chosen.map(({ bytes }) => bytes)), composite);
    objects.set(key, object);
    uploads.delete(query.uploadId ?? "");
    return {
      body: xml("CompleteMultipartUploadResult", `<ETag>${object.etag}</ETag>`),
      headers: versionHeader(object),
    };
  }

  function get(call: Call): Answer {
    const { key, method, query, headers } = call;
    if (key === "") return listObjects(query);
    if (query.uploadId !== undefined) return listParts(call);
    const object = objects.get(key);
    if (object === undefined) throw new Refusal(404, "NoSuchKey");
    // Whoever changes the bytes in the store changes what it says of them.
    const isChanged = !object.checksum.includes("-") && object.checksum !== sha256(object.bytes);
    const now = isChanged ? { ...objectOf(object.bytes), versionId: object.versionId } : object;
    const common = {
      etag: now.etag,
      ...versionHeader(now),
      ...(headers["x-amz-checksum-mode"] ? sumOf(now) : {}),
    };
    if (method === "HEAD") return { headers: { ...common, "content-length": String(now.bytes.length) } };
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
    if (from === undefined) return { headers: common, body: now.bytes };
    if (Number(from) >= now.bytes.length) throw new Refusal(416, "InvalidRange");
    return { status: 206, headers: common, body: now.bytes.subarray(Number(from), Number(to) + 1) };
  }

  function listParts(call: Call): Answer {
    const { query } = call;
    const after = Number(query["part-number-marker"] ?? 0);
    const all = [...uploadOf(call).parts].sort(([a], [b]) => a - b).filter(([number]) => number > after);
    const page = all.slice(0, Math.min(Number(query["max-parts"] ?? 1_000), 2));
    const parts = page.map(
      ([number, { etag, bytes, checksum }]) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>${etag.replaceAll('"', "&quot;")}</ETag><Size>${bytes.length}</Size>` +
        `${keepsChecksums ? `<ChecksumSHA256>${checksum}</ChecksumSHA256>` : ""}</Part>`,
    );
    const isMore = all.length > page.length;
    const next = `<NextPartNumberMarker>${page.at(-1)?.[0] ?? 0}</NextPartNumberMarker>`;
    return {
      body: xml(
        "ListPartsResult",
        `<IsTruncated>${isMore}</IsTruncated>${isMore ? next : ""}${parts.join("")}`,
      ),
    };
  }

  function listObjects(query: Call["query"]): Answer {
    const after = query["continuation-token"] ?? "";
    const all = [...objects.keys()].sort().filter((key) => key.startsWith(query.prefix ?? "") && key > after);
    const page = all.slice(0, 3);
    const isMore = all.length > page.length;
    const next = `<NextContinuationToken>${page.at(-1) ?? ""}</NextContinuationToken>`;
    const keys = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
    return {
      body: xml("ListBucketResult", `<IsTruncated>${isMore}</IsTruncated>${isMore ? next : ""}${keys}`),
    };
  }

  function remove(call: Call): Answer {
    const { key, query } = call;
    if (query.uploadId !== undefined) {
      uploadOf(call);
      uploads.delete(query.uploadId);
      return { status: 204 };
    }
    if (double.locked.has(key)) throw new Refusal(403, "AccessDenied");
    objects.delete(key);
    return { status: 204 };
  }

  function answer(call: Call): Answer {
    if (call.method === "PUT") return put(call);
    if (call.method === "POST") return post(call);
    if (call.method === "DELETE") return remove(call);
    return get(call);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", headers } = request;
    const { pathname, searchParams } = new URL(url, "http://s3");
    const [, asked = "", ...rest] = pathname.split("/");
    const key = decodeURIComponent(rest.join("/"));
    const query = Object.fromEntries(searchParams);
    const fault = double.fault?.({ method, query });
    const body = await read(request, fault === "cut" ? () => request.socket.destroy() : undefined);
    if (fault === "cut" || body === undefined) return void request.socket.destroy();
    let given: Answer;
    try {
      if (fault !== undefined) {
        response.setHeaders(new Map(Object.entries(fault.headers ?? {})));
        throw new Refusal(fault.status, fault.code);
      }
      const signed = { method, target: url, headers, body };
      const code = signatureFault(signed, credentials, Date.now() + double.clockAheadMs);
      if (code !== undefined) throw new Refusal(code.startsWith("XAmz") ? 400 : 403, code);
      if (asked !== bucket) throw new Refusal(404, "NoSuchBucket");
      given = answer({ method, key, query, headers, body });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      given = { status: error.status, body: xml("Error", `<Code>${error.code}</Code><Message>no</Message>`) };
    }
    const { status = 200, headers: more = {}, body: bytes = "" } = given;
    double.requests.push({ method, key, query, bytes: body.length, status });
    response.setHeader("date", new Date(Date.now() + double.clockAheadMs).toUTCString());
    response.writeHead(status, more).end(method === "HEAD" ? undefined : bytes);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const double: S3Double = {
    ...credentials,
    ...{ bucket, objects, uploads, requests: [], locked: new Set(), fault: undefined, clockAheadMs: 0 },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return double;
}

/** Undefined when it ends too early or is too long. */
async function read(request: IncomingMessage, halfWay?: () => void): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  const half = Number(request.headers["content-length"] ?? 0) / 2;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      if (halfWay !== undefined && bytes >= half) halfWay();
      if (bytes > MAX_BODY_BYTES) return undefined;
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(parts);
}
