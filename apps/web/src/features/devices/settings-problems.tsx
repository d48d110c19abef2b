import type { remoteSettings } from "@gatehouse/contract";
import { useTranslations } from "use-intl";

/** What the server says is wrong, value by value. */
export function SettingsProblems(props: { problems: readonly remoteSettings.SettingsProblem[] }) {
  const t = useTranslations("remoteSettings");
  if (props.problems.length === 0) return null;
  return (
    <div role="alert" className="danger">
      <p>{t("problems")}</p>
      <ul>
        {props.problems.map(({ at, rule, limit }) => (
          <li key={at}>
            <span className={at === "" ? "" : "mono"}>{at === "" ? t("document") : at}</span>{" "}
            {t(`rule.${rule}`, { limit: limit ?? "" })}
          </li>
        ))}
      </ul>
    </div>
  );
}
