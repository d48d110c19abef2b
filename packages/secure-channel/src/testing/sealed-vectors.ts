import type { Random } from "@gatehouse/base";
import {
  CONTENT_TYPES,
  encodeForwarded,
  importKeyBundle,
  type KeyBundle,
  open,
  parseEnvelope,
  type SealRequest,
  SUITE_IDS,
  type SuiteId,
  seal,
} from "../index.ts";
import { ascii, concat, toHex } from "../primitives/bytes.ts";
import { hkdfSha256, sha256 } from "../primitives/hash.ts";
import { x25519 } from "../primitives/x25519.ts";
import { createHpke, HPKE_AEAD } from "../sealed/hpke.ts";
import { suiteOf } from "../suites.ts";

/** Bytes that are different for every label and the same for ever. */
export const bytesOf = (label: string, length: number): Uint8Array =>
  hkdfSha256(ascii(label), ascii("gatehouse vectors"), [], length);

export const bundleOf = (suite: SuiteId, who: string): KeyBundle =>
  importKeyBundle(suite, bytesOf(`${who} agreement`, 32), bytesOf(`${who} signing`, 32)) as KeyBundle;

/** Gives what it was given, in order, then ends. */
export function fixedRandom(pieces: readonly Uint8Array[]): Random {
  const rest = [...pieces];
  return {
    bytes(n) {
      const piece = rest.shift();
      if (piece?.length !== n) throw new Error("the vectors' randomness does not fit");
      return piece;
    },
    ratio: () => 0,
  };
}

interface CaseParts {
  readonly name: string;
  readonly from: "device" | "server" | "gateway";
  readonly request: Omit<SealRequest, "sender" | "recipient">;
}

const MOMENT_MS = 1_800_000_000_000;
const common = { sentMs: MOMENT_MS, bootId: 0x0badcafe };

const CASES: readonly CaseParts[] = [
  {
    name: "a meter reading",
    from: "device",
    request: {
      ...common,
      contentType: CONTENT_TYPES.meterReading,
      sequence: 1n,
      payload: ascii('{"ts":1800000000000,"values":{"energy":1234.567}}'),
    },
  },
  {
    name: "an empty payload",
    from: "device",
    request: { ...common, contentType: CONTENT_TYPES.json, sequence: 2n, payload: new Uint8Array(0) },
  },
  {
    name: "stored and sent late by a device without a clock, 256 bytes",
    from: "device",
    request: {
      contentType: CONTENT_TYPES.cborTelemetry,
      sentMs: 0,
      bootId: 0,
      sequence: 0x0102030405060708n,
      storedLate: true,
      payload: bytesOf("payload", 256),
    },
  },
  {
    name: "a command from the server",
    from: "server",
    request: {
      ...common,
      contentType: CONTENT_TYPES.command,
      command: true,
      sequence: 77n,
      payload: ascii('{"command":"set","params":{"on":true}}'),
    },
  },
];

/** Everything a client author needs to follow one suite step by step; written to vectors/ by `npm run gen`. */
export function sealedVectors(suite: SuiteId): object {
  const parties = {
    device: bundleOf(suite, "device"),
    server: bundleOf(suite, "server"),
    gateway: bundleOf(suite, "gateway"),
  };
  const { device, server, gateway } = parties;
  const cases = CASES.map(({ name, from, request }) => {
    const recipient = from === "server" ? device : server;
    return sealCase(suite, name, { ...request, sender: parties[from], recipient });
  });

  const ephemeral = bytesOf("to the gateway", 32);
  const toGateway = seal(
    { ...(CASES[0] as CaseParts).request, sequence: 3n, sender: device, recipient: gateway },
    fixedRandom([ephemeral, bytesOf("to the gateway IV", 16)]),
  );
  const payload = encodeForwarded(open(parseEnvelope(toGateway), gateway, device));
  const forwarded = sealCase(suite, "the gateway forwards the device's signed part", {
    ...common,
    contentType: CONTENT_TYPES.meterReading,
    forwarded: true,
    sequence: 500n,
    payload,
    sender: gateway,
    recipient: server,
  });
  return {
    comment: "Made by `npm run gen`; docs/channel.md says what each field is. All bytes in hex.",
    suite,
    name: suiteOf(suite).name,
    bundles: Object.fromEntries(
      Object.entries(parties).map(([who, bundle]) => [who, describeBundle(bundle)]),
    ),
    cases: [...cases, { ...forwarded, forwardedFrom: toHex(toGateway) }],
  };
}

