import { type Attack, given } from "../attack.ts";
import { ACCESS_COOKIE, labelOf, logInAs, Visitor } from "../site/visitor.ts";

const FORGED_LABEL = "by a thief";

export const sessionTheft: Attack = {
  name: "session-theft",
  control: "sessionRow",
  texts: {
    en: {
      title: "Use a session that has ended",
      what: "Somebody has copied the access cookie of an operator from a shared computer. The operator logs out. The token in the cookie is signed and good for minutes still.",
      steps: ["Copy the cookie", "The operator logs out", "Rename a device with the copy"],
      control: "Sessions that can be ended",
      measured: "A device has the name that the thief gave it after the operator had logged out.",
    },
    fr: {
      title: "Se servir d’une session terminée",
      what: "Quelqu’un a copié le cookie d’accès d’un opérateur sur un ordinateur partagé. L’opérateur se déconnecte. Le jeton du cookie est signé et vaut encore quelques minutes.",
      steps: ["Copier le cookie", "L’opérateur se déconnecte", "Renommer un appareil avec la copie"],
      control: "Sessions révocables",
      measured: "Un appareil porte le nom que le voleur lui a donné après la déconnexion de l’opérateur.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    const operator = await logInAs(site, await site.addPerson("operator"));
    report.step(0);
    const thief = new Visitor(site, [[ACCESS_COOKIE, operator.cookie(ACCESS_COOKIE)]]);
    given(await thief.isIn(), "the copy is as good as the cookie");
    report.attacker("has the access cookie, and is in");
    report.step(1);
    const { said: left } = await operator.ask("POST", "/api/v1/auth/logout");
    given(left.startsWith("200"), "the operator can log out");
    report.site(`the operator logs out: ${left}`);
    report.step(2);
    const { said: answer } = await thief.label(device.id, FORGED_LABEL);
    report.attacker(`PATCH ${device.name}: ${answer}`);
    const label = await labelOf(site, device.id);
    report.site(`${device.name} is called "${label}"`);
    return { succeeded: label === FORGED_LABEL, evidence: { answer, label } };
  },
};
