import { setTimeout as wait } from "node:timers/promises";
import { cameras, type ReplyOf } from "@gatehouse/contract";
import type { Config } from "../platform/config/schema.ts";
import { withLocalServer } from "./local-server.ts";
import type { Output } from "./output.ts";

const ASK_EVERY_MS = 500;

/** `key rotate`: a new key over the keys of all recordings; ends when every one of them is under it. */
export async function rotateRecordingKey(config: Config, output: Output, json: boolean): Promise<void> {
  const { segments, generation } = await withLocalServer(config, async (call) => {
    const { rotateRecordingKey: rotate, getRecordingStorage: read } = cameras;
    const begun = await call<ReplyOf<typeof rotate>>(rotate.method, rotate.path, {});
    let told = -1;
    for (;;) {
      const { key, rewrap } = await call<ReplyOf<typeof read>>(read.method, read.path);
      if (rewrap === undefined) return { ...begun, generation: key?.generation ?? 0 };
      if (!json && rewrap.remaining !== told) process.stderr.write(`  ${rewrap.remaining} segments remain\n`);
      told = rewrap.remaining;
      await wait(ASK_EVERY_MS);
    }
  });
  output.result(
    { segments, generation },
    () =>
      `The recordings have a new key: the keys of ${segments} segments are wrapped under it. The old key is deleted, unless copies elsewhere are under it.`,
  );
}
