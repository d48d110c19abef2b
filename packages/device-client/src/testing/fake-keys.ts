import { systemClock, systemRandom } from "@gatehouse/base";
import {
  generateKeyBundle,
  type KeyBundle,
  openTrustRoot,
  type SuiteId,
  signServerKey,
} from "@gatehouse/secure-channel";
import { toBase64url } from "../json.ts";
import type { ServerKeyJson } from "../server-keys.ts";

export const DAY_MS = 86_400_000;

/** The keys of a fake server, this one's and the next one's, under a root of their own. */
export class FakeKeys {
  readonly root = openTrustRoot(systemRandom.bytes(32));
  readonly #suite: SuiteId;
  #notBeforeMs = systemClock.nowMs();
  current: KeyBundle;
  next: KeyBundle;

  constructor(suite: SuiteId) {
    this.#suite = suite;
    this.current = generateKeyBundle(suite, systemRandom);
    this.next = generateKeyBundle(suite, systemRandom);
  }

  rotate(): void {
    this.#notBeforeMs += 1;
    this.current = this.next;
    this.next = generateKeyBundle(this.#suite, systemRandom);
  }

  json(): { current: ServerKeyJson; next: ServerKeyJson } {
    const times = { notBeforeMs: this.#notBeforeMs, notAfterMs: this.#notBeforeMs + 120 * DAY_MS };
    return {
      current: this.#json(this.current, times),
      next: this.#json(this.next, { ...times, notBeforeMs: times.notBeforeMs + 90 * DAY_MS }),
    };
  }

  #json(bundle: KeyBundle, times: { notBeforeMs: number; notAfterMs: number }): ServerKeyJson {
    const [agreementKey, signingKey] = [bundle.agreement.raw, bundle.signing.raw];
    return {
      suite: this.#suite,
      keyId: bundle.keyId,
      agreementKey: toBase64url(agreementKey),
      signingKey: toBase64url(signingKey),
      ...times,
      signature: toBase64url(
        signServerKey(this.root, { suite: this.#suite, agreementKey, signingKey, ...times }),
      ),
    };
  }
}
