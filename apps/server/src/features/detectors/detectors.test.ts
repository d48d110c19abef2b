import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Clock,
  newUuid,
  Secret,
  silentLogger,
  systemClock,
  systemRandom,
  type Uuid,
} from "@gatehouse/base";
import { cameras, ROLES } from "@gatehouse/contract";
import { DEFAULT_MODEL } from "@gatehouse/detect";
import { stillYolo } from "@gatehouse/detect/testing";
import sharp from "sharp";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { recordingTrail } from "../../platform/audit/testing/recording-trail.ts";
import type { FeatureMigrations } from "../../platform/database/index.ts";
import { createTestDatabase } from "../../platform/database/testing/index.ts";
import { mount } from "../../platform/http/mount.ts";
import { createHttpServer } from "../../platform/http/server.ts";
import { everywhere, ownerOf, testGates } from "../../platform/http/testing/gates.ts";
import { type CameraUse, createDetectors, detectorsMigrations } from "./index.ts";
import type { DetectorTables } from "./tables.ts";

const tenantTables: FeatureMigrations = {
  feature: "detectors-test-tenants",
  migrations: [{ id: "001-create", up: "create table tenants (id uuid primary key)" }],
};
const names = { names: "['person']" };
const model = (score = 0.9) => stillYolo([32, 32, 16, 16], score, names);

/** What tries models apart is at the lowest priority: on a busy machine it may get its turn late. */
const patientClock: Clock = { ...systemClock, after: (ms, run) => systemClock.after(20 * ms, run) };

let database: Awaited<ReturnType<typeof createTestDatabase<DetectorTables>>>;
beforeAll(async () => {
  database = await createTestDatabase<DetectorTables>([tenantTables, detectorsMigrations]);
});
afterAll(() => database[Symbol.asyncDispose]());

