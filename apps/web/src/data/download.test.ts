import { expect, it } from "vitest";
import { readFile } from "./download.ts";

const headers = { "content-disposition": 'attachment; filename="audit-log-2026-11-21.zip"' };
const { signal } = new AbortController();

it("a file has its name, and says how much of it is there", async () => {
  const body = new ReadableStream({
    start(stream) {
      stream.enqueue(Uint8Array.of(1, 2));
      stream.enqueue(Uint8Array.of(3));
      stream.close();
    },
  });
  const told: number[] = [];
  const { name, blob } = await readFile(new Response(body, { headers }), (bytes) => told.push(bytes), signal);
  expect([name, told]).toEqual(["audit-log-2026-11-21.zip", [2, 3]]);
  expect(new Uint8Array(await blob.arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
});

it("a file that breaks off is no file", async () => {
  const body = new ReadableStream({ pull: (stream) => stream.error(new Error("reset")) });
  const reading = readFile(new Response(body, { headers }), () => undefined, signal);
  await expect(reading).rejects.toMatchObject({ code: "network" });
});

it("who stops it hears nothing of an error", async () => {
  const stop = new AbortController();
  const body = new ReadableStream({ pull: (stream) => stream.error(new Error("aborted")) });
  stop.abort(new Error("stopped by hand"));
  await expect(readFile(new Response(body), () => undefined, stop.signal)).rejects.toThrow("stopped by hand");
});
