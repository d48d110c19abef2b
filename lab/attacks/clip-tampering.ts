import type { RecordingReport } from "../../apps/server/src/features/recordings/index.ts";
import { type Attack, given, type Report } from "../attack.ts";
import {
  ClipFiles,
  chunksIn,
  framesOf,
  KEY_FILE_BYTES,
  play,
  recordClip,
  type Segment,
} from "../site/clips.ts";
import { checkSite } from "../site/recording-check.ts";
import { reseal } from "../site/reseal.ts";
import type { Site } from "../site/site.ts";
import { logInAs, type Visitor } from "../site/visitor.ts";

const TRUTH = "the car hits the post";
const FORGED = "the car passes the post";
const DAY_MS = 86_400_000;

const problemOf = ({ problems }: RecordingReport, id: string): string =>
  problems.find(({ what }) => what === id)?.kind ?? "nothing";

/** Changes that need no key; each is undone before the next. What the check names each as. */
async function changeFiles(
  site: Site,
  clip: { readonly id: string; readonly cameraId: string },
  report: Report,
) {
  const files = await ClipFiles.of(site, clip);
  const whole = await files.read();
  const chunks = chunksIn(whole);
  const [first, second] = chunks as [(typeof chunks)[0], (typeof chunks)[0]];
  const part = ({ start, end }: typeof first): Buffer => whole.subarray(start, end);
  const moved = [whole.subarray(0, first.start), part(second), part(first), whole.subarray(second.end)];
  const other = Buffer.from(whole);
  for (let at = first.start + 4; at < first.end; at++) other[at] = 0x5a;
  const changes = {
    cut: whole.subarray(0, second.start),
    reordered: Buffer.concat(moved),
    "other content": other,
  };
  const found: Record<string, string> = {};
  for (const [change, bytes] of Object.entries(changes)) {
    await files.write(bytes);
    found[change] = problemOf(await checkSite(site), clip.id);
    report.attacker(`${change}: the check says ${found[change]}`);
  }
  await files.write(whole);
  const earlier = (ms: number) =>
    site.query(
      "update recording_segments set start_ms = start_ms - $2, first_ms = first_ms - $2, last_ms = last_ms - $2 where id = $1",
      [clip.id, ms],
    );
  await earlier(DAY_MS);
  found["a day earlier"] = problemOf(await checkSite(site), clip.id);
  report.attacker(`a day earlier in the database: the check says ${found["a day earlier"]}`);
  await earlier(-DAY_MS);
  given(problemOf(await checkSite(site), clip.id) === "nothing", "the clip as it was has no problem");
  return found;
}

/** One chunk is left, and a row that says no more: what a crash leaves of a segment that was being written. */
async function cutAsCrash(site: Site, owner: Visitor, clip: Segment): Promise<void> {
  const files = await ClipFiles.of(site, clip);
  const [whole, frames] = [await files.read(), await framesOf(owner, clip)];
  const [row] = await site.query<{ chunks: Buffer }>("select chunks from recording_segments where id = $1", [
    clip.id,
  ]);
  const kept = row?.chunks.readUInt32BE(8) ?? 0;
  const end = chunksIn(whole)[0]?.end ?? 0;
  await files.write(whole.subarray(0, end));
  await site.query(
    `update recording_segments set state = 'unsigned', manifest = null, manifest_sha256 = null, bytes = $2,
       chunks = substr(chunks, 1, 12), frames = $3, last_ms = start_ms + $4 where id = $1`,
    [clip.id, end + KEY_FILE_BYTES, kept, typeof frames === "string" ? 0 : frames[kept - 1]?.offsetMs],
  );
}

export const clipTampering: Attack = {
  name: "clip-tampering",
  control: "sealedEntries",
  texts: {
    en: {
      title: "Change a recording",
      what: "Somebody has the disk, the database and even the master key, and wants a recorded accident to have been another one, a day earlier. Clips are cut, put in another order, written over, back-dated and left out; one is made anew, sealed and signed with the right keys, and one loses its end as if by a crash. Then somebody checks the recordings.",
      steps: [
        "An accident is recorded",
        "Cut, reorder, write over, back-date",
        "Leave a clip out",
        "Make a clip anew with the right keys, cut another as a crash would",
      ],
      control: "Recordings against the audit log",
      measured: "A clip with another content and time, or without its end, has no problem in the check.",
    },
    fr: {
      title: "Modifier un enregistrement",
      what: "Quelqu’un a le disque, la base de données et même la clé maîtresse, et voudrait qu’un accident enregistré ait été un autre, la veille. Des séquences sont coupées, mises dans un autre ordre, écrasées, antidatées, supprimées ; l’une est refaite, scellée et signée avec les bonnes clés, une autre perd sa fin comme par une panne. Puis quelqu’un vérifie les enregistrements.",
      steps: [
        "Un accident est enregistré",
        "Couper, réordonner, écraser, antidater",
        "Supprimer une séquence",
        "Refaire une séquence avec les bonnes clés, couper l’autre comme par une panne",
      ],
      control: "Enregistrements confrontés au journal d’audit",
      measured:
        "Une séquence au contenu et à l’heure changés, ou sans sa fin, n’a aucun problème à la vérification.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("camera");
    const owner = await logInAs(site, await site.addPerson("owner"));
    report.step(0);
    const long = await recordClip(site, device, { shows: TRUTH, chunks: 2 });
    const middle = await recordClip(site, device, { shows: TRUTH });
    const last = await recordClip(site, device, { shows: TRUTH });
    const before = await checkSite(site);
    given(
      [long, middle, last].every(({ id }) => problemOf(before, id) === "nothing"),
      "clips as they were are right",
    );
    report.site(`${device.name} has three clips; the check has no problem with them`);
    report.step(1);
    const found = await changeFiles(site, long, report);
    given(!Object.values(found).includes("nothing"), "what needs no key is found whatever the log has");
    report.step(2);
    const files = await ClipFiles.of(site, middle);
    await site.query("delete from recording_segments where id = $1", [middle.id]);
    await files.remove();
    const { gaps } = await checkSite(site);
    report.attacker(
      `left ${middle.id} out; the check misses one before ${gaps.filter((id) => id === last.id)}`,
    );
    given(gaps.includes(last.id), "a clip that is left out is missed by the next");
    report.step(3);
    await reseal(site, last, { shows: [FORGED, FORGED], earlierMs: DAY_MS });
    const shown = await play(owner, last);
    report.attacker(`made ${last.id} anew with the master key; the player shows: ${shown}`);
    given(String(shown).includes(FORGED), "the right keys make a clip that plays");
    await cutAsCrash(site, owner, long);
    report.attacker(`cut the end of ${long.id} off, index and all, as a crash would have left it`);
    const after = await checkSite(site);
    const [anew, cut] = [problemOf(after, last.id), problemOf(after, long.id)];
    report.site(`the check says of what was made anew: ${anew}; of what was cut: ${cut}`);
    return {
      succeeded: anew === "nothing" || cut === "nothing",
      evidence: { ...found, "left out": "missed by the next", "made anew": anew, "cut as by a crash": cut },
    };
  },
};
