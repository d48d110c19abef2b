import type { Uuid } from "@gatehouse/base";
import type { operations } from "@gatehouse/contract";
import type { ChannelStore } from "./channel-store.ts";
import type { DayLimits } from "./day-limits.ts";
import type { OutboxQueryStore } from "./outbox-query-store.ts";

type Need = operations.Overview["needsYou"][number];

/** What a person should look at: channels that fail, messages that were given up, nobody to tell at all. */
export async function needsOf(
  tenantId: Uuid,
  {
    channels,
    queries,
    dayLimits,
  }: { channels: ChannelStore; queries: OutboxQueryStore; dayLimits: DayLimits },
): Promise<readonly Need[]> {
  const [list, counts] = await Promise.all([channels.list(tenantId), queries.countsByState(tenantId)]);
  const needs: Need[] = list
    .filter(({ enabled, health }) => enabled && health === "failing")
    .map(({ lastError, name }) => ({
      kind: "channel_failing",
      severity: "warning",
      text: name,
      ...(lastError === undefined ? {} : { failure: lastError }),
    }));
  const { dead = 0 } = counts;
  if (dead > 0) needs.push({ kind: "outbox_dead", severity: "warning", count: dead });
  needs.push(...(await dayLimits.needs(tenantId)));
  if (list.length === 0) needs.push({ kind: "no_channel", severity: "info" });
  return needs;
}
