import type { Socket } from "node:net";
import type { Clock, Timer } from "@gatehouse/base";
import type { HttpLogin } from "../http-auth.ts";
import { sourceError } from "../source.ts";
import { type RtspItem, RtspParser, type RtspResponse } from "./message.ts";
import { controlUrl, findVideo, type VideoStream } from "./sdp.ts";

export interface RtspSessionParts {
  readonly socket: Socket;
  /** Without name and password. */
  readonly url: string;
  readonly login: HttpLogin | undefined;
  readonly clock: Clock;
  /** An RTP packet of the video. */
  onPacket(this: void, bytes: Uint8Array): void;
  /** It is over: once. */
  onEnd(this: void, error: Error): void;
}

const USER_AGENT = "Gatehouse";
/** Sessions that name no time end after a minute (RFC 2326 §12.37). */
const DEFAULT_TIMEOUT_S = 60;
const LONGEST_ALIVE_MS = 30_000;
/** A nonce that ended is asked for anew; a password that is wrong is not tried again. */
const MAX_LOGINS = 1;
const GOODBYE_MS = 1_000;
/** Printable, without line breaks: what is put into a request. */
const URI = /^[\x21-\x7e]{1,1000}$/;

interface Asked {
  readonly resolve: (response: RtspResponse) => void;
  readonly reject: (error: unknown) => void;
}

/** One conversation on one connection: what is described, set up and played comes over the same wire (§10.12). */
export class RtspSession {
  readonly #parts: RtspSessionParts;
  readonly #parser = new RtspParser();
  /** By their number (CSeq). */
  readonly #asked = new Map<number, Asked>();
  #number = 0;
  #session: string | undefined;
  #channel = 0;
  #alive: Timer | undefined;
  #over: Error | undefined;

  constructor(parts: RtspSessionParts) {
    this.#parts = parts;
    const { socket } = parts;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.once("error", (error) => this.#end(sourceError("connection", undefined, error)));
    socket.once("close", () => this.#end(sourceError("ended")));
  }

  /** What the camera has to give. */
  async describe(): Promise<{ readonly stream: VideoStream; readonly base: string }> {
    const { url } = this.#parts;
    const { headers, body } = await this.#ask("DESCRIBE", url, { accept: "application/sdp" });
    const base = headers.get("content-base")?.[0] ?? headers.get("content-location")?.[0] ?? url;
    return { stream: findVideo(body), base: URI.test(base) ? base : url };
  }

  async play({ stream, base }: { readonly stream: VideoStream; readonly base: string }): Promise<void> {
    const set = await this.#ask("SETUP", controlUrl(base, stream.control), {
      transport: "RTP/AVP/TCP;unicast;interleaved=0-1",
    });
    const [session, timeout] = (set.headers.get("session")?.[0] ?? "").split(";timeout=");
    if (session === undefined || !URI.test(session)) throw sourceError("malformed");
    this.#session = session;
    const channels = /interleaved=(\d{1,3})/.exec(set.headers.get("transport")?.[0] ?? "");
    if (channels === null) throw sourceError("status", "no interleaved transport");
    this.#channel = Number(channels[1]);
    const whole = controlUrl(base, stream.sessionControl);
    await this.#ask("PLAY", whole, { range: "npt=0.000-" });
    this.#keepAlive(whole, Number.parseInt(timeout ?? "", 10) || DEFAULT_TIMEOUT_S);
  }

  /** What comes waits in the network. */
  pause(): void {
    this.#parts.socket.pause();
  }

  resume(): void {
    this.#parts.socket.resume();
  }

  /** Says goodbye as far as that goes. */
  close(): void {
    const { socket, url } = this.#parts;
    if (this.#over === undefined && this.#session !== undefined && socket.writable)
      socket.write(this.#request("TEARDOWN", url, {}));
    this.#end(sourceError("ended"));
  }

  /** A session that nobody speaks of ends: cameras that know no other method know OPTIONS. */
  #keepAlive(url: string, timeoutS: number): void {
    const everyMs = Math.max(1_000, Math.min(LONGEST_ALIVE_MS, (timeoutS * 1_000) / 2));
    this.#alive = this.#parts.clock.every(everyMs, () => {
      // Whatever the answer: who says nothing any more is found out by its silence.
      this.#ask("OPTIONS", url, {}).catch(() => undefined);
    });
  }

  async #ask(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    logins = 0,
  ): Promise<RtspResponse> {
    if (!URI.test(url)) throw sourceError("malformed");
    const response = await this.#send(method, url, headers);
    const { status } = response;
    if (status >= 200 && status < 300) return response;
    if (status === 401) {
      const challenges = response.headers.get("www-authenticate") ?? [];
      if (logins < MAX_LOGINS && this.#parts.login?.take(challenges) === true)
        return this.#ask(method, url, headers, logins + 1);
      throw sourceError("credentials");
    }
    throw statusError(status);
  }

  #send(method: string, url: string, headers: Readonly<Record<string, string>>): Promise<RtspResponse> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) return reject(this.#over);
      const request = this.#request(method, url, headers);
      this.#asked.set(this.#number, { resolve, reject });
      this.#parts.socket.write(request);
    });
  }

  #request(method: string, url: string, headers: Readonly<Record<string, string>>): string {
    const authorization = this.#parts.login?.authorization(method, url);
    const lines = [
      `${method} ${url} RTSP/1.0`,
      `CSeq: ${++this.#number}`,
      `User-Agent: ${USER_AGENT}`,
      ...(this.#session === undefined ? [] : [`Session: ${this.#session}`]),
      ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    return `${lines.join("\r\n")}\r\n\r\n`;
  }

  #read(chunk: Buffer): void {
    if (this.#over !== undefined) return;
    try {
      for (const item of this.#parser.push(chunk)) this.#take(item);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #take(item: RtspItem): void {
    if (item.type === "data") {
      if (item.channel === this.#channel && this.#session !== undefined) this.#parts.onPacket(item.bytes);
    } else if (item.type === "response") {
      // Some cameras number no answer: there is one question at a time but for signs of life.
      const number = Number(item.headers.get("cseq")?.[0] ?? this.#asked.keys().next().value);
      this.#asked.get(number)?.resolve(item);
      this.#asked.delete(number);
    } else if (item.method === "REDIRECT") throw sourceError("redirect");
  }

  #end(error: Error): void {
    if (this.#over !== undefined) return;
    this.#over = error;
    this.#alive?.cancel();
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
    const { clock, socket } = this.#parts;
    socket.destroySoon();
    clock.after(GOODBYE_MS, () => socket.destroy());
    this.#parts.onEnd(error);
  }
}

function statusError(status: number): Error {
  if (status >= 300 && status < 400) return sourceError("redirect");
  if (status === 403) return sourceError("credentials");
  if (status === 404 || status === 454) return sourceError("not_found");
  if (status === 453 || status === 503) return sourceError("busy", status);
  return sourceError("status", status);
}
