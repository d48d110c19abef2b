import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { ReadGate } from "./read-gate.ts";

/** A stream that is read as aedes reads: all there is, whenever there may be something. */
function reader(gate: ReadGate, applies = true) {
  const stream = new PassThrough();
  gate.guard(stream, () => applies);
  const got: string[] = [];
  stream.on("readable", () => {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) got.push(chunk.toString());
  });
  return { stream, got };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test("a stopped stream keeps its bytes and is read once there is room", async () => {
  let isFull = true;
  const gate = new ReadGate(() => isFull);
  const { stream, got } = reader(gate);
  stream.write("one");
  await turn();
  stream.write("two");
  await turn();
  expect(got).toEqual([]);
  expect(gate.isStopped(stream)).toBe(true);
  gate.open();
  expect(got).toEqual([]);
  isFull = false;
  gate.open();
  expect(got).toEqual(["onetwo"]);
  expect(gate.isStopped(stream)).toBe(false);
  stream.write("three");
  await turn();
  expect(got).toEqual(["onetwo", "three"]);
});

test("streams are let on in turn, as many as there is room for", async () => {
  let room = 0;
  const gate = new ReadGate(() => room <= 0);
  const readers = [reader(gate), reader(gate), reader(gate)];
  for (const { stream, got } of readers) {
    stream.on("readable", () => void room--);
    stream.write("x");
    await turn();
    expect(got).toEqual([]);
  }
  room = 2;
  gate.open();
  expect(readers.map(({ got }) => got.length)).toEqual([1, 1, 0]);
  room = 1;
  gate.open();
  expect(readers.map(({ got }) => got.length)).toEqual([1, 1, 1]);
});

test("who has not logged in is read all the same, and a closed stream is forgotten", async () => {
  const gate = new ReadGate(() => true);
  const stranger = reader(gate, false);
  stranger.stream.write("CONNECT");
  await turn();
  expect(stranger.got).toEqual(["CONNECT"]);
  const gone = reader(gate);
  gone.stream.write("x");
  await turn();
  gone.stream.destroy();
  await turn();
  expect(gate.isStopped(gone.stream)).toBe(false);
});