export const describeBundle = (bundle: KeyBundle): object => ({
  keyId: bundle.keyId,
  agreementPrivate: toHex(bundle.agreementPair.privateKey.reveal()),
  agreementPublic: toHex(bundle.agreement.raw),
  signingPrivate: toHex(bundle.signingPair.privateKey.reveal()),
  signingPublic: toHex(bundle.signing.raw),
});

function sealCase(suite: SuiteId, name: string, request: SealRequest): object {
  const ephemeral = bytesOf(`${name} ephemeral`, 32);
  const iv = bytesOf(`${name} IV`, 16);
  const envelope = seal(request, fixedRandom([ephemeral, iv]));
  const parsed = parseEnvelope(envelope);
  return {
    name,
    sender: request.sender.keyId,
    recipient: request.recipient.keyId,
    contentType: request.contentType,
    flags: envelope[5],
    sequence: request.sequence.toString(),
    sentMs: request.sentMs,
    bootId: request.bootId,
    payload: toHex(request.payload),
    header: toHex(parsed.headerBytes),
    ...signedSteps(request, parsed.headerBytes),
    ephemeralPrivate: toHex(ephemeral),
    ...(suite === SUITE_IDS.M1
      ? m1Steps(request, ephemeral)
      : c1Steps(request, parsed.headerBytes, ephemeral, iv)),
    envelope: toHex(envelope),
  };
}

function signedSteps(request: SealRequest, header: Uint8Array): object {
  const signed = concat([ascii("SX1-sig\0"), sha256(header), sha256(request.payload)]);
  const { signatures } = suiteOf(request.sender.suite);
  return { signed: toHex(signed), signature: toHex(signatures.sign(request.sender.signingPair, signed)) };
}

function m1Steps(request: SealRequest, ephemeral: Uint8Array): object {
  const hpke = createHpke(HPKE_AEAD.AES_256_GCM, ascii("SX-M1-seal-v1\0"));
  const setup = hpke.setupSender(request.recipient.agreement, fixedRandom([ephemeral]));
  if (setup === undefined) throw new Error("the vectors' keys do not agree");
  const { encapsulated, keys } = setup;
  const pair = x25519.importKeyPair(ephemeral);
  const shared = pair && x25519.dh(pair, request.recipient.agreement);
  return {
    enc: toHex(encapsulated),
    dh: toHex(shared as Uint8Array),
    key: toHex(keys.key),
    nonce: toHex(keys.nonce),
  };
}

function c1Steps(request: SealRequest, header: Uint8Array, ephemeral: Uint8Array, iv: Uint8Array): object {
  const { dh } = suiteOf(SUITE_IDS.C1);
  const pair = dh.importKeyPair(ephemeral);
  const shared = pair && dh.dh(pair, request.recipient.agreement);
  if (pair === undefined || shared === undefined) throw new Error("the vectors' keys do not agree");
  const salt = sha256(ascii("SX-C1-salt-v1"));
  const info = [ascii("SX-C1-seal-v1\0"), pair.publicKey.raw, request.recipient.agreement.raw, header];
  const keys = hkdfSha256(shared, salt, info, 64);
  return {
    epk: toHex(pair.publicKey.raw),
    dh: toHex(shared),
    encryptionKey: toHex(keys.subarray(0, 32)),
    macKey: toHex(keys.subarray(32)),
    iv: toHex(iv),
  };
}
