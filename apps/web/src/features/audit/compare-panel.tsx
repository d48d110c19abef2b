import { ledger } from "@gatehouse/contract";
import { Button, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { call } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { type Comparison, compareHeads } from "./compare-heads.ts";

const MAX_LENGTH = 20_000;

/** An older checkpoint, from wherever it was kept, against the log of today. */
export function ComparePanel(props: { head: ledger.LedgerHead }) {
  const t = useTranslations("audit.compare");
  const errorText = useErrorText();
  const { head } = props;
  const [older, setOlder] = useState("");
  const compare = useMutation({
    mutationFn: () =>
      compareHeads(head, older, async (first, second) => {
        const query = { log: String(head.log), first: String(first), second: String(second) };
        return (await call(ledger.proveLedgerConsistency, { query })).hashes;
      }),
  });
  return (
    <Panel title={t("title")} subtitle={t("subtitle")}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          compare.mutate();
        }}
      >
        <Textarea
          label={t("label")}
          autosize
          minRows={3}
          maxRows={8}
          maxLength={MAX_LENGTH}
          spellCheck={false}
          value={older}
          onChange={(event) => setOlder(event.currentTarget.value)}
        />
        <div aria-live="polite">
          {compare.error !== null && <p className="danger">{errorText(compare.error)}</p>}
          {compare.data !== undefined && <Result comparison={compare.data} />}
        </div>
        <div>
          <Button type="submit" variant="default" disabled={older.trim() === ""} loading={compare.isPending}>
            {t("act")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function Result(props: { comparison: Comparison }) {
  const t = useTranslations("audit.compare");
  const format = useFormat();
  const { comparison } = props;
  if (!("size" in comparison)) return <p className="danger">{t(comparison.kind)}</p>;
  const size = format.number(comparison.size);
  if (comparison.kind === "consistent") return <p>{t("consistent", { size })}</p>;
  if (comparison.kind === "shrunk") return <p className="danger">{t("shrunk", { size })}</p>;
  return <p className="danger">{t("inconsistent")}</p>;
}
