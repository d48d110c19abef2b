import type { Attack } from "../attack.ts";
import { connect, loginOf, outcome, publish } from "../site/device.ts";
import { commandTopic, FORGED, startLed } from "../site/led.ts";

export const foreignTopic: Attack = {
  name: "foreign-topic",
  control: "publishPermission",
  texts: {
    en: {
      title: "Publish on another device's topic",
      what: "A plug that has been taken over, with a good key of its own, switches on a lamp that is not its business: it publishes a command on the lamp's topic.",
      steps: ["The lamp waits for commands", "Publish a command on its topic", "See what the lamp did"],
      control: "Topic permissions",
      measured: "Commands the lamp obeyed that the site never gave.",
    },
    fr: {
      title: "Publier sur le sujet d’un autre appareil",
      what: "Une prise détournée, munie d’une bonne clé, allume une lampe qui ne la regarde pas : elle publie une commande sur le sujet de la lampe.",
      steps: [
        "La lampe attend des commandes",
        "Publier une commande sur son sujet",
        "Regarder ce que la lampe a fait",
      ],
      control: "Droits sur les sujets",
      measured: "Commandes exécutées par la lampe que le site n’a jamais données.",
    },
  },
  async run(site, report) {
    const [lamp, plug] = [await site.addDevice("led"), await site.addDevice("plug")];
    report.step(0);
    const led = await startLed(site, lamp);
    report.site(`${lamp.name} SUBSCRIBE ${commandTopic(lamp)}`);
    report.step(1);
    const attacker = await connect(site.mqttPort, loginOf(plug));
    report.attacker(`${plug.name} PUBLISH ${commandTopic(lamp)} ${JSON.stringify(FORGED.params)}`);
    const answer = await publish(attacker, commandTopic(lamp), JSON.stringify(FORGED));
    report.site(answer);
    report.step(2);
    const isObeyed = await outcome(
      site.controls.publishPermission,
      () => led.obeyed.includes(FORGED.id),
      (is) => is,
    );
    report.site(`${lamp.name} obeyed ${led.obeyed.length} commands`);
    await Promise.all([led.client.endAsync(true), attacker.endAsync(true)]);
    return { succeeded: isObeyed, evidence: { answer, obeyed: led.obeyed.length } };
  },
};
