import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { abortable } from "../abortable.ts";
import { type HttpLogin, loginOf } from "../http-auth.ts";
import { PictureQueue } from "../picture-queue.ts";
import {
  type CaptureDeps,
  type CapturedPicture,
  DEFAULT_LIMITS,
  type SourceSpec,
  sourceError,
} from "../source.ts";
import { Watch } from "../watch.ts";
import { boundaryOf, MultipartParser } from "./parser.ts";

type MultipartSpec = Extract<SourceSpec, { kind: "multipart" }>;

const MAX_HEADER_BYTES = 16_384;

/** JPEG by multipart/x-mixed-replace: an answer without end. */
export async function* openMultipart(
  spec: MultipartSpec,
  deps: CaptureDeps,
): AsyncGenerator<CapturedPicture> {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const { clock, random, signal } = deps;
  const ending = new AbortController();
  let response: IncomingMessage | undefined;
  const queue = new PictureQueue(() => response?.resume());
  const onOver = (error: Error): void => {
    queue.end(error);
    ending.abort(error);
  };
  const watch = new Watch(clock, limits, onOver, "timeout");
  const onAbort = (): void => {
    queue.end();
    ending.abort(signal.reason);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal.aborted) return;
    const url = new URL(spec.url);
    const login = loginOf(spec, (count) => random.bytes(count));
    response = await ask(url, login, () => abortable(deps.connect(url, ending.signal), ending.signal));
    const boundary = boundaryOf(response.headers["content-type"] ?? "");
    if (boundary === undefined) throw sourceError("no_video", response.headers["content-type"] ?? "no type");
    const parser = new MultipartParser(boundary, limits.pictureBytes);
    response.on("data", (chunk: Buffer) => {
      try {
        watch.heard();
        for (const bytes of parser.push(chunk)) {
          watch.gave();
          if (!queue.push({ kind: "jpeg", bytes })) response?.pause();
        }
      } catch (error) {
        queue.end(error);
      }
    });
    response.once("error", (error) => queue.end(sourceError("connection", undefined, error)));
    response.once("close", () => queue.end(sourceError("ended")));
    yield* queue;
  } catch (error) {
    if (signal.aborted) return;
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    watch.stop();
    response?.destroy();
    ending.abort();
  }
}

/** Asks once, and once more with name and password when they are asked for. Nothing is followed. */
async function ask(
  url: URL,
  login: HttpLogin | undefined,
  connect: () => Promise<Socket>,
): Promise<IncomingMessage> {
  const first = await get(url, undefined, await connect());
  if (first.statusCode !== 401) return sound(first);
  first.destroy();
  const challenge = first.headers["www-authenticate"];
  if (login?.take(challenge === undefined ? [] : [challenge]) !== true) throw sourceError("credentials");
  return sound(await get(url, login.authorization("GET", url.pathname + url.search), await connect()));
}

function sound(response: IncomingMessage): IncomingMessage {
  const { statusCode: status = 0 } = response;
  if (status === 200) return response;
  response.destroy();
  if (status === 401 || status === 403) throw sourceError("credentials");
  if (status >= 300 && status < 400) throw sourceError("redirect");
  if (status === 404 || status === 410) throw sourceError("not_found");
  throw sourceError(status === 503 ? "busy" : "status", status);
}

function get(url: URL, authorization: string | undefined, socket: Socket): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      createConnection: () => socket,
      host: url.hostname,
      path: url.pathname + url.search,
      maxHeaderSize: MAX_HEADER_BYTES,
      headers: {
        host: url.host,
        "user-agent": "Gatehouse",
        accept: "multipart/x-mixed-replace, */*",
        connection: "close",
        ...(authorization === undefined ? {} : { authorization }),
      },
    });
    outgoing.once("response", resolve);
    outgoing.on("error", (error: NodeJS.ErrnoException) => reject(answerError(error)));
    outgoing.end();
  });
}

function answerError(error: NodeJS.ErrnoException): Error {
  // An aborted signal's reason has a number there.
  const code = String(error.code ?? "");
  if (code === "HPE_HEADER_OVERFLOW") return sourceError("too_large", undefined, error);
  if (code.startsWith("HPE_")) return sourceError("malformed", undefined, error);
  return sourceError("connection", code, error);
}
