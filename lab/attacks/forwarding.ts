import { systemClock, systemRandom } from "@gatehouse/base";
import { CONTENT_TYPES, encodeForwarded, open, parseEnvelope, seal } from "@gatehouse/secure-channel";
import type { Attack } from "../attack.ts";
import { enrolDevice, post, sealValues, serverOf, settle } from "../site/device.ts";

const HELD_BACK = 19.5;

export const forwarding: Attack = {
  name: "forwarding",
  control: "forwardingScope",
  texts: {
    en: {
      title: "Speak as a gateway for foreign devices",
      what: "A gateway that once carried a thermometer's readings has kept a signed one back, marked “stored, sent late”. It is not that device's gateway any more, and delivers the reading when it likes, sealed under its own good key.",
      steps: [
        "Keep a signed reading back",
        "Seal it as a forwarded message",
        "Deliver it under the gateway's own key",
      ],
      control: "Who may speak for whom",
      measured: "The reading kept back is in the thermometer's history.",
    },
    fr: {
      title: "Parler en passerelle pour des appareils étrangers",
      what: "Une passerelle qui relayait jadis un thermomètre a retenu une mesure signée, marquée « conservée, envoyée plus tard ». Elle n’est plus la passerelle de cet appareil et livre la mesure quand bon lui semble, scellée sous sa propre bonne clé.",
      steps: [
        "Retenir une mesure signée",
        "La sceller comme message relayé",
        "La livrer sous la clé de la passerelle",
      ],
      control: "Qui peut parler pour qui",
      measured: "La mesure retenue est dans l’historique du thermomètre.",
    },
  },
  async run(site, report) {
    const victim = await enrolDevice(site, "thermometer");
    const { device, identity } = await enrolDevice(site, "generic");
    const server = serverOf(identity);
    const sentMs = systemClock.nowMs() - 60_000;
    report.step(0);
    const envelope = sealValues(
      victim.identity,
      { temperature: HELD_BACK },
      { sequence: 1, sentMs, storedLate: true, recipient: identity.keys },
    );
    const part = open(parseEnvelope(envelope), identity.keys, victim.identity.keys);
    report.attacker(`${device.name} holds a reading that ${victim.device.name} signed`);
    report.step(1);
    const forwarded = seal(
      {
        sender: identity.keys,
        recipient: server,
        contentType: CONTENT_TYPES.json,
        sequence: 1n,
        sentMs: systemClock.nowMs(),
        bootId: 1,
        forwarded: true,
        payload: encodeForwarded(part),
      },
      systemRandom,
    );
    report.step(2);
    const answer = await post(site, forwarded);
    report.attacker(`POST /api/v1/channel/messages, flag "forwarded", ${forwarded.length} bytes`);
    report.site(answer);
    await settle();
    const stored = (await site.stored(victim.device.id, "temperature")).map(({ value }) => value);
    return { succeeded: stored.includes(HELD_BACK), evidence: { answer, stored: stored.length } };
  },
};
