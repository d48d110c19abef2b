import { randomBase62, systemRandom } from "@gatehouse/base";
import { findCosignature, parseSignatureLines, parseVerifierKey, type VerifierKey } from "@gatehouse/ledger";
import { type Attack, given } from "../attack.ts";
import { NeighbourLog } from "../site/neighbour-log.ts";
import { fetchNotBusy, type Site } from "../site/site.ts";

const HONEST = 8;
const BACKUP = 5;
const REWRITTEN = 10;

const acts = (from: number, to: number, word: string): string[] =>
  Array.from({ length: to - from }, (_, i) => `${word} ${from + i}`);

/** Whether the witness cosigned the newest checkpoint, and its answer. */
async function askWitness(
  site: Site,
  log: NeighbourLog,
  oldSize: number,
  witness: VerifierKey,
): Promise<{ readonly cosigned: boolean; readonly status: number }> {
  const reply = await fetchNotBusy(`${site.url}/ledger/witness/add-checkpoint`, {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: log.addCheckpoint(oldSize),
  });
  const body = await reply.text();
  if (reply.status !== 200) return { cosigned: false, status: reply.status };
  const signed = { text: log.checkpoint().text, signatures: parseSignatureLines(body) };
  return { cosigned: findCosignature(signed, witness).state === "valid", status: reply.status };
}

export const logRollback: Attack = {
  name: "log-rollback",
  control: "witnessMemory",
  texts: {
    en: {
      title: "Roll a log back",
      what: "A neighbour's installation has this site cosign its audit log. Its owner, who has its keys, goes back to an old backup and lets the log grow anew, without the entries that trouble him. To be believed, the new past needs the witness's signature too.",
      steps: [
        "The witness cosigns the log as it grows",
        "Go back to the backup, and write another past",
        "Ask the witness to cosign it",
      ],
      control: "Memory of the witness",
      measured: "Under a checkpoint of the other past stands a signature of the witness that holds.",
    },
    fr: {
      title: "Ramener un journal en arrière",
      what: "L’installation d’un voisin fait cosigner son journal d’audit par ce site. Son propriétaire, qui en a les clés, revient à une vieille sauvegarde et laisse le journal repousser sans les lignes qui le gênent. Pour être cru, ce nouveau passé a aussi besoin de la signature du témoin.",
      steps: [
        "Le témoin cosigne le journal à mesure qu’il grandit",
        "Revenir à la sauvegarde, et écrire un autre passé",
        "Demander au témoin de le cosigner",
      ],
      control: "Mémoire du témoin",
      measured: "Sous un point de contrôle de l’autre passé figure une signature valable du témoin.",
    },
  },
  async run(site, report) {
    const log = new NeighbourLog(`neighbour-${randomBase62(systemRandom, 8).toLowerCase()}.example`);
    await site.call("POST", "/api/v1/ledger/witnessed", { verifierKey: log.verifierKey });
    const { ownKey } = await site.call<{ ownKey: string }>("GET", "/api/v1/ledger/witnesses");
    const witness = parseVerifierKey(ownKey);
    report.step(0);
    log.grow(acts(0, HONEST, "act"));
    const honest = await askWitness(site, log, 0, witness);
    given(honest.cosigned, `the witness cosigns a log that grows: ${honest.status}`);
    report.site(`cosigned size ${log.size}`);
    report.step(1);
    log.cutTo(BACKUP);
    const claims = [await askWitness(site, log, 0, witness)];
    report.attacker(`the backup of size ${log.size}, as if it were the first: ${claims[0]?.status}`);
    log.grow(acts(BACKUP, REWRITTEN, "other act"));
    report.step(2);
    for (const oldSize of [0, BACKUP, HONEST]) {
      const claim = await askWitness(site, log, oldSize, witness);
      report.attacker(`another past of size ${log.size}, said to follow size ${oldSize}: ${claim.status}`);
      claims.push(claim);
    }
    const cosigned = claims.filter((claim) => claim.cosigned).length;
    report.site(`cosigned ${cosigned} checkpoints of another past`);
    const answer = claims.map(({ status }) => status).join(" ");
    return { succeeded: cosigned > 0, evidence: { cosigned, answer } };
  },
};
