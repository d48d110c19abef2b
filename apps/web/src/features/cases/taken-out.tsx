import type { cases } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Panel } from "../../design/panel.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { titleOf } from "../cameras/camera-title.ts";
import { useNameOf } from "./case-things.tsx";
import styles from "./cases.module.css";
import { useTakingOut } from "./use-items.tsx";

/** What was taken out, for as long as it can be put back. */
export function TakenOut(props: { caseId: string; items: readonly cases.CaseItem[]; mayWrite: boolean }) {
  const t = useTranslations("cases.takenOut");
  const gone = props.items.filter(({ removed }) => removed !== undefined);
  if (gone.length === 0) return null;
  return (
    <Panel title={t("title")} flush>
      <ul className={styles.list}>
        {gone.map((item) => (
          <li key={item.id} className={styles.entry}>
            <Gone caseId={props.caseId} item={item} mayWrite={props.mayWrite} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Gone(props: { caseId: string; item: cases.CaseItem; mayWrite: boolean }) {
  const t = useTranslations("cases");
  const format = useFormat();
  const { putBack, isPending } = useTakingOut(props.caseId);
  const { item } = props;
  const named = useNameOf(item);
  const what = clipText(item, t("clips.hidden")) ?? item.note?.text.slice(0, 60) ?? named;
  const time = format.dateMinute(item.removed?.restorableMs ?? 0);
  return (
    <>
      <span className={styles.what}>
        <span className="secondary">{what}</span>
        <span className="tertiary tiny">{t("takenOut.text", { time })}</span>
      </span>
      {props.mayWrite && (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={t("putBackOne", { what })}
          loading={isPending}
          onClick={() => putBack(item.id)}
        >
          {t("putBack")}
        </Button>
      )}
    </>
  );
}

function clipText({ clip }: cases.CaseItem, hidden: string): string | undefined {
  if (clip === undefined) return undefined;
  return clip.hidden ? hidden : titleOf({ name: clip.cameraName, label: clip.cameraLabel });
}
