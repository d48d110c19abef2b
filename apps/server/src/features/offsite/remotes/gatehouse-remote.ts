import type { Uuid } from "@gatehouse/base";
import { type AnyEndpoint, cameras } from "@gatehouse/contract";
import { createSha256, sha256Hex } from "../../../platform/secrets/index.ts";
import type { CopyName } from "../model.ts";
import type { SegmentFile } from "../ports.ts";
import { type ExchangeDeps, exchange } from "./exchange.ts";
import { type Found, type Progress, type Remote, RemoteFailure, type Source, type Stored } from "./remote.ts";

type Settings = Extract<cameras.OffsiteSettings, { kind: "gatehouse" }>;

interface Asked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: object;
  readonly bytes?: Uint8Array;
  /** Codes that are answered instead of thrown. */
  readonly expect?: readonly string[];
}

interface Answer {
  readonly body: Uint8Array;
  /** Of a refusal that was expected. */
  readonly code?: string;
}

interface State {
  readonly offset: number;
  readonly whole: boolean;
}

const PART_BYTES = cameras.MAX_COPY_PART_BYTES;
/** Its own copies are listed so to see whether it answers: nobody has this id. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** An inbox of another Gatehouse. */
export class GatehouseRemote implements Remote {
  readonly #settings: Settings;
  readonly #deps: ExchangeDeps;

  constructor(settings: Settings, deps: ExchangeDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  /** It asks for a copy that is not there: nothing that is put into an inbox goes at once. */
  async probe(signal: AbortSignal): Promise<void> {
    const expect = ["offsite.copy_not_found"];
    await this.#ask(cameras.checkCopy, { params: { segmentId: NOBODY }, expect }, signal);
  }

  async put(source: Source, progress: Progress, signal: AbortSignal): Promise<Stored> {
    const { tenantId, cameraId, segmentId, bytes, key } = source;
    const sha256 = await digestOf(source);
    const params = { segmentId };
    const json = { tenantId, cameraId, segmentId, bytes, sha256, key: Buffer.from(key).toString("base64") };
    let state = parse<State>(await this.#ask(cameras.beginCopy, { json }, signal));
    while (!state.whole && state.offset < bytes) {
      const part = await source.read(state.offset, Math.min(bytes, state.offset + PART_BYTES));
      const query = { offset: String(state.offset) };
      state = parse<State>(await this.#ask(cameras.appendCopy, { params, query, bytes: part }, signal));
      await progress.save(undefined, state.offset);
    }
    const stored = { bytes, sha256, keySha256: sha256Hex(key) };
    // What is whole already is asked for what it is; it may have arrived just before this process began.
    const answer = state.whole
      ? await this.#ask(cameras.checkCopy, { params }, signal)
      : await this.#ask(cameras.finishCopy, { params, json: {} }, signal);
    const said = parse<Pick<Stored, "sha256" | "keySha256">>(answer);
    if (said.sha256 !== stored.sha256 || said.keySha256 !== stored.keySha256)
      throw new RemoteFailure("altered_there");
    return stored;
  }

  async check({ segmentId }: CopyName, stored: Stored, _deep: boolean, signal: AbortSignal): Promise<Found> {
    const expect = ["offsite.copy_not_found"];
    const answer = await this.#ask(cameras.checkCopy, { params: { segmentId }, expect }, signal);
    if (answer.code !== undefined) return "missing";
    const said = parse<Stored>(answer);
    const isSame =
      said.sha256 === stored.sha256 && said.keySha256 === stored.keySha256 && said.bytes === stored.bytes;
    return isSame ? "whole" : "altered";
  }

  async remove({ segmentId }: CopyName, _stored: Stored | undefined, signal: AbortSignal) {
    const expect = ["offsite.copy_not_found", "offsite.copy_kept"];
    const { code } = await this.#ask(cameras.removeCopy, { params: { segmentId }, expect }, signal);
    return code === "offsite.copy_kept" ? "kept" : "gone";
  }

  /** The inbox itself forgets what nobody goes on with. */
  async abandon(): Promise<void> {}

  async putWrappingKey(
    tenantId: Uuid,
    generation: number,
    sealed: Uint8Array,
    signal: AbortSignal,
  ): Promise<void> {
    const json = { tenantId, sealed: Buffer.from(sealed).toString("base64") };
    await this.#ask(cameras.putCopyKey, { params: { generation: String(generation) }, json }, signal);
  }

  async *list(tenantId: Uuid, signal: AbortSignal): AsyncGenerator<CopyName> {
    for (let after: Uuid | undefined; ; ) {
      const query = { tenant: tenantId, ...(after === undefined ? {} : { after }) };
      const answer = await this.#ask(cameras.listCopies, { query }, signal);
      const { items } = parse<{ items: { cameraId: Uuid; segmentId: Uuid }[] }>(answer);
      for (const { cameraId, segmentId } of items) yield { tenantId, cameraId, segmentId };
      after = items.at(-1)?.segmentId;
      if (after === undefined) return;
    }
  }

  async wrappingKeys(tenantId: Uuid, signal: AbortSignal) {
    const answer = await this.#ask(cameras.listCopies, { query: { tenant: tenantId } }, signal);
    const { keys } = parse<{ keys: { generation: number; sealed: string }[] }>(answer);
    return keys.map(({ generation, sealed }) => ({ generation, sealed: Buffer.from(sealed, "base64") }));
  }

  async read({ segmentId }: CopyName, file: SegmentFile, from: number, to: number, signal: AbortSignal) {
    const pieces: Uint8Array[] = [];
    for (let at = from; at < to; ) {
      const query = { file, from: String(at), to: String(Math.min(to, at + PART_BYTES)) };
      const asked = { params: { segmentId }, query, expect: ["offsite.copy_not_found"] };
      const { body, code } = await this.#ask(cameras.getCopyContent, asked, signal);
      if (code !== undefined) return undefined;
      if (body.length === 0) break;
      pieces.push(body);
      at += body.length;
    }
    return Buffer.concat(pieces);
  }

  async #ask({ method, path }: AnyEndpoint, asked: Asked, signal: AbortSignal): Promise<Answer> {
    const { json, bytes, params = {}, query = {}, expect = [] } = asked;
    const { inboxId, token, url } = this.#settings;
    const address = new URL(url);
    const named: Readonly<Record<string, string>> = { ...params, id: inboxId };
    address.pathname =
      address.pathname.replace(/\/$/, "") + path.replace(/:(\w+)/g, (_, name: string) => named[name] ?? "");
    address.search = new URLSearchParams(query).toString();
    const type = bytes === undefined ? "application/json" : cameras.COPY_TYPE;
    const sent = bytes ?? (json === undefined ? undefined : Buffer.from(JSON.stringify(json)));
    const reply = await exchange(this.#deps, address.href, {
      ...{ method, signal },
      headers: { authorization: `Bearer ${token}`, ...(sent === undefined ? {} : { "content-type": type }) },
      ...(sent === undefined ? {} : { body: sent }),
    });
    if (reply.status >= 200 && reply.status < 300) return { body: reply.body };
    const code = codeOf(reply.body);
    if (code !== undefined && expect.includes(code)) return { body: reply.body, code };
    throw failureOf(reply.status, code, Number(reply.headers["retry-after"] ?? Number.NaN));
  }
}

const parse = <T>({ body }: Answer): T => {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as T;
  } catch {
    throw new RemoteFailure("unexpected", "no JSON");
  }
};

