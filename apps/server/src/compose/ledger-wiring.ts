import type { Uuid } from "@gatehouse/base";
import type { AccountsFeature } from "../features/accounts/index.ts";
import type { ChannelFeature } from "../features/channel/index.ts";
import { createLedger, type LedgerFeature, type LedgerTables } from "../features/ledger/index.ts";
import { DEFAULT_SETTINGS, type SettingsFeature } from "../features/settings/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import type { Feature } from "../platform/feature.ts";
import type { House } from "./house.ts";
import { silenceLimits, type WitnessNeighbours, witnessLinks } from "./witness-wiring.ts";

type Db = ReturnType<typeof createDatabase<LedgerTables>>;

/** Part of the log's name where nobody said under which address the installation is found. */
const UNNAMED = "gatehouse";

interface LedgerNeighbours extends WitnessNeighbours {
  readonly accounts: AccountsFeature;
  readonly inOrder: readonly Feature[];
  readonly channel: ChannelFeature;
  readonly choices: SettingsFeature["settings"];
}

export function ledgerOf(
  { clock, random, log, masterKey, config, controls }: House,
  db: Db,
  neighbours: () => LedgerNeighbours,
): LedgerFeature {
  let hostId: Uuid | undefined;
  /** The first organisation stays the first. */
  const findHost = async () => (hostId ??= await neighbours().accounts.people.hostTenantId());
  return createLedger({
    db,
    clock,
    random,
    log,
    masterKey,
    controls,
    installationName: config.publicUrl === "" ? UNNAMED : new URL(config.publicUrl).hostname,
    people: {
      isHost: async (tenantId) => (await findHost()) === tenantId,
      hostId: findHost,
    },
    names: () => neighbours().inOrder.flatMap((feature) => feature.names ?? []),
    links: witnessLinks(neighbours),
    findRestore: () => neighbours().channel.findRestore(),
    settings: {
      tenants: () => neighbours().accounts.tenantIds(),
      retentionDays: (tenantId) => neighbours().choices.get(tenantId).retentionLedgerDays,
      witnessSilence: (tenantId) =>
        silenceLimits(tenantId === undefined ? DEFAULT_SETTINGS : neighbours().choices.get(tenantId)),
    },
  });
}
