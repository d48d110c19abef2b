import { type Attack, given } from "../attack.ts";
import { fetchNotBusy } from "../site/site.ts";
import { lure } from "../site/victim-browser.ts";
import { logInAs } from "../site/visitor.ts";

export const csrf: Attack = {
  name: "csrf",
  control: "requestOrigin",
  texts: {
    en: {
      title: "Let an operator's browser do it",
      what: "An operator is logged in to the console and reads a forum under the same domain. A page there makes the browser revoke a device. The forum is the same site, so the browser sends the operator's cookies along, strict ones too.",
      steps: [
        "The operator is logged in to the console",
        "The operator opens the attacker's page",
        "See whether the device is still let in",
      ],
      control: "Origin of requests",
      measured: "The device is revoked, which nobody in the organisation wanted.",
    },
    fr: {
      title: "Faire agir le navigateur d’un opérateur",
      what: "Un opérateur est connecté à la console et lit un forum sous le même domaine. Une page y fait révoquer un appareil par son navigateur. Le forum est du même site : le navigateur joint les cookies de l’opérateur, même stricts.",
      steps: [
        "L’opérateur est connecté à la console",
        "L’opérateur ouvre la page de l’attaquant",
        "Voir si l’appareil est encore admis",
      ],
      control: "Origine des requêtes",
      measured: "L’appareil est révoqué, ce que personne dans l’organisation n’a voulu.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    const path = `/api/v1/devices/${device.id}/revoke`;
    report.step(0);
    const operator = await logInAs(site, await site.addPerson("operator"));
    given(await operator.isIn(), "the operator is logged in");
    report.step(1);
    // Without a body the request is one that browsers send to other origins without asking first; the page cannot
    // read the answer, and need not.
    const { told, browser } = await lure(site, operator, {
      script: `fetch(site + ${JSON.stringify(path)}, { method: "POST", mode: "no-cors", credentials: "include" })
        .catch(() => undefined).then(() => tell("sent"));`,
      forge: async (headers) => {
        await fetchNotBusy(`${site.url}${path}`, { method: "POST", headers });
        return "sent";
      },
    });
    report.attacker(`POST ${path} from the forum's page: ${told}`);
    given(told === "sent", "the page sends its request");
    report.step(2);
    const { status } = await site.call<{ status: string }>("GET", `/api/v1/devices/${device.id}`);
    const revoked = status === "revoked";
    report.site(`${device.name} is ${revoked ? "revoked" : "let in as before"}`);
    return { succeeded: revoked, evidence: { revoked, browser } };
  },
};
