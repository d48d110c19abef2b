import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import { knownRoot } from "../../../data/known-root.ts";
import { liveHub } from "../../../data/live.ts";
import { CopyButton } from "../../../design/copy-button.tsx";
import { Tag } from "../../../design/tag.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import styles from "./proof.module.css";

/** Under whose root all of it stands, and whether somebody ever compared that with a copy from elsewhere. */
export function RootNote(props: { fingerprint: string }) {
  const t = useTranslations("recordings.proof.installation");
  const format = useFormat();
  const known = knownRoot.use();
  const { fingerprint } = props;
  const isOther = known !== undefined && known.fingerprint !== fingerprint;
  const confirm = () => {
    const nowMs = liveHub.nowMs();
    const sinceMs = isOther || known === undefined ? nowMs : known.sinceMs;
    knownRoot.remember({ fingerprint, sinceMs, comparedMs: nowMs });
  };
  const state = isOther ? "other" : known?.comparedMs === undefined ? "seen" : "compared";
  return (
    <section className={styles.root} aria-label={t("title")}>
      <div className="row row-between">
        <span className="strong">{t("title")}</span>
        <Tag tone={TONES[state]}>{t(`state.${state}`)}</Tag>
      </div>
      <div className="row row-between">
        <span className="mono small anywhere">{fingerprint}</span>
        <CopyButton text={fingerprint} />
      </div>
      {isOther && (
        <p className="danger small">
          {t("was", { fingerprint: known.fingerprint, time: format.date(known.sinceMs) })}
        </p>
      )}
      {state === "compared" ? (
        <p className="tertiary small">{t("comparedText", { time: format.date(known?.comparedMs ?? 0) })}</p>
      ) : (
        <>
          <p className="secondary small">{t(isOther ? "otherText" : "seenText")}</p>
          <div>
            <Button variant={isOther ? "danger" : "default"} onClick={confirm}>
              {t("confirm")}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

const TONES = { seen: "neutral", compared: "ok", other: "danger" } as const;
