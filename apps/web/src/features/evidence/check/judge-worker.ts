import { type ClipToJudge, type JudgedClip, judgeClip } from "./judge-clip.ts";

/** What the worker says: a segment is opened, everything is judged, or it cannot be. */
export type JudgeMessage =
  | { readonly opened: number }
  | { readonly judged: JudgedClip }
  | { readonly failed: string };

/** As much of a worker's global scope as is used. */
interface Scope {
  onmessage: ((event: MessageEvent<ClipToJudge>) => void) | null;
  postMessage(message: JudgeMessage, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as Scope;

async function judge(clip: ClipToJudge): Promise<void> {
  let opened = 0;
  const judged = await judgeClip(clip, () => scope.postMessage({ opened: ++opened }));
  // Pictures are views of the chunks that were opened: they go over whole, each once.
  const bytes = judged.pictures.flatMap((picture) => [picture.bytes, picture.init ?? picture.bytes]);
  scope.postMessage({ judged }, [...new Set(bytes.map(({ buffer }) => buffer))]);
}

scope.onmessage = ({ data }) => {
  judge(data).catch((error: unknown) => scope.postMessage({ failed: String(error) }));
};
