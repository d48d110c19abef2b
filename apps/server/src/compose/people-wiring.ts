import type { Uuid } from "@gatehouse/base";
import type { AccountsDeps, PersonalDataHolder } from "../features/accounts/index.ts";
import type { LedgerFeature } from "../features/ledger/index.ts";
import type { NotificationsFeature } from "../features/notifications/index.ts";
import type { PermissionsFeature } from "../features/permissions/index.ts";
import type { SettingsFeature } from "../features/settings/index.ts";
import type { Config } from "../platform/config/schema.ts";
import { erasedIdsIn } from "./erasure-list-file.ts";
import type { House } from "./house.ts";

/** A day's limits of messages to people: of an organisation and a person by its settings, of all by the configuration. */
export const directCaps =
  (choices: SettingsFeature["settings"], { messages: all }: Config) =>
  (tenantId: Uuid, medium: "email" | "sms") => {
    const { messages } = choices.get(tenantId);
    return medium === "sms"
      ? {
          perPerson: messages.smsPerPersonPerDay,
          perTenant: messages.smsPerDay,
          perInstallation: all.smsPerDay,
        }
      : {
          perPerson: messages.mailsPerPersonPerDay,
          perTenant: messages.mailsPerDay,
          perInstallation: all.mailsPerDay,
        };
  };

/** What the accounts need to take people in, to show what is held about them and to let them go. */
export function memberPorts(
  choices: SettingsFeature["settings"],
  permissions: PermissionsFeature,
  ledger: LedgerFeature,
  notifications: () => NotificationsFeature,
  { config, random }: Pick<House, "config" | "random">,
  others: () => readonly PersonalDataHolder[],
): Pick<
  AccountsDeps,
  "messenger" | "attackNotices" | "roles" | "signUpIsOpen" | "language" | "holders" | "erasedIds"
> {
  const held = () => [permissions.personalData, notifications().personalData, ledgerHolder(ledger)];
  return {
    messenger: {
      send: (tx, message) => notifications().messenger.send(tx, message),
      wake: () => notifications().messenger.wake(),
      isUsedUp: (message) => notifications().messenger.isUsedUp(message),
    },
    attackNotices: {
      tell: (tx, { tenantId, name, atMs }) =>
        notifications().notifier.announce(tx, {
          tenantId,
          kind: "announced",
          event: "login.attacked",
          severity: "warning",
          name: name ?? "",
          sinceMs: atMs,
        }),
      wake: () => notifications().notifier.wake(),
    },
    roles: {
      assertMayGive: (...gift) => permissions.assertMayGive(...gift),
      narrow: (...given) => permissions.narrow(...given),
      personChanged: (tenantId, personId) => permissions.personChanged(tenantId, personId),
    },
    signUpIsOpen: (tenantId) => choices.get(tenantId).signUp,
    language: (tenantId) => choices.get(tenantId).language,
    holders: () => [...held(), ...others()],
    erasedIds: erasedIdsIn(config.dataDir, random),
  };
}

/** The log keeps that something was done; who a person was is deleted with the salts. */
const ledgerHolder = (ledger: LedgerFeature): PersonalDataHolder => ({
  name: ledger.personalData.name,
  read: (person) => ledger.personalData.read(person),
  async erase(tx, { tenantId, personId }, texts) {
    await ledger.erasePerson(tx, tenantId, personId, texts);
    return [ledger.personalData.name];
  },
});
