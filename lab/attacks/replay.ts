import { type Attack, given } from "../attack.ts";
import { enrolDevice, eventually, post, sealValues, settle } from "../site/device.ts";

export const replay: Attack = {
  name: "replay",
  control: "replayGuard",
  texts: {
    en: {
      title: "Replay an old message",
      what: "A burglar has recorded the sealed message with which a door contact said “closed”, and sends it again once the door is open. The contact has no clock.",
      steps: ["Record “closed”", "The door is opened", "Send the recording again"],
      control: "Replay guard",
      measured: "The site believes that the door is closed.",
    },
    fr: {
      title: "Rejouer un ancien message",
      what: "Un cambrioleur a enregistré le message scellé par lequel un contact de porte disait « fermée », et le renvoie une fois la porte ouverte. Le contact n’a pas d’horloge.",
      steps: ["Enregistrer « fermée »", "La porte s’ouvre", "Renvoyer l’enregistrement"],
      control: "Protection contre le rejeu",
      measured: "Le site croit que la porte est fermée.",
    },
  },
  async run(site, report) {
    const { device, identity } = await enrolDevice(site, "contact");
    report.step(0);
    const recorded = sealValues(identity, { open: false }, { sequence: 1, sentMs: 0 });
    report.site(`SEALED #1 open=false: ${await post(site, recorded)}`);
    report.attacker(`recorded ${recorded.length} bytes, cannot read them`);
    report.step(1);
    const truth = sealValues(identity, { open: true }, { sequence: 2, sentMs: 0 });
    report.site(`SEALED #2 open=true: ${await post(site, truth)}`);
    const isOpen = (): Promise<unknown> => site.lastValue(device.id, "open");
    given((await eventually(isOpen, (open) => open === true)) === true, "the site believes the door open");
    report.step(2);
    const answer = await post(site, recorded);
    report.attacker("POST /api/v1/channel/messages with the recording");
    report.site(answer);
    await settle();
    const open = await isOpen();
    return { succeeded: open === false, evidence: { answer, doorOpen: String(open) } };
  },
};
