import { type Attack, given } from "../attack.ts";
import { eventually } from "../site/device.ts";
import { labelOf, Visitor } from "../site/visitor.ts";

const FORGED_LABEL = "by who read the mail";
const OPEN = "/api/v1/auth/link/open";

export const linkPrefetch: Attack = {
  name: "link-prefetch",
  control: "linkBrowser",
  texts: {
    en: {
      title: "Open a log-in link before its owner",
      what: "Mail servers open links to look for malware, and who reads a mailbox can do as they do. Somebody opens an operator's log-in link before the operator does, and confirms it as the page behind it would.",
      steps: [
        "The operator asks for a log-in link",
        "Look at the link, as a mail scanner does",
        "Confirm it, and rename a device",
      ],
      control: "Link bound to its browser",
      measured: "A device has the name that the reader of the mail gave it.",
    },
    fr: {
      title: "Ouvrir un lien de connexion avant son destinataire",
      what: "Les serveurs de courriel ouvrent les liens pour y chercher des logiciels malveillants, et qui lit une boîte peut faire de même. Quelqu’un ouvre le lien de connexion d’un opérateur avant lui, et le confirme comme le ferait la page.",
      steps: [
        "L’opérateur demande un lien de connexion",
        "Regarder le lien, comme un analyseur de courriel",
        "Le confirmer, et renommer un appareil",
      ],
      control: "Lien lié à son navigateur",
      measured: "Un appareil porte le nom que le lecteur du courriel lui a donné.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    const { email } = await site.addPerson("operator");
    report.step(0);
    const operator = new Visitor(site);
    const { said: asked } = await operator.ask("POST", "/api/v1/auth/link", { email });
    const mail = await eventually(
      () => site.mailTo(email, "sign_in_link"),
      (text) => text !== undefined,
    );
    const link = /https?:\/\/\S+/.exec(mail ?? "")?.[0] ?? "";
    given(link.includes("#"), `a mail with a link comes: ${asked}`);
    const { hash, pathname } = new URL(link);
    const token = hash.slice(1);
    report.site(`mails a link to ${email}`);
    report.step(1);
    // What stands behind # never reaches the server: looking spends nothing.
    const looked = await new Visitor(site).fetch("GET", pathname);
    await looked.arrayBuffer();
    report.attacker(`GET ${pathname}: ${looked.status}`);
    report.step(2);
    const reader = new Visitor(site);
    const { said: answer } = await reader.ask("POST", OPEN, { token });
    report.attacker(`POST ${OPEN}: ${answer}`);
    await reader.label(device.id, FORGED_LABEL);
    const label = await labelOf(site, device.id);
    report.site(`${device.name} is called "${label}"`);
    const succeeded = label === FORGED_LABEL;
    const own = await operator.ask("POST", OPEN, { token });
    report.site(`the operator opens the link: ${own.said}`);
    given(succeeded || own.status === 200, "the link opens for the operator");
    return { succeeded, evidence: { answer, label } };
  },
};
