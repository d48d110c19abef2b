import { systemClock } from "@gatehouse/base";
import { type Attack, given } from "../attack.ts";
import { enrolDevice, eventually, post, sealValues, settle } from "../site/device.ts";

/** Longer than clocks may differ. The lab seals with the time of then instead of waiting. */
const HELD_BACK_MS = 10 * 60_000;

export const reorder: Attack = {
  name: "reorder",
  control: "timeWindow",
  texts: {
    en: {
      title: "Hold a message back and let it overtake",
      what: "Somebody who can cut the wire keeps the message “closed” of ten minutes ago, never delivered, and delivers it after the newer message “open”. Its number was never used, so it is no replay.",
      steps: ["Keep “closed” back", "Let “open” pass", "Deliver “closed” ten minutes late"],
      control: "Time window",
      measured: "The site believes that the door is closed.",
    },
    fr: {
      title: "Retenir un message et changer l’ordre",
      what: "Quelqu’un qui peut couper la ligne retient le message « fermée » d’il y a dix minutes, jamais livré, et le livre après le message plus récent « ouverte ». Son numéro n’a jamais servi : ce n’est pas un rejeu.",
      steps: ["Retenir « fermée »", "Laisser passer « ouverte »", "Livrer « fermée » dix minutes plus tard"],
      control: "Fenêtre de temps",
      measured: "Le site croit que la porte est fermée.",
    },
  },
  async run(site, report) {
    const { device, identity } = await enrolDevice(site, "contact");
    const nowMs = systemClock.nowMs();
    report.step(0);
    const held = sealValues(identity, { open: false }, { sequence: 1, sentMs: nowMs - HELD_BACK_MS });
    report.attacker("keeps SEALED #1 back");
    report.step(1);
    const newer = sealValues(identity, { open: true }, { sequence: 2, sentMs: nowMs });
    report.site(`SEALED #2 open=true: ${await post(site, newer)}`);
    const isOpen = (): Promise<unknown> => site.lastValue(device.id, "open");
    given((await eventually(isOpen, (open) => open === true)) === true, "the site believes the door open");
    report.step(2);
    const answer = await post(site, held);
    report.attacker("delivers SEALED #1");
    report.site(answer);
    await settle();
    const open = await isOpen();
    return { succeeded: open === false, evidence: { answer, doorOpen: String(open) } };
  },
};
