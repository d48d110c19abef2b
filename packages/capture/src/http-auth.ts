import { md5 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** As a server asks for it: `WWW-Authenticate` (RFC 9110 §11.6.1; RTSP has it from there). */
type Challenge =
  | { readonly scheme: "basic" }
  | {
      readonly scheme: "digest";
      readonly realm: string;
      readonly nonce: string;
      readonly opaque: string | undefined;
      readonly algorithm: "MD5" | "SHA-256";
      /** RFC 7616 §3.4.3; undefined: as RFC 2069 had it. */
      readonly qop: "auth" | undefined;
    };

/** Of all challenges together. */
const MAX_LENGTH = 4_096;
const CNONCE_BYTES = 16;

interface Login {
  readonly user: string;
  readonly password: string;
}

/**
 * Answers what a server asks for, for one connection or stream. MD5 where nothing better is asked: most cameras know nothing
 * else (RFC 7616 §3.2), and Basic only where there is no Digest.
 */
export class HttpLogin {
  readonly #login: Login;
  readonly #newBytes: (count: number) => Uint8Array;
  #challenge: Challenge | undefined;
  #count = 0;

  constructor(login: Login, newBytes: (count: number) => Uint8Array) {
    this.#login = login;
    this.#newBytes = newBytes;
  }

  /** False: there is nothing among it that can be answered. */
  take(challenges: readonly string[]): boolean {
    this.#challenge = best(challenges.join(", ").slice(0, MAX_LENGTH));
    this.#count = 0;
    return this.#challenge !== undefined;
  }

  /** The value of `Authorization`; undefined before anything was asked. */
  authorization(method: string, uri: string): string | undefined {
    const challenge = this.#challenge;
    if (challenge === undefined) return undefined;
    const { user, password } = this.#login;
    if (challenge.scheme === "basic") return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    const { realm, nonce, opaque, algorithm, qop } = challenge;
    const hash = (text: string): string =>
      bytesToHex((algorithm === "MD5" ? md5 : sha256)(utf8ToBytes(text)));
    const secret = hash(`${user}:${realm}:${password}`);
    const asked = hash(`${method}:${uri}`);
    const count = (++this.#count).toString(16).padStart(8, "0");
    const cnonce = bytesToHex(this.#newBytes(CNONCE_BYTES));
    const response =
      qop === undefined
        ? hash(`${secret}:${nonce}:${asked}`)
        : hash(`${secret}:${nonce}:${count}:${cnonce}:${qop}:${asked}`);
    const fields = [
      `username=${quoted(user)}`,
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `uri=${quoted(uri)}`,
      `response="${response}"`,
      ...(algorithm === "MD5" ? [] : [`algorithm=${algorithm}`]),
      ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
      ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${count}`, `cnonce="${cnonce}"`]),
    ];
    return `Digest ${fields.join(", ")}`;
  }
}

/** Undefined where there is neither name nor password. */
export const loginOf = (
  { user = "", password = "" }: Partial<Login>,
  newBytes: (count: number) => Uint8Array,
): HttpLogin | undefined =>
  user === "" && password === "" ? undefined : new HttpLogin({ user, password }, newBytes);

/** On one line, whatever the camera or somebody wrote. */
const quoted = (text: string): string =>
  `"${text.replace(/[\x00-\x1f\x7f]/g, "").replace(/["\\]/g, "\\$&")}"`;

/** The strongest that can be answered. */
function best(text: string): Challenge | undefined {
  const found = challengesOf(text).flatMap(
    ({ scheme, parameters }) => readChallenge(scheme, parameters) ?? [],
  );
  const strength = (one: Challenge): number => (one.scheme === "basic" ? 0 : one.algorithm === "MD5" ? 1 : 2);
  return found.toSorted((a, b) => strength(b) - strength(a))[0];
}

function readChallenge(scheme: string, parameters: ReadonlyMap<string, string>): Challenge | undefined {
  if (scheme === "basic") return { scheme };
  const realm = parameters.get("realm");
  const nonce = parameters.get("nonce");
  const algorithm = (parameters.get("algorithm") ?? "MD5").toUpperCase();
  if (scheme !== "digest" || realm === undefined || nonce === undefined) return undefined;
  if (algorithm !== "MD5" && algorithm !== "SHA-256") return undefined;
  const offered = parameters
    .get("qop")
    ?.split(",")
    .map((one) => one.trim().toLowerCase());
  if (offered !== undefined && !offered.includes("auth")) return undefined;
  const qop = offered === undefined ? undefined : "auth";
  return { scheme, realm, nonce, algorithm, qop, opaque: parameters.get("opaque") };
}

/** A scheme's name, or `name=value` with the value quoted or not; commas between. */
const PIECE = /\s*,?\s*([A-Za-z0-9_-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y;

function challengesOf(text: string) {
  const found: { readonly scheme: string; readonly parameters: Map<string, string> }[] = [];
  PIECE.lastIndex = 0;
  for (let match = PIECE.exec(text); match !== null; match = PIECE.exec(text)) {
    const [, name = "", quotedValue, value] = match;
    const given = quotedValue?.replace(/\\(.)/g, "$1") ?? value;
    if (given === undefined) found.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else found.at(-1)?.parameters.set(name.toLowerCase(), given);
  }
  return found;
}
