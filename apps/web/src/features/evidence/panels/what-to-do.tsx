import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Panel } from "../../../design/panel.tsx";
import type { CheckedClip } from "../check/model.ts";
import { judge } from "../judgement.ts";

/** What somebody can do when a clip is not, or not yet, what was sealed; nothing for one that is genuine. */
export function WhatToDo(props: { clip: CheckedClip; onAgain: () => void }) {
  const t = useTranslations("evidence.todo");
  const { clip } = props;
  const { seal, changed } = judge(clip);
  if (seal === "verified") return null;
  const again = (
    <Button variant="default" fullWidth onClick={props.onAgain}>
      {t("again")}
    </Button>
  );
  if (seal === "unknown")
    return (
      <Panel title={t("title")}>
        <div className="stack">
          <p className="secondary">
            {t(clip.segments.some(({ state }) => state === "unsigned") ? "unsigned" : "unknown")}
          </p>
          {again}
        </div>
      </Panel>
    );
  const intact = clip.segments.length - changed.length;
  return (
    <Panel title={t("title")}>
      <div className="stack">
        <p className="secondary">
          {t("changed", { count: changed.length })} {t("intact", { count: intact })}
        </p>
        {again}
        <p className="tertiary small">{t("kept")}</p>
      </div>
    </Panel>
  );
}
