import { silentLogger, type Uuid } from "@gatehouse/base";
import { jpegOf } from "@gatehouse/video/testing";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CameraHouse } from "../testing/camera-house.ts";
import { type CameraGrpcFeature, createCameraGrpc } from "./index.ts";
import { camerasService, type PushFramesRequest, type PushFramesResponse } from "./service.ts";

const { PushFrames } = camerasService();
const MANY = 40;

let house: CameraHouse;
let grpc: CameraGrpcFeature;
const clients: Client[] = [];
beforeAll(async () => {
  house = await CameraHouse.open({ cameras: 2 });
  const { bus, clock, tenantId } = house;
  grpc = createCameraGrpc({
    ...{ bus, clock, log: silentLogger, carried: house.feature.pushed },
    live: { watch: async () => () => undefined },
    authenticator: {
      authenticate: async ({ password = "" }) => ({ tenantId, deviceId: password, credentialId: password }),
    },
    programOf: async () => undefined,
    tls: undefined,
    host: "127.0.0.1",
    port: 0,
  });
  await grpc.start?.();
}, 120_000);
afterAll(async () => {
  for (const client of clients) client.close();
  await grpc.stop?.();
  await house[Symbol.asyncDispose]();
});

/** A call that pushes one frame, and ends it when asked to; how it was answered. */
function push(cameraId: Uuid | undefined, isWhole: boolean): Promise<string> {
  const client = new Client(`127.0.0.1:${grpc.listening()[0]?.port}`, credentials.createInsecure());
  clients.push(client);
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${cameraId}`);
  return new Promise((resolve) => {
    const call = client.makeClientStreamRequest<PushFramesRequest, PushFramesResponse>(
      PushFrames?.path ?? "",
      PushFrames?.requestSerialize as (request: PushFramesRequest) => Buffer,
      PushFrames?.responseDeserialize as (bytes: Buffer) => PushFramesResponse,
      metadata,
      (error, reply) =>
        resolve(error ? String(error.metadata.get("gatehouse-code")[0]) : `${reply?.taken} taken`),
    );
    call.on("error", () => undefined);
    call.write({ cameraId: "", kind: 1, capturedMs: 0, data: Buffer.from(jpegOf(320, 240)) });
    if (isWhole) call.end();
  });
}

test("a device that opens call after call loses its oldest, and takes no place from another", async () => {
  const [greedy, other] = house.ids;
  const ended: string[] = [];
  for (let n = 0; n < MANY; n++) void push(greedy, false).then((answer) => ended.push(answer));
  await expect.poll(() => ended.length, { timeout: 20_000 }).toBe(MANY - 16);
  expect(new Set(ended)).toEqual(new Set(["camera.taken"]));
  expect(await push(other, true)).toBe("1 taken");
}, 60_000);