async function openHouse() {
  const trail = recordingTrail();
  const used: CameraUse[] = [];
  const tenantId = newUuid(systemClock, systemRandom);
  await database.pool.query("insert into tenants (id) values ($1)", [tenantId]);
  const feature = createDetectors({
    ...{ db: database.db, clock: patientClock, random: systemRandom, log: silentLogger, audit: trail },
    masterKey: new Secret(new Uint8Array(32).fill(7)),
    camerasInUse: () => used,
  });
  let asker = ownerOf(tenantId);
  const app = await createHttpServer({
    ...{ trustedProxies: [], perMinute: 10_000, maxConnections: 10, log: silentLogger },
  });
  const gates = testGates({
    person: { authenticate: async () => asker },
    resources: feature.resources ?? {},
  });
  await app.register(async (scope) => void mount(scope, feature.routes ?? [], gates, silentLogger));
  await app.ready();
  onTestFinished(() => app.close());
  const ask = async (method: string, path: string, body?: object) => {
    const isBytes = body instanceof Uint8Array;
    const answer = await app.inject({
      method: method as "POST",
      url: `/api/v1/detectors${path}`,
      ...(body !== undefined && {
        payload: isBytes ? Buffer.from(body) : body,
        headers: { "content-type": isBytes ? cameras.UPLOAD_TYPE : "application/json" },
      }),
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  return {
    ...{ ask, feature, tenantId, trail, used },
    actAs(one: typeof asker) {
      asker = one;
    },
    async upload(files: Partial<Record<cameras.ModelFileName, Uint8Array>>, name = "Yard") {
      const { id } = (await ask("POST", "/uploads", {})).body;
      for (const [file, bytes] of Object.entries(files)) {
        const size = cameras.UPLOAD_PART_BYTES;
        for (let part = 0; part * size < bytes.length; part++) {
          const put = await ask(
            "PUT",
            `/uploads/${id}/${file}?part=${part}`,
            bytes.subarray(part * size, (part + 1) * size),
          );
          expect(put.status).toBe(200);
        }
      }
      return ask("POST", `/uploads/${id}/finish`, { name, licence: "mine" });
    },
  };
}

const grey = (width = 128, height = 64) =>
  sharp({ create: { width, height, channels: 3, background: "#555" } });

test("a model is uploaded in parts, tried, recorded with its hashes, and finds things", async () => {
  const { ask, feature, tenantId, trail, upload } = await openHouse();
  const added = await upload({ onnx: model() });
  expect([added.status, added.body]).toEqual([
    201,
    expect.objectContaining({ labels: ["person"], kind: "onnx" }),
  ]);
  const [{ sha256 }] = added.body.files;
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(trail.events).toMatchObject([
    {
      kind: "detector.added",
      tenantId,
      data: { name: "Yard", licence: "mine", files: [{ file: "onnx", sha256 }] },
    },
  ]);
  const tried = await ask("POST", `/${added.body.id}/try`, new Uint8Array(await grey().jpeg().toBuffer()));
  expect(tried.body).toMatchObject({
    ...{ width: 128, height: 64 },
    boxes: [{ label: "person", x: 0.375, y: 0.25, width: 0.25, height: 0.5, score: expect.closeTo(0.9, 5) }],
  });
  const { detector, name } = await feature.open(tenantId, added.body.id);
  onTestFinished(() => detector.close());
  expect([name, detector.description.family]).toEqual(["Yard", "yolo"]);
  const { items } = (await ask("GET", "")).body;
  expect(items.map((one: cameras.Detector) => one.name)).toEqual([DEFAULT_MODEL.name, "Yard"]);
});

test("what is listed of the model that comes along is what it says of itself", async () => {
  const { ask, feature, tenantId } = await openHouse();
  const { detector } = await feature.open(tenantId, "built_in");
  onTestFinished(() => detector.close());
  const [listed] = (await ask("GET", "")).body.items;
  const { family, inputSize: { width = 0, height = 0 } = {}, labels } = detector.description;
  expect(listed).toMatchObject({
    id: "built_in",
    family,
    inputSize: { width, height },
    labels,
    files: [{ bytes: DEFAULT_MODEL.bytes }],
  });
  const tried = await ask("POST", "/built_in/try", new Uint8Array(await grey().png().toBuffer()));
  expect([tried.status, tried.body.width]).toEqual([200, 128]);
});

test("what is no model is refused with the reason, and nothing of it stays but for an hour", async () => {
  const { tenantId, trail, upload } = await openHouse();
  const refused = await upload({ onnx: Uint8Array.of(1, 2, 3) });
  expect([refused.status, refused.body.code]).toEqual([422, "detector.model_invalid"]);
  expect(refused.body.reason).toMatch(/no ONNX file/);
  const half = await upload({ param: Buffer.from("7767517\n") });
  expect([half.status, half.body.reason]).toEqual([422, "it is neither one .onnx nor .param and .bin"]);
  expect(trail.kinds()).toEqual([]);
  const begun = await database.db
    .selectFrom("detector_models")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .execute();
  expect(begun).toHaveLength(2);
  await database.pool.query("update detector_models set begun_ms = 0 where tenant_id = $1", [tenantId]);
  const { feature } = await openHouse();
  await feature.jobs
    ?.find(({ name }) => name === "detectors.unfinished")
    ?.run({}, new AbortController().signal);
  const { rows } = await database.pool.query("select from detector_models where tenant_id = $1", [tenantId]);
  expect(rows).toHaveLength(0);
});

test("the same files are one detector, and three uploads at once are enough", async () => {
  const { ask, upload } = await openHouse();
  expect((await upload({ onnx: model(0.8) }, "First")).status).toBe(201);
  const again = await upload({ onnx: model(0.8) }, "Second");
  expect([again.status, again.body.code, again.body.name]).toEqual([409, "detector.exists", "First"]);
  await ask("POST", "/uploads", {});
  await ask("POST", "/uploads", {});
  expect((await ask("POST", "/uploads", {})).body.code).toBe("limit.reached");
});

test("however many uploads are begun at once, three are", async () => {
  const { ask } = await openHouse();
  const begun = await Promise.all(Array.from({ length: 8 }, () => ask("POST", "/uploads", {})));
  expect(begun.filter(({ status }) => status === 201)).toHaveLength(3);
});

test("however many are added at once, an organisation has twenty detectors", async () => {
  const { ask, trail } = await openHouse();
  const body = { licence: "", url: "http://127.0.0.1:9/", allowPrivate: true, secret: "" };
  const add = (n: number) => ask("POST", "", { ...body, name: `Room ${n}` });
  for (let n = 2; n < cameras.MAX_DETECTORS; n++) expect((await add(n)).status).toBe(201);
  const added = await Promise.all(Array.from({ length: 10 }, (_, n) => add(100 + n)));
  const refused = added.filter(({ status }) => status !== 201);
  expect(refused.map(({ body: { code } }) => code)).toEqual(Array(8).fill("limit.reached"));
  // The one that comes along is beside them.
  expect((await ask("GET", "")).body.items).toHaveLength(1 + cameras.MAX_DETECTORS);
  expect(trail.kinds()).toHaveLength(cameras.MAX_DETECTORS);
});

test("parts come in their order, full but for the last, and no more than a file may have", async () => {
  const { ask } = await openHouse();
  const { id } = (await ask("POST", "/uploads", {})).body;
  const put = (file: string, part: number, bytes: number) =>
    ask("PUT", `/uploads/${id}/${file}?part=${part}`, new Uint8Array(bytes));
  expect((await put("onnx", 1, 10)).body).toMatchObject({ code: "detector.part_wrong", parts: 0 });
  expect((await put("onnx", 0, cameras.UPLOAD_PART_BYTES)).body).toEqual({ parts: 1 });
  expect((await put("onnx", 1, 10)).body).toEqual({ parts: 2 });
  expect((await put("onnx", 2, 10)).body).toMatchObject({ code: "detector.part_wrong", parts: 2 });
  expect((await put("metadata", 0, 70_000)).body.code).toBe("detector.model_invalid");
  expect((await put("weights", 0, 10)).status).toBe(400);
  expect((await put("bin", 0, cameras.UPLOAD_PART_BYTES + 1)).status).toBe(413);
  expect((await ask("DELETE", `/uploads/${id}`)).status).toBe(200);
  expect((await put("onnx", 2, 10)).body.code).toBe("detector.upload_gone");
});

test("a model whose file was changed in the database is not opened", async () => {
  const { feature, tenantId, upload } = await openHouse();
  const { id } = (await upload({ onnx: model(0.7) })).body;
  await database.pool.query(
    "update detector_parts set bytes = set_byte(bytes, 200, (get_byte(bytes, 200) + 1) % 256) where model_id = $1",
    [id],
  );
  await expect(feature.open(tenantId, id)).rejects.toMatchObject({ code: "detector.failed" });
});

test("a detector that a camera uses stays, one that none uses goes with its files", async () => {
  const { ask, trail, upload, used } = await openHouse();
  const { id } = (await upload({ onnx: model(0.6) })).body;
  used.push({ id: newUuid(systemClock, systemRandom), name: "Loading bay", detector: id, isLooking: false });
  const kept = await ask("DELETE", `/${id}`);
  expect([kept.status, kept.body.code, kept.body.cameras]).toEqual([409, "detector.in_use", ["Loading bay"]]);
  used.length = 0;
  expect((await ask("PUT", `/${id}`, { name: "Gate", licence: "" })).body.name).toBe("Gate");
  expect((await ask("DELETE", `/${id}`)).status).toBe(200);
  expect(trail.kinds()).toEqual(["detector.added", "detector.changed", "detector.removed"]);
  const { rows } = await database.pool.query("select from detector_parts where model_id = $1", [id]);
  expect(rows).toHaveLength(0);
});

test("a detector elsewhere gets pictures and its secret at its own address only", async () => {
  const { ask } = await openHouse();
  const heard: { readonly key: string | undefined; readonly body: string }[] = [];
  const server = createServer((request, reply) => {
    let body = "";
    request.setEncoding("latin1").on("data", (part: string) => {
      body += part;
    });
    request.on("end", () => {
      heard.push({ key: request.headers.authorization, body });
      const predictions = [{ label: "person", confidence: 0.7, x_min: 0, y_min: 0, x_max: 64, y_max: 64 }];
      reply.end(JSON.stringify({ success: true, predictions }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/vision/detection`;
  const body = { name: "Next room", licence: "", url, allowPrivate: false, secret: "hush" };
  expect((await ask("POST", "", body)).body.code).toBe("url.forbidden");
  const added = await ask("POST", "", { ...body, allowPrivate: true });
  expect(added.body.remote).toEqual({ url, allowPrivate: true, hasSecret: true });
  expect(JSON.stringify(added.body)).not.toContain("hush");
  const tried = await ask("POST", `/${added.body.id}/try`, new Uint8Array(await grey().png().toBuffer()));
  expect(tried.body.boxes).toEqual([{ label: "person", score: 0.7, x: 0, y: 0, width: 0.5, height: 1 }]);
  expect(heard).toMatchObject([{ key: "Bearer hush", body: expect.stringContaining("image/jpeg") }]);
  const remote = { url: "http://127.0.0.2:9/", allowPrivate: true, secret: "" };
  const moved = await ask("PUT", `/${added.body.id}`, { name: "Next room", licence: "", remote });
  expect(moved.body.code).toBe("secret.required");
  const stays = { ...remote, url: `${url}?fast` };
  expect((await ask("PUT", `/${added.body.id}`, { name: "N", licence: "", remote: stays })).status).toBe(200);
});

test("what is no picture is refused, and a picture that promises too much is too", async () => {
  const { ask } = await openHouse();
  for (const bytes of [
    Buffer.from("<svg/>"),
    Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
    await grey().webp().toBuffer(),
  ])
    expect((await ask("POST", "/built_in/try", new Uint8Array(bytes))).body.code).toBe(
      "detector.picture_invalid",
    );
});

test("another organisation, and somebody who may only look, get nothing done", async () => {
  const mine = await openHouse();
  const { id } = (await mine.upload({ onnx: model(0.55) })).body;
  const theirs = await openHouse();
  const other: Uuid = id;
  expect((await theirs.ask("DELETE", `/${other}`)).body.code).toBe("detector.not_found");
  expect((await theirs.ask("POST", `/${other}/try`, new Uint8Array(3))).body.code).toBe("detector.not_found");
  const picture = new Uint8Array(await grey().png().toBuffer());
  expect((await theirs.ask("POST", `/${other}/try`, picture)).body.code).toBe("detector.not_found");
  expect((await theirs.ask("GET", "")).body.items).toHaveLength(1);
  expect(await theirs.feature.has(theirs.tenantId, other)).toBe(false);
  const { id: upload } = (await mine.ask("POST", "/uploads", {})).body;
  expect((await theirs.ask("PUT", `/uploads/${upload}/onnx?part=0`, picture)).body.code).toBe(
    "detector.upload_gone",
  );
  mine.actAs({ ...ownerOf(mine.tenantId), permissions: everywhere(ROLES.guard) });
  expect((await mine.ask("POST", "/uploads", {})).body.code).toBe("auth.forbidden");
  expect((await mine.ask("GET", "")).status).toBe(200);
});
