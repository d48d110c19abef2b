import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { FieldGrid } from "../../../design/field-grid.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { instantOfSecond, secondText } from "../clip-span.ts";
import { type ExportDraft, exportSpanProblem } from "./export-draft.ts";

/** The fields keep what is typed, also while it is no instant. */
export function SpanFields(props: {
  draft: ExportDraft;
  onChange: (change: Partial<ExportDraft>) => void;
  nowMs: number;
}) {
  const t = useTranslations("takeout");
  const { timeZone } = useFormat();
  const { draft, onChange, nowMs } = props;
  const textOf = (atMs: number | undefined) => (atMs === undefined ? "" : secondText(atMs, timeZone));
  const [texts, setTexts] = useState(() => ({ fromMs: textOf(draft.fromMs), toMs: textOf(draft.toMs) }));
  const problem = exportSpanProblem(draft, nowMs);
  const field = (end: "fromMs" | "toMs", label: string) => (
    <TextInput
      type="datetime-local"
      step={1}
      label={label}
      value={texts[end]}
      onChange={({ currentTarget: { value } }) => {
        setTexts({ ...texts, [end]: value });
        onChange({ [end]: instantOfSecond(value, timeZone) });
      }}
    />
  );
  return (
    <>
      <FieldGrid fieldWidth={200}>
        {field("fromMs", t("from"))}
        {field("toMs", t("to"))}
      </FieldGrid>
      {problem !== undefined && <p className="warn">{t(problem)}</p>}
      <p className="tertiary small">{t("zone", { zone: timeZone })}</p>
    </>
  );
}
