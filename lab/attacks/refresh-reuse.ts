import { type Attack, given } from "../attack.ts";
import { labelOf, logInAs, REFRESH_COOKIE, Visitor } from "../site/visitor.ts";

const FORGED_LABEL = "by a thief";
const REFRESH = "/api/v1/auth/refresh";

export const refreshReuse: Attack = {
  name: "refresh-reuse",
  control: "refreshFamily",
  texts: {
    en: {
      title: "Keep a stolen session alive",
      what: "Somebody has copied the refresh cookie of an operator, which renews a session for two weeks, and uses it before the operator does. From then on the operator's own is one that was used before.",
      steps: [
        "Renew the session with the copy, twice",
        "The operator's browser renews it with its own",
        "Rename a device in the stolen session",
      ],
      control: "End of a session at reuse",
      measured: "A device has the name that the thief gave it after the operator's browser had come back.",
    },
    fr: {
      title: "Prolonger une session volée",
      what: "Quelqu’un a copié le cookie de renouvellement d’un opérateur, qui prolonge une session de deux semaines, et s’en sert avant lui. Celui de l’opérateur est dès lors un secret déjà utilisé.",
      steps: [
        "Renouveler la session avec la copie, deux fois",
        "Le navigateur de l’opérateur la renouvelle avec le sien",
        "Renommer un appareil dans la session volée",
      ],
      control: "Fin de session à la réutilisation",
      measured:
        "Un appareil porte le nom que le voleur lui a donné après le retour du navigateur de l’opérateur.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    const operator = await logInAs(site, await site.addPerson("operator"));
    report.step(0);
    const thief = new Visitor(site, [[REFRESH_COOKIE, operator.cookie(REFRESH_COOKIE)]]);
    // Once would look like another tab of the operator's own browser for ten seconds.
    for (let i = 0; i < 2; i++) {
      const { said } = await thief.ask("POST", REFRESH);
      report.attacker(`POST ${REFRESH}: ${said}`);
    }
    given(await thief.isIn(), "the copy renews the session");
    report.step(1);
    const own = await operator.ask("POST", REFRESH);
    report.site(`the operator's browser renews: ${own.said}`);
    given(own.status === 401, "a secret that was used before renews nothing");
    report.step(2);
    const { said: answer } = await thief.label(device.id, FORGED_LABEL);
    report.attacker(`PATCH ${device.name}: ${answer}`);
    const label = await labelOf(site, device.id);
    report.site(`${device.name} is called "${label}"`);
    return { succeeded: label === FORGED_LABEL, evidence: { answer, label } };
  },
};
