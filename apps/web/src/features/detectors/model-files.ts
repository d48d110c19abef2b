import { cameras } from "@gatehouse/contract";
import { call } from "../../data/query.ts";

export type ChosenFiles = Partial<Readonly<Record<cameras.ModelFileName, File>>>;

const ENDINGS: readonly (readonly [ending: RegExp, name: cameras.ModelFileName])[] = [
  [/\.onnx$/i, "onnx"],
  [/\.param$/i, "param"],
  [/\.bin$/i, "bin"],
  [/\.ya?ml$/i, "metadata"],
];

/** Which file is which, by their endings. Undefined: these are not the files of one model. */
export function chosenFiles(files: readonly File[]): ChosenFiles | undefined {
  const chosen: Partial<Record<cameras.ModelFileName, File>> = {};
  for (const file of files) {
    const name = ENDINGS.find(([ending]) => ending.test(file.name))?.[1];
    if (name === undefined || chosen[name] !== undefined) return undefined;
    chosen[name] = file;
  }
  const { onnx, param, bin, metadata } = chosen;
  const isOnnx = onnx !== undefined && [param, bin, metadata].every((one) => one === undefined);
  const isNcnn = onnx === undefined && param !== undefined && bin !== undefined;
  return isOnnx || isNcnn ? chosen : undefined;
}

export const tooLarge = (files: ChosenFiles): boolean =>
  cameras.MODEL_FILE_NAMES.some((name) => (files[name]?.size ?? 0) > cameras.MODEL_FILES[name]);

/** Without its ending. */
export const nameOf = ({ onnx, param }: ChosenFiles): string =>
  ((onnx ?? param)?.name ?? "").replace(/\.(onnx|param)$/i, "").slice(0, 120);

/** Part by part; what was sent is forgotten when it goes wrong, or is aborted. `onSent`: bytes so far. */
export async function uploadModel(
  files: ChosenFiles,
  said: { readonly name: string; readonly licence: string },
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<cameras.Detector> {
  const { id } = await call(cameras.beginModelUpload, { body: {} }, signal);
  const params = { id };
  try {
    let sent = 0;
    for (const file of cameras.MODEL_FILE_NAMES) {
      const bytes = files[file];
      for (let part = 0; bytes !== undefined && part * cameras.UPLOAD_PART_BYTES < bytes.size; part++) {
        const from = part * cameras.UPLOAD_PART_BYTES;
        const body = new Uint8Array(await bytes.slice(from, from + cameras.UPLOAD_PART_BYTES).arrayBuffer());
        await call(
          cameras.putModelPart,
          { params: { id, file }, query: { part: String(part) }, body },
          signal,
        );
        sent += body.length;
        onSent(sent);
      }
    }
    return await call(cameras.finishModelUpload, { params, body: said }, signal);
  } catch (error) {
    await call(cameras.cancelModelUpload, { params }).catch(() => undefined);
    throw error;
  }
}
