import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { accounts } from "@gatehouse/contract";
import { encode } from "cborg";

const FLAG_PRESENT = 0x01;
const FLAG_VERIFIED = 0x04;
const FLAG_ATTESTED = 0x40;

const sha256 = (data: string | Uint8Array): Buffer => createHash("sha256").update(data).digest();
const base64url = (data: Uint8Array): string => Buffer.from(data).toString("base64url");

export interface AnswerOptions {
  /** The page's origin, as the browser would write it. */
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly verified?: boolean;
  readonly counter?: number;
  /** Named as the account's owner. */
  readonly userHandle?: string;
  readonly type?: string;
}

/**
 * A security key in software: P-256, ES256, no attestation. It signs whatever it is told to, so that a test can play
 * every wrong page and every thief.
 */
export class SoftwareAuthenticator {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #id = randomBytes(32);
  readonly #home: string;
  counter = 0;
  userHandle = "";

  constructor(home: string) {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#privateKey = pair.privateKey;
    this.#publicKey = pair.publicKey;
    this.#home = home;
  }

  get id(): string {
    return base64url(this.#id);
  }

  create(options: accounts.CreationOptions, told: AnswerOptions = {}): accounts.RegistrationResponse {
    this.userHandle = options.user.id;
    const clientDataJSON = this.#clientData("webauthn.create", options.challenge, told);
    const { x = "", y = "" } = this.#publicKey.export({ format: "jwk" });
    const coseKey = encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, "base64url")],
        [-3, Buffer.from(y, "base64url")],
      ]),
    );
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.#id, coseKey]);
    const authData = this.#authenticatorData(FLAG_ATTESTED, told, attested);
    const attestationObject = encode(
      new Map<string, unknown>([
        ["fmt", "none"],
        ["attStmt", new Map()],
        ["authData", authData],
      ]),
    );
    return {
      id: this.id,
      rawId: this.id,
      type: "public-key",
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(clientDataJSON),
        attestationObject: base64url(attestationObject),
        transports: ["internal"],
      },
    };
  }

  get(options: accounts.RequestOptions, told: AnswerOptions = {}): accounts.AuthenticationResponse {
    this.counter++;
    const clientDataJSON = this.#clientData("webauthn.get", options.challenge, told);
    const authenticatorData = this.#authenticatorData(0, told);
    const signature = createSign("sha256")
      .update(Buffer.concat([authenticatorData, sha256(clientDataJSON)]))
      .sign(this.#privateKey);
    return {
      id: this.id,
      rawId: this.id,
      type: "public-key",
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(clientDataJSON),
        authenticatorData: base64url(authenticatorData),
        signature: base64url(signature),
        userHandle: told.userHandle ?? this.userHandle,
      },
    };
  }

  #clientData(type: string, challenge: string, told: AnswerOptions): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: told.type ?? type,
        challenge: told.challenge ?? challenge,
        origin: told.origin ?? this.#home,
        crossOrigin: false,
      }),
    );
  }

  #authenticatorData(flags: number, told: AnswerOptions, more = Buffer.alloc(0)): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(told.counter ?? this.counter);
    const verified = told.verified === false ? 0 : FLAG_VERIFIED;
    return Buffer.concat([
      sha256(told.rpId ?? new URL(this.#home).hostname),
      Buffer.of(FLAG_PRESENT | verified | flags),
      counter,
      more,
    ]);
  }
}
