import { isAppError, newUuid, type Uuid } from "@gatehouse/base";
import { cases } from "@gatehouse/contract";
import { type ZipFile, zipStream } from "../../../platform/archives/index.ts";
import { type AgeReader, createSha256, encryptAge } from "../../../platform/secrets/index.ts";
import type { CaseContext } from "../context.ts";
import type { Bundles, FileName, Made, Proofs } from "../ports.ts";
import { bundleReadMe } from "./bundle-read-me.ts";
import type { CaseExportRow } from "./export-store.ts";
import { type BundledClip, type Gathered, gather } from "./gather.ts";
import { makeReport } from "./report/report.ts";

interface BundleDeps {
  readonly context: CaseContext;
  readonly bundles: Bundles;
}

interface BundleWork {
  readonly name: FileName;
  /** Undefined: not encrypted. */
  readonly reader: AgeReader | undefined;
  readonly signal: AbortSignal;
  onProgress(ratio: number): void;
}

/** The film of a clip, or the code of why there is none. */
type Film = { readonly name: FileName; readonly bytes: number } | { readonly missing: string };

/** Films take about this share of the time. */
const FILMS_RATIO = 0.6;

/** A bundle of a case (docs/evidence.md, A bundle), sealed under its name. Nothing of it is left when it rejects. */
export async function makeBundle(deps: BundleDeps, row: CaseExportRow, work: BundleWork): Promise<Made> {
  const { bundles, context } = deps;
  const gathered = await gather(context, bundles, row, work.signal);
  const films: Film[] = [];
  try {
    for (const clip of gathered.clips) {
      films.push(await filmOf(deps, row.tenantId, clip, work.signal));
      work.onProgress((FILMS_RATIO * films.length) / gathered.clips.length);
    }
    return await bundles.turn(work.signal, () => write(deps, row, { ...work, gathered, films }));
  } finally {
    for (const film of films) if ("name" in film) await bundles.remove(film.name);
  }
}

/** A bundle without a film is one all the same: the pictures are in it. */
async function filmOf(
  { bundles, context: { clock, log, random } }: BundleDeps,
  tenantId: Uuid,
  { segments, span }: BundledClip,
  signal: AbortSignal,
): Promise<Film> {
  if (segments.length === 0) return { missing: "export.empty" };
  const { cameraId, fromMs, toMs } = span;
  try {
    return await bundles.render({
      ...{ tenantId, cameraId, fromMs, toMs, signal },
      fileId: newUuid(clock, random),
    });
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    log.warn({ cameraId, code: error.code }, "case.film_missing");
    return { missing: error.code };
  }
}

interface Writing extends BundleWork {
  readonly gathered: Gathered;
  readonly films: readonly Film[];
}

async function write(deps: BundleDeps, row: CaseExportRow, work: Writing): Promise<Made> {
  const { bundles, context } = deps;
  const tally = { frames: 0, damaged: 0 };
  const zip = zipStream(filesOf(deps, row, work, tally));
  const bytes = work.reader === undefined ? zip : await encryptAge(zip, work.reader, context.random);
  return { bytes: await bundles.seal(work.name, bytes, work.signal), ...tally };
}

