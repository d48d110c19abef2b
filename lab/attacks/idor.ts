import { type Attack, given } from "../attack.ts";
import { labelOf, logInAs } from "../site/visitor.ts";

const FORGED_LABEL = "by the neighbour";

export const idor: Attack = {
  name: "idor",
  control: "tenantScope",
  texts: {
    en: {
      title: "Name a thing of the neighbour's",
      what: "Two organisations share an installation. The owner of one has seen the address of the other's device in a screenshot, and asks for it under that address as if it were their own.",
      steps: ["Log in to one's own organisation", "Ask for the neighbour's device", "Rename it"],
      control: "Bounds of the organisation",
      measured: "The other organisation's device has the name that the neighbour gave it.",
    },
    fr: {
      title: "Nommer un objet du voisin",
      what: "Deux organisations partagent une installation. Le propriétaire de l’une a vu l’adresse d’un appareil de l’autre sur une capture d’écran, et le demande sous cette adresse comme s’il était à lui.",
      steps: ["Se connecter à sa propre organisation", "Demander l’appareil du voisin", "Le renommer"],
      control: "Limites de l’organisation",
      measured: "L’appareil de l’autre organisation porte le nom que le voisin lui a donné.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    report.step(0);
    const neighbour = await logInAs(site, await site.addPerson("owner", await site.addOrganisation()));
    const own = await neighbour.ask("GET", "/api/v1/devices");
    given(own.status === 200 && own.body.total === 0, "the neighbour is in, and has no device");
    report.step(1);
    const { said: read } = await neighbour.ask("GET", `/api/v1/devices/${device.id}`);
    report.attacker(`GET /api/v1/devices/${device.id}: ${read}`);
    report.step(2);
    const { said: answer } = await neighbour.label(device.id, FORGED_LABEL);
    report.attacker(`PATCH the same: ${answer}`);
    const label = await labelOf(site, device.id);
    report.site(`${device.name} is called "${label}"`);
    return { succeeded: label === FORGED_LABEL, evidence: { answer, label } };
  },
};
