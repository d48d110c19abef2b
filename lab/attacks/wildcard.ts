import type { Attack } from "../attack.ts";
import { connect, loginOf, outcome } from "../site/device.ts";

const FILTERS = ["#", "gh/#", "gh/+/up/telemetry", "+/+/+/+", "led/#", "$SYS/#"] as const;

export const wildcard: Attack = {
  name: "wildcard",
  control: "subscribePermission",
  texts: {
    en: {
      title: "Subscribe to everything",
      what: "A plug that has been taken over, with a good key of its own, subscribes with wildcards to read what all other devices say.",
      steps: ["Subscribe with wildcards", "Another device reports", "Count what came"],
      control: "Subscription permissions",
      measured: "Messages of other devices that reached the attacker.",
    },
    fr: {
      title: "S’abonner à tout",
      what: "Une prise détournée, munie d’une bonne clé, s’abonne avec des jokers pour lire ce que disent tous les autres appareils.",
      steps: ["S’abonner avec des jokers", "Un autre appareil parle", "Compter ce qui est arrivé"],
      control: "Droits d’abonnement",
      measured: "Messages d’autres appareils parvenus à l’attaquant.",
    },
  },
  async run(site, report) {
    const [sensor, plug] = [await site.addDevice("thermometer"), await site.addDevice("plug")];
    const attacker = await connect(site.mqttPort, loginOf(plug));
    const read: string[] = [];
    const said = `gh/${sensor.name}/up/telemetry`;
    attacker.on("message", (topic) => {
      if (topic === said) read.push(topic);
    });
    report.step(0);
    let granted = 0;
    for (const filter of FILTERS) {
      const answer = await attacker
        .subscribeAsync(filter, { qos: 1 })
        .then(([grant]) => grant?.qos ?? 128)
        .catch(() => 128);
      report.attacker(`SUBSCRIBE ${filter}`);
      report.site(`SUBACK ${answer}`);
      if (answer < 128) granted++;
    }
    report.step(1);
    const device = await connect(site.mqttPort, loginOf(sensor));
    await device.publishAsync(said, '{"temperature": 20.5}', { qos: 1 });
    await outcome(
      site.controls.subscribePermission,
      () => read.length,
      (count) => count > 0,
    );
    report.step(2);
    report.attacker(`read ${read.length} messages${read.length > 0 ? `: ${read.join(", ")}` : ""}`);
    await Promise.all([attacker.endAsync(true), device.endAsync(true)]);
    return { succeeded: read.length > 0, evidence: { granted, of: FILTERS.length, read: read.length } };
  },
};
