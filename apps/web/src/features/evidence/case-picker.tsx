import { type cameras, cases } from "@gatehouse/contract";
import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { query } from "../../data/query.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { titleOf } from "../cameras/camera-title.ts";
import styles from "./evidence.module.css";
import type { Into } from "./use-collect.tsx";

const SHOWN = "8";

/** An open case for the clips of events, or a new one that begins with them. */
export function CasePicker(props: { events: readonly cameras.CameraEvent[]; onPick: (into: Into) => void }) {
  const t = useTranslations("evidence.cases");
  const newTitle = useNewTitle();
  const [q, setQ] = useState("");
  const wanted = q.trim();
  const search = { state: "open" as const, limit: SHOWN, ...given({ q: wanted || undefined }) };
  const found = useQuery(query(cases.listCases, { query: search }));
  const title = wanted === "" ? newTitle(props.events) : wanted;
  return (
    <div className="stack stack-tight">
      <TextInput
        aria-label={t("find")}
        placeholder={t("find")}
        size="xs"
        maxLength={cases.CASE_LIMITS.maxTitleLength}
        data-autofocus
        value={q}
        onChange={(changed) => setQ(changed.currentTarget.value)}
      />
      {(found.data?.items ?? []).map(({ id, number, title: name }) => (
        <button key={id} type="button" className={styles.choice} onClick={() => props.onPick({ id, number })}>
          <b>{cases.caseName(number)}</b> {name}
        </button>
      ))}
      {found.data?.items.length === 0 && <p className="tertiary small">{t("none")}</p>}
      <button type="button" className={styles.choice} onClick={() => props.onPick({ title })}>
        {t("new", { title })}
      </button>
    </div>
  );
}

/** Where and when: the camera of one clip, how many of several. */
function useNewTitle(): (events: readonly cameras.CameraEvent[]) => string {
  const t = useTranslations("evidence.cases");
  const format = useFormat();
  return ([first, ...others]) => {
    if (first === undefined) return "";
    const { cameraId, cameraName: name, cameraLabel: label, startMs } = first;
    const day = format.date(startMs);
    return others.every((other) => other.cameraId === cameraId)
      ? t("newTitle", { camera: titleOf({ name, label }), day })
      : t("newTitleMany", { count: String(others.length + 1), day });
  };
}
