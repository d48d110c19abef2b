import { type EvidenceReport, verifyEvidence } from "@gatehouse/ledger";
import { type OpenedExport, openZip } from "@gatehouse/verifier";
import { type Attack, given } from "../attack.ts";
import { eventually } from "../site/device.ts";
import type { Site } from "../site/site.ts";
import { logInAs, type Visitor } from "../site/visitor.ts";

interface Entry {
  readonly id: string;
  readonly index: number;
}

type Evidence = Extract<OpenedExport, { state: "complete" }>["files"];

/** What an auditor does: takes the log from this index on home and verifies it there, with the fingerprint from paper. */
async function audit(
  auditor: Visitor,
  fromIndex: number,
  fingerprint: string,
): Promise<{ readonly files: Evidence; readonly report: EvidenceReport }> {
  const reply = await auditor.fetch("POST", "/api/v1/ledger/export", { fromIndex, reveal: false });
  const opened = openZip(new Uint8Array(await reply.arrayBuffer()));
  if (opened.state !== "complete") throw new Error(`the export is ${opened.state}: ${reply.status}`);
  return { files: opened.files, report: verifyEvidence(opened.files, { fingerprint }) };
}

const holds = ({ events }: Evidence, { id }: Entry): boolean => Buffer.from(events).toString().includes(id);

const verdictOf = ({ ok, pinned }: EvidenceReport): string =>
  ok && pinned === "pinned" ? "genuine" : "not genuine";

const namesOf = ({ problems }: EvidenceReport): string =>
  problems.map(({ kind, index }) => `${kind} ${index}`).join(", ");

/** The entry of an act that somebody would rather not have done. */
async function revokeAsOperator(site: Site): Promise<Entry> {
  const device = await site.addDevice("thermometer");
  const operator = await logInAs(site, await site.addPerson("operator"));
  await operator.ask("POST", `/api/v1/devices/${device.id}/revoke`);
  const entry = await eventually(
    async () => {
      const path = `/api/v1/ledger/entries?kind=device.revoked&subject=${device.id}`;
      return (await site.call<{ items: Entry[] }>("GET", path)).items[0];
    },
    (found) => found !== undefined,
  );
  if (entry === undefined) throw new Error("what the operator did is not in the log");
  return entry;
}

export const logDeletion: Attack = {
  name: "log-deletion",
  control: "gapSearch",
  texts: {
    en: {
      title: "Take a row out of the audit log",
      what: "An operator has revoked the wrong device, and a friend has the database's password. The row of that act is deleted. Then an auditor takes the log home and verifies it.",
      steps: [
        "The operator's act is in the log",
        "Delete its row in the database",
        "The auditor exports the log and verifies it",
      ],
      control: "Search for gaps",
      measured: "The export is genuine by the verifier, and the act is not in it.",
    },
    fr: {
      title: "Ôter une ligne du journal d’audit",
      what: "Un opérateur a révoqué le mauvais appareil, et un ami a le mot de passe de la base de données. La ligne de cet acte est supprimée. Puis un auditeur emporte le journal et le vérifie.",
      steps: [
        "L’acte de l’opérateur est au journal",
        "Supprimer sa ligne dans la base de données",
        "L’auditeur exporte le journal et le vérifie",
      ],
      control: "Recherche des lacunes",
      measured: "L’export est authentique selon le vérificateur, et l’acte n’y est pas.",
    },
  },
  async run(site, report) {
    const person = await site.addPerson("auditor");
    const auditor = await logInAs(site, person);
    await auditor.ask("POST", "/api/v1/auth/step-up", { factor: "password", password: person.password });
    const { fingerprint } = await site.call<{ fingerprint: string }>("GET", "/api/v1/ledger/trust");
    report.step(0);
    const entry = await revokeAsOperator(site);
    const before = await audit(auditor, entry.index, fingerprint);
    given(
      verdictOf(before.report) === "genuine" && holds(before.files, entry),
      "the act is in a genuine log",
    );
    report.site(`device.revoked stands at index ${entry.index}; the export is genuine`);
    report.step(1);
    const gone = await site.query("delete from ledger_entries where event_id = $1 returning index", [
      entry.id,
    ]);
    given(gone.length === 1, "the row can be deleted by whoever rules the database");
    report.attacker(`delete from ledger_entries where index = ${entry.index}`);
    report.step(2);
    const after = await audit(auditor, entry.index, fingerprint);
    given(!holds(after.files, entry), "what is deleted is not exported");
    const [verdict, named] = [verdictOf(after.report), namesOf(after.report)];
    report.site(`the auditor's verifier: ${verdict}${named === "" ? "" : `, ${named}`}`);
    given(verdict === "genuine" || named.includes(`missing ${entry.index}`), "the verifier names the index");
    return {
      succeeded: verdict === "genuine",
      evidence: { erasedIndex: entry.index, verdict, named: named === "" ? "–" : named },
    };
  },
};
