import { createServer, type Server } from "node:http";
import { isAppError, silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { DeviceChannel, fetchSiteKey, type Identity, webSocketCarrier } from "@gatehouse/device-client";
import {
  CONTENT_TYPES,
  generateKeyBundle,
  type KeyBundle,
  open,
  type PublicBundle,
  parseEnvelope,
  SUITE_IDS,
} from "@gatehouse/secure-channel";
import { type Attack, given } from "../attack.ts";
import { enrolDevice, eventually, sealValues } from "../site/device.ts";
import { memoryStore } from "../site/memory-store.ts";

const VALUE = 21.625;

interface Voucher {
  readonly gatewayId: string;
  readonly issuedMs: number;
  readonly keys: readonly { readonly keyId: string; readonly signature: string }[];
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** As a gateway would, asks the server to vouch for keys at a site. */
async function askForVoucher(
  identity: Identity,
  keys: KeyBundle,
): Promise<{ readonly answer: string; readonly voucher: Voucher | undefined }> {
  const connected = Promise.withResolvers<void>();
  let voucher: Voucher | undefined;
  const channel = await DeviceChannel.open({
    identity,
    store: memoryStore(),
    carrier: ({ url }) => webSocketCarrier({ url, trust: {}, clock: systemClock }),
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    events: {
      connected: () => connected.resolve(),
      control(payload) {
        const message = JSON.parse(Buffer.from(payload).toString()) as Voucher & { kind: string };
        if (message.kind === "site-keys") voucher = message;
      },
    },
  });
  channel.start();
  try {
    await connected.promise;
    const { suite, agreement, signing } = keys;
    const own = { suite, agreementKey: base64url(agreement.raw), signingKey: base64url(signing.raw) };
    const { result, code } = await channel.send({
      contentType: CONTENT_TYPES.control,
      payload: Buffer.from(JSON.stringify({ kind: "site-keys", keys: [own] })),
      sentMs: systemClock.nowMs(),
    });
    if (result !== "refused")
      await eventually(
        () => voucher,
        (said) => said !== undefined,
      );
    return { answer: code ?? result, voucher };
  } finally {
    await channel.stop();
  }
}

/** A gateway's page at the site, with keys of whoever runs it. */
async function serveKeys(keys: KeyBundle, voucher: Voucher | undefined): Promise<Server> {
  const signature = voucher?.keys.find(({ keyId }) => keyId === keys.keyId)?.signature;
  const { gatewayId = "", issuedMs = 0 } = voucher ?? {};
  const published = {
    suite: keys.suite,
    keyId: keys.keyId,
    agreementKey: base64url(keys.agreement.raw),
    signingKey: base64url(keys.signing.raw),
    voucher: { gatewayId, issuedMs, signature: signature ?? base64url(systemRandom.bytes(64)) },
  };
  const server = createServer((_, reply) => {
    reply.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [published] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const reading = (envelope: Uint8Array, keys: KeyBundle, sender: PublicBundle): string =>
  Buffer.from(open(parseEnvelope(envelope), keys, sender).payload).toString();

export const rogueGateway: Attack = {
  name: "rogue-gateway",
  control: "siteKeyOwner",
  texts: {
    en: {
      title: "Pretend to be the site's gateway",
      what: "Somebody in the site's network answers in the gateway's place, with keys of his own, so that devices confide their readings to him. He has taken over a plug with a good key and lets the server vouch for his keys under its name.",
      steps: [
        "Ask the server, as the plug, to vouch for the keys",
        "Answer the device in the gateway's place",
        "Open what the device says",
      ],
      control: "Vouching for gateways alone",
      measured: "A reading that the device sealed for its gateway is opened by the attacker.",
    },
    fr: {
      title: "Se faire passer pour la passerelle du site",
      what: "Quelqu’un dans le réseau du site répond à la place de la passerelle, avec ses propres clés, pour que les appareils lui confient leurs mesures. Il a détourné une prise munie d’une bonne clé et fait cautionner ses clés par le serveur sous ce nom.",
      steps: [
        "Demander au serveur, au nom de la prise, de cautionner les clés",
        "Répondre à l’appareil à la place de la passerelle",
        "Ouvrir ce que dit l’appareil",
      ],
      control: "Caution réservée aux passerelles",
      measured: "Une mesure que l’appareil a scellée pour sa passerelle est ouverte par l’attaquant.",
    },
  },
  async run(site, report) {
    const sensor = await enrolDevice(site, "thermometer");
    const plug = await enrolDevice(site, "plug");
    const keys = generateKeyBundle(SUITE_IDS.M1, systemRandom);
    report.step(0);
    report.attacker(`${plug.device.name} says it is known at its site by ${keys.keyId}`);
    const { answer, voucher } = await askForVoucher(plug.identity, keys);
    report.site(`${answer}, ${voucher === undefined ? "no signature" : "signed by the trust root"}`);
    report.step(1);
    const rogue = await serveKeys(keys, voucher);
    try {
      const url = `http://127.0.0.1:${(rogue.address() as { port: number }).port}`;
      const { root } = sensor.identity;
      const believed = await fetchSiteKey({ url, suite: SUITE_IDS.M1, root }).catch((error: unknown) => {
        given(
          isAppError(error) && error.code === "envelope.refused",
          `the device asks its gateway: ${error}`,
        );
        return undefined;
      });
      report.site(`${sensor.device.name}: ${believed === undefined ? "not my gateway" : "sends a reading"}`);
      report.step(2);
      let opened = "";
      if (believed !== undefined) {
        const how = { sequence: 1, sentMs: systemClock.nowMs(), recipient: believed };
        const envelope = sealValues(sensor.identity, { temperature: VALUE }, how);
        opened = reading(envelope, keys, sensor.identity.keys);
      }
      report.attacker(opened === "" ? "has heard nothing" : `reads ${opened}`);
      return {
        succeeded: opened.includes(String(VALUE)),
        evidence: { answer, vouched: voucher !== undefined, believed: believed !== undefined },
      };
    } finally {
      rogue.closeAllConnections();
      rogue.close();
    }
  },
};