function codeOf(body: Uint8Array): string | undefined {
  try {
    const { code } = JSON.parse(new TextDecoder().decode(body)) as { readonly code?: unknown };
    return typeof code === "string" ? code : undefined;
  } catch {
    return undefined;
  }
}

function failureOf(status: number, code: string | undefined, retryAfterS: number): RemoteFailure {
  const said = code ?? String(status);
  const retryAfterMs = retryAfterS >= 0 ? Math.min(retryAfterS, 3_600) * 1_000 : undefined;
  if (code === "offsite.inbox_not_found") return new RemoteFailure("not_found", said);
  if (code === "offsite.inbox_full" || status === 507) return new RemoteFailure("full_there", said);
  if (code === "offsite.copy_wrong" || code === "offsite.offset_wrong")
    return new RemoteFailure("altered_on_way", said);
  if (code === "offsite.copy_exists") return new RemoteFailure("altered_there", said);
  if (status === 401 || status === 403) return new RemoteFailure("refused", said);
  if (status === 429 || status === 503) return new RemoteFailure("slow_down", said, retryAfterMs);
  return new RemoteFailure(status >= 500 ? "server_error" : "unexpected", said);
}

async function digestOf(source: Source): Promise<string> {
  const hash = createSha256();
  for (let at = 0; at < source.bytes; at += PART_BYTES)
    hash.update(await source.read(at, Math.min(source.bytes, at + PART_BYTES)));
  return hash.hex();
}
