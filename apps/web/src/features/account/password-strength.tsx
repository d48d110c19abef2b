import { accounts } from "@gatehouse/contract";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import type { password } from "../../i18n/en/password.ts";
import styles from "./password-strength.module.css";

const DEBOUNCE_MS = 300;
/** ASVS 6.2.1; until the server says what the organisation asks for. */
const MIN_CHARACTERS = 12;
const LEVELS = [1, 2, 3, 4] as const;
const ACCEPTED = 3;
const WORDS = ["weak", "weak", "fair", "good", "strong"] as const;

/** A password that scores well may still lack what the organisation asks for. */
const wordOf = (score: number, refused: boolean) =>
  refused && score >= ACCEPTED ? "fair" : (WORDS[score] ?? "weak");

type Warning = keyof typeof password.warning;
type Suggestion = keyof typeof password.suggestion;

/** The server's judgement while one types: a bar, why, and what helps. `context` are words it must not lean on. */
export function PasswordStrength(props: { password: string; context: readonly string[] }) {
  const t = useTranslations("password");
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
  const missing = (verdict?.minLength ?? MIN_CHARACTERS) - [...props.password].length;
  const refused = verdict !== undefined && !verdict.ok;
  const score = missing > 0 || verdict?.breached === true ? 0 : (verdict?.score ?? 0);
  const classes = verdict?.missing ?? [];
  const { warning, suggestions = [] } = verdict !== undefined && verdict.score < ACCEPTED ? verdict : {};
  const why = `warning.${warning as Warning}` as const;
  const helps = suggestions.map((key) => `suggestion.${key as Suggestion}` as const).filter(t.has);
  return (
    <div className="stack stack-tight">
      <div className={styles.bar} aria-hidden="true">
        {LEVELS.map((level) => (
          <span
            key={level}
            className={level <= score ? (score >= ACCEPTED ? styles.good : styles.weak) : undefined}
          />
        ))}
      </div>
      <div className="small secondary" aria-live="polite">
        <p>
          {missing > 0
            ? t("tooShort", { count: missing })
            : t(verdict === undefined ? "checking" : wordOf(score, refused))}{" "}
          {verdict?.breached === true ? t("breached") : t.has(why) && t(why)}
        </p>
        {classes.length > 0 && (
          <p>
            {t("classes")} {classes.map((kind) => t(`class.${kind}`)).join(", ")}
          </p>
        )}
        {helps.length > 0 && (
          <ul className={styles.helps} aria-label={t("suggestions")}>
            {helps.map((key) => (
              <li key={key}>{t(key)}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
