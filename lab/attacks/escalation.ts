import { type Attack, given } from "../attack.ts";
import { labelOf, logInAs } from "../site/visitor.ts";

const FORGED_LABEL = "by an owner of one's own making";
const EVERYWHERE = { kind: "tenant" };
/** Gives roles to people; changes no device. */
const PERSONNEL = ["people.read", "role.read", "role.write"];

export const escalation: Attack = {
  name: "escalation",
  control: "grantCeiling",
  texts: {
    en: {
      title: "Ask for more than one has",
      what: "A guard who may also hand out roles, and nothing more, gives a colleague another role than the page offers: the request says owner.",
      steps: [
        "Give the colleague the guard's own role",
        "Give the role of owner",
        "Rename a device as owner",
      ],
      control: "Nobody gives more than they have",
      measured: "A device has the name that the colleague gave it, which no guard may change.",
    },
    fr: {
      title: "Demander plus que ce qu’on a",
      what: "Un gardien qui peut aussi donner des rôles, et rien de plus, donne à une collègue un autre rôle que ceux de la page : la requête dit propriétaire.",
      steps: [
        "Donner à la collègue son propre rôle",
        "Donner le rôle de propriétaire",
        "Renommer un appareil en propriétaire",
      ],
      control: "Nul ne donne plus qu’il n’a",
      measured: "Un appareil porte le nom que la collègue lui a donné, ce qu’aucun gardien ne peut changer.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    const [guard, colleague] = [await site.addPerson("guard"), await site.addPerson("guard")];
    const { ref } = await site.call<{ ref: string }>("POST", "/api/v1/roles", {
      name: `Personnel ${guard.id}`,
      permissions: PERSONNEL,
    });
    await site.call("POST", `/api/v1/people/${guard.id}/grants`, { role: ref, scope: EVERYWHERE });
    const attacker = await logInAs(site, guard);
    await attacker.ask("POST", "/api/v1/auth/step-up", { factor: "password", password: guard.password });
    const give = (role: string) =>
      attacker.ask("POST", `/api/v1/people/${colleague.id}/grants`, { role, scope: EVERYWHERE });
    report.step(0);
    const { said: allowed } = await give("guard");
    report.attacker(`gives guard: ${allowed}`);
    given(allowed.startsWith("201"), "who may hand out roles can hand out their own");
    given((await attacker.label(device.id, FORGED_LABEL)).status === 403, "a guard renames no device");
    report.step(1);
    const { said: answer } = await give("owner");
    report.attacker(`gives owner: ${answer}`);
    report.step(2);
    const owner = await logInAs(site, colleague);
    const { said: rename } = await owner.label(device.id, FORGED_LABEL);
    report.attacker(`the colleague renames ${device.name}: ${rename}`);
    const label = await labelOf(site, device.id);
    report.site(`${device.name} is called "${label}"`);
    return { succeeded: label === FORGED_LABEL, evidence: { answer, label } };
  },
};
