import type { UnixMs } from "@gatehouse/base";
import { type channel, TOPIC_ROOT } from "@gatehouse/contract";
import { answerMac, fourWords, type PublicBundle, sealApiKey } from "@gatehouse/secure-channel";
import { toBase64url } from "../context.ts";
import type { EnrolledDevice } from "../ports.ts";

export interface AnswerParts {
  readonly device: EnrolledDevice & { readonly name: string; readonly typeId: string };
  readonly bundle: PublicBundle;
  readonly serverTimeMs: UnixMs;
  readonly server: channel.ServerKeySet;
  /** Raw public key of the trust root. */
  readonly root: Uint8Array;
  readonly caPem: string | undefined;
}

export interface Answer {
  /** UTF-8 JSON; the MAC is over these very bytes. */
  readonly enrolment: Uint8Array;
  readonly mac: Uint8Array;
  readonly words: readonly string[];
}

/** What the device keeps, under the key of its claim, and the four words that both sides show. */
export function makeAnswer(
  { device, bundle, serverTimeMs, server, root, caPem }: AnswerParts,
  claim: { readonly key: Uint8Array; readonly transcript: Uint8Array },
): Answer {
  const { deviceId, name, typeId, apiKey } = device;
  const content: channel.Enrolment = {
    deviceId,
    name,
    typeId,
    keyId: bundle.keyId,
    suite: bundle.suite,
    serverTimeMs,
    server,
    root: toBase64url(root),
    sealedApiKey: toBase64url(sealApiKey(claim.key, claim.transcript, apiKey)),
    topics: channelTopics(name),
    ...(caPem === undefined ? {} : { caPem }),
  };
  const enrolment = Buffer.from(JSON.stringify(content));
  return {
    enrolment,
    mac: answerMac(claim.key, claim.transcript, enrolment),
    words: fourWords(claim.transcript, enrolment),
  };
}

/** Where envelopes of a device go and come over MQTT. */
const channelTopics = (name: string): { up: string; down: string } => ({
  up: `${TOPIC_ROOT}/${name}/up/sx`,
  down: `${TOPIC_ROOT}/${name}/down/sx`,
});
