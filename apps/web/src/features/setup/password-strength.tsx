import { accounts } from "@gatehouse/contract";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import styles from "./setup.module.css";

const DEBOUNCE_MS = 300;
/** ASVS 6.2.1, and what the server asks. */
const MIN_CHARACTERS = 12;
const LEVELS = [1, 2, 3, 4] as const;

/** The server's judgement while the person types, in words and in a bar. `context` are words it must not lean on. */
export function PasswordStrength(props: { password: string; context: readonly string[] }) {
  const t = useTranslations("setup.strength");
  const context = props.context.filter((word) => word !== "");
  const [asked] = useDebouncedValue({ password: props.password, context }, DEBOUNCE_MS);
  const verdict = useQuery({
    ...query(accounts.checkPassword, { body: asked }),
    enabled: asked.password !== "",
    placeholderData: keepPreviousData,
    /** A password stays in memory no longer than it is on screen. */
    gcTime: 0,
  }).data;
  if (props.password === "") return null;
  const missing = MIN_CHARACTERS - [...props.password].length;
  const score = verdict?.score ?? 0;
  return (
    <div className="stack stack-tight">
      <div className={styles.strength} aria-hidden="true">
        {LEVELS.map((level) => (
          <span
            key={level}
            className={missing <= 0 && level <= score ? (score >= 3 ? styles.good : styles.weak) : undefined}
          />
        ))}
      </div>
      <p className="small secondary" aria-live="polite">
        {missing > 0
          ? t("tooShort", { count: missing })
          : t(verdict === undefined ? "checking" : (WORDS[score] ?? "weak"))}
      </p>
    </div>
  );
}

const WORDS = ["weak", "weak", "fair", "good", "strong"] as const;
