import type { Uuid } from "@gatehouse/base";
import type { SettingsFeature } from "../features/settings/index.ts";
import type { Config } from "../platform/config/schema.ts";

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