/** Every file, and last of all the list of what they are. */
async function* filesOf(
  deps: BundleDeps,
  row: CaseExportRow,
  work: Writing,
  tally: Pick<Made, "frames" | "damaged">,
): AsyncGenerator<ZipFile> {
  const { bundles } = deps;
  const { gathered } = work;
  const proofs = await proofsOf(bundles, row, gathered.clips);
  const hashes = new Map<string, string>();
  const hashed = (file: ZipFile): ZipFile => ({ ...file, chunks: hashing(file, hashes) });
  for (const { name, bytes } of [...proofs.verifiers, ...proofs.files])
    yield hashed({ name, chunks: [bytes] });
  const frames: number[] = [];
  for (const [at, clip] of gathered.clips.entries()) {
    const before = tally.frames;
    for await (const file of clipFilesOf(deps, row, clip, work, tally)) yield hashed(file);
    frames.push(tally.frames - before);
    const film = work.films[at];
    if (film !== undefined && "name" in film) yield hashed(await filmFile(bundles, clip, film));
    work.onProgress(FILMS_RATIO + ((1 - FILMS_RATIO) * (at + 1)) / gathered.clips.length);
  }
  const stills: (Uint8Array | undefined)[] = [];
  for (const { segments, span } of gathered.clips)
    stills.push(
      segments.length === 0
        ? undefined
        : await bundles.still({ tenantId: row.tenantId, ...span }, span.bestMs),
    );
  yield hashed({ name: "report.pdf", chunks: [await makeReport(gathered, proofs, stills)] });
  yield hashed({ name: "README.txt", chunks: [Buffer.from(bundleReadMe(gathered, proofs))] });
  const list = { ...listOf(gathered, proofs, work.films, frames), files: Object.fromEntries(hashes) };
  yield { name: "case.json", chunks: [Buffer.from(JSON.stringify(list, undefined, 1))] };
}

async function* clipFilesOf(
  { bundles }: BundleDeps,
  { tenantId }: CaseExportRow,
  { folder, segments, span }: BundledClip,
  { signal }: Writing,
  tally: Pick<Made, "frames" | "damaged">,
): AsyncGenerator<ZipFile> {
  if (segments.length === 0) return;
  const work = { segments, tally, signal, prefix: `${folder}/`, onSegment: () => undefined };
  yield* bundles.clipFiles({ tenantId, ...span }, work);
}

async function filmFile(
  bundles: Bundles,
  { folder }: BundledClip,
  { name }: { readonly name: FileName },
): Promise<ZipFile> {
  const film = await bundles.open(name);
  return { name: `${folder}/film.mp4`, chunks: film?.read(0, film.bytes - 1) ?? [], isStored: true };
}

async function* hashing({ chunks, name }: ZipFile, hashes: Map<string, string>): AsyncGenerator<Uint8Array> {
  const hash = createSha256();
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  hashes.set(name, hash.hex());
}

/** The entries about manifests, about the case itself, and about what people decided. */
const proofsOf = (bundles: Bundles, row: CaseExportRow, clips: readonly BundledClip[]): Promise<Proofs> =>
  bundles.evidence.sealedIn(
    row.tenantId,
    [
      ...new Set(
        clips.flatMap(({ segments }) => bundles.signedOf(segments)).map(({ segmentId }) => segmentId),
      ),
    ],
    [
      { kinds: ["case.created", "case.changed", "case.exported", "case.lent"], subjectIds: [row.caseId] },
      { kinds: ["clip.verdict"], subjectIds: clips.flatMap(({ span }) => span.eventId ?? []) },
    ],
  );

/** What is in the bundle, for programs. */
function listOf(gathered: Gathered, proofs: Proofs, films: readonly Film[], frames: readonly number[]) {
  const { clips, devices, kept, madeBy, madeMs, notes, organisation, people, withheld } = gathered;
  const { number, state, summary, tags, title } = kept;
  return {
    v: 1,
    case: { number, name: cases.caseName(number), title, state, summary, tags },
    ...{ organisation, madeBy, madeMs, withheld, devices, people, notes },
    log: { origin: proofs.origin, size: proofs.size },
    clips: clips.map(({ camera, erasedMs, event, folder, segments, span, verdict }, at) => {
      const film = films[at];
      return {
        folder,
        camera: span.cameraId,
        cameraName: camera,
        ...{ fromMs: span.fromMs, toMs: span.toMs },
        ...(event === undefined ? {} : { event: event.id, kind: event.kind }),
        ...(verdict === undefined ? {} : { verdict }),
        ...(erasedMs === undefined ? {} : { erasedMs }),
        ...{ segments: segments.length, frames: frames[at] ?? 0 },
        ...(film !== undefined && "name" in film
          ? { film: `${folder}/film.mp4` }
          : { noFilm: film?.missing ?? "export.empty" }),
      };
    }),
  };
}
