import {
  CONTENT_TYPES,
  type DataMessage,
  NO_CONTENT,
  type Session,
  SUITE_IDS,
  type SuiteId,
} from "../index.ts";
import { HandshakeState } from "../noise/handshake-state.ts";
import { ascii, concat, sameBytes, toHex } from "../primitives/bytes.ts";
import { hkdfSha256 } from "../primitives/hash.ts";
import { EPOCH_MS } from "../session/epochs.ts";
import { HEADER_BYTES } from "../session/frames.ts";
import { acceptHello, Handshake, parseHello } from "../session/handshake.ts";
import { sessionProtocolOf } from "../session/protocols.ts";
import { suiteOf } from "../suites.ts";
import { bundleOf, bytesOf, describeBundle, fixedRandom } from "./sealed-vectors.ts";

const EPOCHS = 3;
const EPHEMERALS = { device: "device session ephemeral", server: "server session ephemeral" } as const;
const ephemeralOf = (who: keyof typeof EPHEMERALS) => fixedRandom([bytesOf(EPHEMERALS[who], 32)]);

interface Sent {
  readonly name: string;
  readonly from: "device" | "server";
  /** Since the handshake: decides the epoch. */
  readonly afterMs: number;
  readonly message: DataMessage;
}

/** In the order of sending. */
const SENT: readonly Sent[] = [
  {
    name: "nothing to say: takes the session into use",
    from: "device",
    afterMs: 0,
    message: { contentType: NO_CONTENT, payload: new Uint8Array(0) },
  },
  {
    name: "a reading",
    from: "device",
    afterMs: 1_000,
    message: { contentType: CONTENT_TYPES.json, payload: ascii('{"temperature":21.5}') },
  },
  {
    name: "a command",
    from: "server",
    afterMs: 2_000,
    message: {
      contentType: CONTENT_TYPES.command,
      command: true,
      payload: ascii('{"command":"set","params":{"on":true}}'),
    },
  },
  {
    name: "kept for want of a connection, in the next epoch",
    from: "device",
    afterMs: EPOCH_MS,
    message: { contentType: CONTENT_TYPES.cborTelemetry, storedLate: true, payload: bytesOf("payload", 256) },
  },
  {
    name: "one whole block, in the epoch after",
    from: "device",
    afterMs: 2 * EPOCH_MS,
    message: { contentType: CONTENT_TYPES.json, payload: ascii('{"energy":12345}') },
  },
  {
    name: "the server's own next epoch",
    from: "server",
    afterMs: 2 * EPOCH_MS,
    message: { contentType: CONTENT_TYPES.json, payload: ascii("{}") },
  },
];

/** The two sessions of a repeatable handshake, and what was said. */
function converse(suite: SuiteId) {
  const device = bundleOf(suite, "device");
  const server = bundleOf(suite, "server");
  const handshake = new Handshake({ own: device, peer: server, random: ephemeralOf("device") });
  const { answer, session } = acceptHello(parseHello(handshake.hello), {
    own: server,
    peer: device,
    suites: { allowed: [suite], pinned: suite },
    random: ephemeralOf("server"),
    nowMs: 0,
  });
  const sessions = { device: handshake.finish(answer, 0), server: session };
  return { device, server, sessions, hello: handshake.hello, answer };
}

/** The same handshake once more, for what the product does not show: its hash and the keys of both directions. */
function innerOf(suite: SuiteId, hello: Uint8Array, answer: Uint8Array) {
  const prologue = concat([ascii("SX-hello-v1\0"), hello.subarray(0, HEADER_BYTES)]);
  const noise = new HandshakeState({
    protocol: sessionProtocolOf(suite),
    role: "initiator",
    prologue,
    own: bundleOf(suite, "device").agreementPair,
    peer: bundleOf(suite, "server").agreement,
    random: ephemeralOf("device"),
  });
  const message = noise.writeMessage(new Uint8Array(0));
  if (!sameBytes(message, hello.subarray(HEADER_BYTES))) throw new Error("the vectors' HELLO differs");
  if (noise.readMessage(answer.subarray(HEADER_BYTES)) === undefined) throw new Error("ANSWER is refused");
  return { prologue, ...noise.finish() };
}

/** Everything a client author needs to follow one session step by step; written to vectors/ by `npm run gen`. */
export function sessionVectors(suite: SuiteId): object {
  const { device, server, sessions, hello, answer } = converse(suite);
  const { prologue, handshakeHash, initiatorKey, responderKey } = innerOf(suite, hello, answer);
  return {
    comment: "Made by `npm run gen`; docs/channel.md says what each field is. All bytes in hex.",
    suite,
    name: suiteOf(suite).name,
    protocol: sessionProtocolOf(suite).name,
    bundles: { device: describeBundle(device), server: describeBundle(server) },
    handshake: {
      deviceEphemeralPrivate: toHex(bytesOf(EPHEMERALS.device, 32)),
      serverEphemeralPrivate: toHex(bytesOf(EPHEMERALS.server, 32)),
      prologue: toHex(prologue),
      hello: toHex(hello),
      answer: toHex(answer),
      handshakeHash: toHex(handshakeHash),
      deviceToServerKey: toHex(initiatorKey),
      serverToDeviceKey: toHex(responderKey),
      sessionId: sessions.device.id,
    },
    epochs: {
      deviceToServer: epochSteps(suite, 1, initiatorKey, handshakeHash),
      serverToDevice: epochSteps(suite, 2, responderKey, handshakeHash),
    },
    data: SENT.map((sent) => dataStep(sent, sessions)),
  };
}

function epochSteps(
  suite: SuiteId,
  direction: 1 | 2,
  first: Uint8Array,
  handshakeHash: Uint8Array,
): object[] {
  let secret = first;
  return Array.from({ length: EPOCHS }, (_, epoch) => {
    const info = concat([ascii("SX-epoch-v1\0"), Uint8Array.of(suite, direction, 0, epoch)]);
    const output = hkdfSha256(secret, handshakeHash, [info], 64);
    const key = output.subarray(32);
    const step = {
      epoch,
      secret: toHex(secret),
      key: toHex(key),
      ...(suite === SUITE_IDS.C1 && c1Keys(key)),
    };
    secret = output.subarray(0, 32);
    return step;
  });
}

function c1Keys(key: Uint8Array): object {
  const keys = hkdfSha256(key, new Uint8Array(0), [ascii("SX-C1-aead-v1")], 96);
  return {
    encryptionKey: toHex(keys.subarray(0, 32)),
    macKey: toHex(keys.subarray(32, 64)),
    ivKey: toHex(keys.subarray(64)),
  };
}

function dataStep({ name, from, afterMs, message }: Sent, sessions: Record<"device" | "server", Session>) {
  const frame = sessions[from].seal(message, afterMs);
  if (frame === undefined) throw new Error("the vectors' session is over");
  const opened = sessions[from === "device" ? "server" : "device"].open(frame, afterMs);
  return {
    name,
    from,
    afterMs,
    epoch: opened.epoch,
    sequence: opened.sequence,
    flags: frame[4],
    contentType: opened.contentType,
    payload: toHex(message.payload),
    frame: toHex(frame),
  };
}
