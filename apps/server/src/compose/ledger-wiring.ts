import type { Uuid } from "@gatehouse/base";
import type { AccountsFeature } from "../features/accounts/index.ts";
import type { ChannelFeature } from "../features/channel/index.ts";
import { createLedger, type LedgerFeature, type LedgerTables } from "../features/ledger/index.ts";
import type { SiteSettings } from "../features/settings/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import type { House } from "./features.ts";

type Db = ReturnType<typeof createDatabase<LedgerTables>>;

/** Part of the log's name where nobody said under which address the installation is found. */
const UNNAMED = "gatehouse";

export function ledgerOf(
  { clock, random, log, masterKey, config }: House,
  db: Db,
  accounts: () => AccountsFeature,
  settingsOf: (tenantId: Uuid) => SiteSettings,
  channel: () => ChannelFeature,
): LedgerFeature {
  return createLedger({
    db,
    clock,
    random,
    log,
    masterKey,
    installationName: config.publicUrl === "" ? UNNAMED : new URL(config.publicUrl).hostname,
    people: {
      isHost: async (tenantId) => (await accounts().people.hostTenantId()) === tenantId,
      async namesOf(tenantId, personIds) {
        const found = await Promise.all(personIds.map((id) => accounts().people.find(tenantId, id)));
        return new Map(found.flatMap((person) => (person === undefined ? [] : [[person.id, person.name]])));
      },
    },
    findRestore: () => channel().findRestore(),
    settings: {
      tenants: () => accounts().tenantIds(),
      retentionDays: (tenantId) => settingsOf(tenantId).retentionLedgerDays,
    },
  });
}
