import { type FileHandle, open, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { AppError, isAppError } from "@gatehouse/base";

/** What the running agent does for whoever can enter its state folder. */
export interface ControlRequests {
  status(): Promise<object>;
  rotate(): Promise<object>;
  /** Cameras were added or removed. */
  cameras(): Promise<object>;
}

export type ControlReply =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly code: string; readonly fields: Record<string, unknown> };

const REQUESTS: readonly (keyof ControlRequests)[] = ["status", "rotate", "cameras"];
const MAX_REQUEST_BYTES = 1_024;
const MAX_REPLY_BYTES = 256 * 1024;
const TIMEOUT_MS = 60_000;

/** Listens in the state folder; the lock is held, so a socket that lies there is of an agent that died. */
export async function serveControl(
  folder: string,
  name: string,
  requests: ControlRequests,
): Promise<{ close(): Promise<void> }> {
  await rm(join(folder, name), { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    answer(socket, requests).catch(() => socket.destroy());
  });
  const handle = await open(folder, "r");
  try {
    await new Promise<void>((resolve, reject) =>
      server.once("error", reject).listen(shortPath(handle, name), resolve),
    );
  } finally {
    await handle.close();
  }
  server.unref();
  return {
    async close() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(join(folder, name), { force: true });
    },
  };
}

/** Asks the running agent; undefined when none runs on this folder. */
export async function askAgent(
  folder: string,
  name: string,
  request: keyof ControlRequests,
): Promise<ControlReply | undefined> {
  const handle = await open(folder, "r");
  try {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const opened = connect(shortPath(handle, name), () => resolve(opened)).once("error", reject);
    });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error("the agent does not answer")));
    socket.end(request);
    return JSON.parse(await readAll(socket, MAX_REPLY_BYTES)) as ControlReply;
  } catch (error) {
    if (["ENOENT", "ECONNREFUSED"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  } finally {
    await handle.close();
  }
}

async function answer(socket: Socket, requests: ControlRequests): Promise<void> {
  const asked = await readAll(socket, MAX_REQUEST_BYTES);
  let reply: ControlReply;
  try {
    const name = REQUESTS.find((known) => known === asked);
    if (name === undefined) throw new AppError("request.invalid", { asked: asked.slice(0, 40) });
    reply = { ok: true, value: { ...(await requests[name]()) } };
  } catch (error) {
    if (!isAppError(error)) throw error;
    reply = { ok: false, code: error.code, fields: { ...error.fields } };
  }
  socket.end(JSON.stringify(reply));
}

/** A path of any length within the 107 bytes of a socket's address, through the folder's open handle (proc(5)). */
const shortPath = (folder: FileHandle, name: string): string => `/proc/self/fd/${folder.fd}/${name}`;

async function readAll(socket: Socket, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new Error("too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
