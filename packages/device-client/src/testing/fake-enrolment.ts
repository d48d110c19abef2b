import { systemRandom } from "@gatehouse/base";
import {
  agreementProof,
  answerMac,
  claimOfCode,
  encodeTranscript,
  fourWords,
  importPublicBundle,
  requestMac,
  sameMac,
  sealApiKey,
  verifyTranscript,
} from "@gatehouse/secure-channel";
import { encodeJson, fromBase64url, toBase64url } from "../json.ts";
import type { FakeServer } from "./fake-server.ts";

export const CLAIM_CODE = "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV";

/** The two calls of an enrolment, with one code that works once. */
export class FakeEnrolment {
  readonly #server: FakeServer;
  #claimUsed = false;
  readonly #nonce = systemRandom.bytes(64);

  constructor(server: FakeServer) {
    this.#server = server;
  }

  challenge(): object {
    return {
      nonce: toBase64url(this.#nonce),
      server: {
        suite: this.#server.suite,
        keyId: this.#server.current.keyId,
        agreementKey: toBase64url(this.#server.current.agreement.raw),
      },
      root: this.#server.rootText,
      suites: [this.#server.suite],
    };
  }

  enrol(body: Record<string, string> & { proof: { signature: string; agreement: string } }): object {
    const refused = Object.assign(new Error(), { code: "device.claim_invalid" });
    const claim = claimOfCode(CLAIM_CODE);
    const keys = {
      agreementKey: fromBase64url(body.agreementKey ?? ""),
      signingKey: fromBase64url(body.signingKey ?? ""),
    };
    const device = importPublicBundle(this.#server.suite, keys.agreementKey, keys.signingKey);
    if (device === undefined || this.#claimUsed) throw refused;
    const transcript = encodeTranscript({
      suite: this.#server.suite,
      claimId: claim.id,
      nonce: this.#nonce,
      ...keys,
      serverKeyId: this.#server.current.keyId,
    });
    const agreement = agreementProof(this.#server.current, keys.agreementKey, transcript) ?? new Uint8Array();
    const isProven =
      body.claimId === Buffer.from(claim.id).toString("hex") &&
      sameMac(requestMac(claim.key, transcript), fromBase64url(body.mac ?? "")) &&
      sameMac(agreement, fromBase64url(body.proof.agreement)) &&
      verifyTranscript(device, transcript, fromBase64url(body.proof.signature));
    if (!isProven) throw refused;
    this.#claimUsed = true;
    this.#server.device = device;
    const enrolment = encodeJson({
      deviceId: "0190a1b2-0000-7000-8000-000000000001",
      name: "pi",
      typeId: "linux-agent",
      keyId: device.keyId,
      suite: this.#server.suite,
      serverTimeMs: this.#server.nowMs,
      server: { suite: this.#server.suite, ...this.#server.serverKeys() },
      root: this.#server.rootText,
      sealedApiKey: toBase64url(sealApiKey(claim.key, transcript, "gh_test")),
      topics: { up: "gh/pi/up/sx", down: "gh/pi/down/sx" },
    });
    const mac = answerMac(claim.key, transcript, enrolment);
    const sent = encodeJson(this.#server.tamper(JSON.parse(Buffer.from(enrolment).toString())));
    return {
      enrolment: toBase64url(sent),
      mac: toBase64url(mac),
      words: fourWords(transcript, enrolment),
    };
  }
}
