import { systemRandom } from "@gatehouse/base";
import type { channel } from "@gatehouse/contract";
import {
  agreementProof,
  answerMac,
  type Claim,
  claimOfCode,
  claimOfGroup,
  encodeTranscript,
  fourWords,
  generateKeyBundle,
  type KeyBundle,
  openApiKey,
  requestMac,
  SUITE_IDS,
  type SuiteId,
  signTranscript,
} from "@gatehouse/secure-channel";

type Challenge = {
  readonly nonce: string;
  readonly server: { readonly keyId: string; readonly agreementKey: string };
};

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const decode = (text: string): Uint8Array => Buffer.from(text, "base64url");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** What a hostile or broken device does otherwise. */
export interface Twist {
  /** Shown instead of the device's own keys, and covered by every proof. */
  readonly shown?: { readonly agreementKey?: Uint8Array; readonly signingKey?: Uint8Array };
  /** Signs and agrees with these keys instead. */
  readonly proveWith?: { readonly signature?: KeyBundle; readonly agreement?: KeyBundle };
  readonly macKey?: Uint8Array;
}

/** Tests: the device's side of an enrolment, straight from the package. */
export class EnrollingDevice {
  readonly bundle: KeyBundle;
  readonly claim: Claim;
  readonly group: { id: string; registrationId: string } | undefined;
  #transcript = new Uint8Array();

  private constructor(claim: Claim, bundle: KeyBundle, group?: { id: string; registrationId: string }) {
    this.claim = claim;
    this.bundle = bundle;
    this.group = group;
  }

  static withCode(code: string, suite: SuiteId = SUITE_IDS.M1): EnrollingDevice {
    return new EnrollingDevice(claimOfCode(code), generateKeyBundle(suite, systemRandom));
  }

  static ofGroup(
    id: string,
    key: string,
    registrationId: string,
    suite: SuiteId = SUITE_IDS.M1,
  ): EnrollingDevice {
    const claim = claimOfGroup(id, decode(key), registrationId);
    return new EnrollingDevice(claim, generateKeyBundle(suite, systemRandom), { id, registrationId });
  }

  get claimId(): string {
    return hex(this.claim.id);
  }

  request(challenge: Challenge, twist: Twist = {}): channel.EnrolRequest {
    const { suite, agreement, signing } = this.bundle;
    const keys = {
      agreementKey: twist.shown?.agreementKey ?? agreement.raw,
      signingKey: twist.shown?.signingKey ?? signing.raw,
    };
    const transcript = encodeTranscript({
      suite,
      claimId: this.claim.id,
      nonce: decode(challenge.nonce),
      ...keys,
      serverKeyId: challenge.server.keyId,
    });
    this.#transcript = Uint8Array.from(transcript);
    const agreed = agreementProof(
      twist.proveWith?.agreement ?? this.bundle,
      decode(challenge.server.agreementKey),
      transcript,
    );
    return {
      claimId: this.claimId,
      ...(this.group === undefined ? {} : { group: this.group }),
      nonce: challenge.nonce,
      suite,
      agreementKey: encode(keys.agreementKey),
      signingKey: encode(keys.signingKey),
      proof: {
        signature: encode(signTranscript(twist.proveWith?.signature ?? this.bundle, transcript)),
        agreement: encode(agreed ?? new Uint8Array(32)),
      },
      mac: encode(requestMac(twist.macKey ?? this.claim.key, transcript)),
      software: { name: "test-device", version: "1.0" },
    };
  }

  /** The checked answer; undefined when its MAC is not the claim's. */
  read(reply: {
    enrolment: string;
    mac: string;
  }): { content: channel.Enrolment; words: string[] } | undefined {
    const bytes = decode(reply.enrolment);
    const mac = answerMac(this.claim.key, this.#transcript, bytes);
    if (encode(mac) !== reply.mac) return undefined;
    return { content: JSON.parse(Buffer.from(bytes).toString()), words: fourWords(this.#transcript, bytes) };
  }

  openApiKey(sealed: string): string {
    return openApiKey(this.claim.key, this.#transcript, decode(sealed)) ?? "";
  }
}
