import { type Attack, given } from "../attack.ts";
import { enrolDevice, eventually, post, sealValues, settle } from "../site/device.ts";

const ORIGINAL = { bootId: 7, value: 20.5 };
const COPY = { bootId: 99, value: 26.5 };
/** Who sends each sequence, in turn, as two machines with one set of counters would. */
const TURNS = [ORIGINAL, COPY, ORIGINAL, COPY, COPY, COPY] as const;
/** The first message of a copy looks like one after a restart. */
const UNAVOIDABLE = 1;

export const clone: Attack = {
  name: "clone",
  control: "cloneWatch",
  texts: {
    en: {
      title: "Clone a device",
      what: "Somebody has copied the memory of a thermometer, keys and counters and all, and runs it on a second machine beside the first.",
      steps: ["Copy keys and counters", "Both machines report in turn", "See how long the copy is believed"],
      control: "Clone watch",
      measured:
        "Readings of the copy that are stored: more than its first, which nobody can tell from a restart.",
    },
    fr: {
      title: "Cloner un appareil",
      what: "Quelqu’un a copié la mémoire d’un thermomètre, clés et compteurs compris, et la fait tourner sur une seconde machine à côté de la première.",
      steps: [
        "Copier clés et compteurs",
        "Les deux machines parlent tour à tour",
        "Voir combien de temps la copie est crue",
      ],
      control: "Détection des clones",
      measured:
        "Mesures de la copie conservées : plus que la première, que rien ne distingue d’un redémarrage.",
    },
  },
  async run(site, report) {
    const { device, identity } = await enrolDevice(site, "thermometer");
    report.step(0);
    report.attacker(`has the keys ${identity.keys.keyId} of ${device.name}`);
    report.step(1);
    for (const [i, { bootId, value }] of TURNS.entries()) {
      const how = { sequence: i + 1, sentMs: 0, bootId };
      const answer = await post(site, sealValues(identity, { temperature: value }, how));
      const line = `SEALED #${i + 1} boot ${bootId} ${value} °C: ${answer}`;
      if (bootId === COPY.bootId) report.attacker(line);
      else report.site(line);
    }
    report.step(2);
    await settle();
    const all = (await site.stored(device.id, "temperature")).map(({ value }) => value);
    given(all.includes(ORIGINAL.value), "the device's own readings are kept");
    const stored = all.filter((value) => value === COPY.value);
    const log = `/api/v1/devices/${device.id}/log`;
    const isNoted = async (): Promise<boolean> =>
      (await site.call<{ items: { code?: string }[] }>("GET", log)).items.some(
        ({ code }) => code === "channel_key_cloned",
      );
    const succeeded = stored.length > UNAVOIDABLE;
    const noted = succeeded ? await isNoted() : await eventually(isNoted, (is) => is);
    report.site(`kept ${stored.length} readings of the copy; the device's log tells of it: ${noted}`);
    given(succeeded || noted, "who ends a copied key tells of it");
    return { succeeded, evidence: { storedOfCopy: stored.length, noted } };
  },
};
