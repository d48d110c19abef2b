import type { Uuid } from "@gatehouse/base";
import type { AccountsDeps } from "../features/accounts/index.ts";
import type { SettingsFeature } from "../features/settings/index.ts";
import { isLoopbackHost } from "../platform/config/load.ts";
import type { Config } from "../platform/config/schema.ts";

const CLASSES = ["upper", "lower", "digit", "symbol"] as const;

/** What an organisation asks of its people's passwords and second factors. */
export function logInPolicy(
  choices: SettingsFeature["settings"],
  config: Config,
): Pick<AccountsDeps, "passwordRules" | "requireStaffFactor"> {
  const isExposed = !isLoopbackHost(config.http.host) || config.publicUrl !== "";
  return {
    passwordRules(tenantId: Uuid) {
      const { minLength, ...wanted } = choices.get(tenantId).passwordRules;
      return { minLength, require: CLASSES.filter((name) => wanted[name]) };
    },
    requireStaffFactor(tenantId: Uuid) {
      const choice = choices.get(tenantId).requireStaffFactor;
      return choice === "always" || (choice === "auto" && isExposed);
    },
  };
}
