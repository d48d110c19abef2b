import type { devices } from "@gatehouse/contract";
import type { CommandLine } from "./arguments.ts";
import { findDevice } from "./find-device.ts";
import type { LocalCall } from "./local-server.ts";
import { type Output, table } from "./output.ts";

type TopicGrant = devices.TopicGrant;

/** Shows what a device may use; with options it is granted one topic more, or loses one. */
export async function showTopics(
  call: LocalCall,
  name: string,
  options: CommandLine["options"],
  output: Output,
): Promise<void> {
  const { id } = await findDevice(call, name);
  const path = `/api/v1/devices/${id}/topics`;
  const before = await call<devices.DeviceTopics>("GET", path);
  const granted = changed(before.granted, options);
  const topics =
    granted === undefined
      ? before
      : await call<devices.DeviceTopics>("PUT", path, { granted, revision: before.revision });
  output.result(topics, () => {
    const word = (isAllowed: boolean): string => (isAllowed ? "yes" : "no");
    const rows = (list: readonly TopicGrant[], origin: string): string[][] =>
      list.map(({ pattern, publish, subscribe }) => [pattern, word(publish), word(subscribe), origin]);
    return table([
      ["TOPIC", "PUBLISH", "SUBSCRIBE", "ORIGIN"],
      ...rows(topics.own, "own"),
      ...rows(topics.granted, "granted"),
    ]);
  });
}

/** Undefined when nothing is asked for. */
function changed(
  before: readonly TopicGrant[],
  { publish, subscribe, remove }: CommandLine["options"],
): TopicGrant[] | undefined {
  if (publish === undefined && subscribe === undefined && remove === undefined) return undefined;
  const byPattern = new Map(before.map((grant) => [grant.pattern, grant]));
  const allow = (pattern: string, right: Partial<TopicGrant>): void => {
    const known = byPattern.get(pattern) ?? { pattern, publish: false, subscribe: false };
    byPattern.set(pattern, { ...known, ...right });
  };
  if (typeof remove === "string") byPattern.delete(remove);
  if (typeof publish === "string") allow(publish, { publish: true });
  if (typeof subscribe === "string") allow(subscribe, { subscribe: true });
  return [...byPattern.values()];
}
