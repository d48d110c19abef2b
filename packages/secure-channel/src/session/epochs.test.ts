import { describe, expect, it, vi } from "vitest";
import type { Aead } from "../noise/protocol.ts";
import {
  EPOCH_MESSAGES,
  EPOCH_MS,
  type EpochSource,
  MAX_EPOCH,
  ReceivingEpochs,
  SendingEpochs,
} from "./epochs.ts";

vi.mock("../primitives/hash.ts", async (original) => ({
  ...(await original<typeof import("../primitives/hash.ts")>()),
  // Deriving 65,536 keys takes seconds; here only how many there are matters.
  hkdfSha256: (_key: Uint8Array, _salt: Uint8Array, _info: unknown, length: number) => new Uint8Array(length),
}));

const aead: Aead = {
  sealedBytes: (plainBytes) => plainBytes,
  withKey: () => ({ seal: (_n, _ad, plaintext) => [plaintext], open: (_n, _ad, sealed) => sealed }),
};
const source = (): EpochSource => ({
  aead,
  suite: 2,
  direction: 1,
  secret: new Uint8Array(32).fill(7),
  handshakeHash: new Uint8Array(32),
});

describe("the last epoch", () => {
  it("is 65,535, and after its messages there is no key any more: no number comes twice", () => {
    const sending = new SendingEpochs(source(), 0);
    let nowMs = 0;
    for (let epoch = 1; epoch <= MAX_EPOCH; epoch++) {
      nowMs += EPOCH_MS;
      expect(sending.take(nowMs)?.number).toBe(epoch);
    }
    for (let message = 1; message < EPOCH_MESSAGES; message++)
      expect(sending.take(nowMs)?.number).toBe(MAX_EPOCH);
    expect(sending.take(nowMs)).toBeUndefined();
    expect(sending.take(nowMs + EPOCH_MS)).toBeUndefined();
  });
});

describe("a secret that was used", () => {
  it("is overwritten, at the sender's and at the receiver's", () => {
    const [own, peer] = [source(), source()];
    const sending = new SendingEpochs(own, 0);
    const receiving = new ReceivingEpochs(peer);
    expect([own.secret, peer.secret]).toEqual([new Uint8Array(32), new Uint8Array(32)]);
    const first = receiving.find(0, 0);
    first?.nextSecret.fill(7);
    receiving.find(1, 0);
    expect(first?.nextSecret).toEqual(new Uint8Array(32));
    const before = sending.take(0);
    before?.nextSecret.fill(7);
    sending.take(EPOCH_MS);
    expect(before?.nextSecret).toEqual(new Uint8Array(32));
  });
});
