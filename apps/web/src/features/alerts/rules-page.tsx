import { alerts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconListCheck, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useShortcut } from "../../design/shortcuts.ts";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { BLANK, draftOf, type RuleDraft } from "./rule-draft.ts";
import { RuleEditor } from "./rule-editor.tsx";
import { RuleTable } from "./rule-table.tsx";

/** What is watched. The rule being changed stands in the address. */
export function RulesPage() {
  const t = useTranslations("alerts.rules");
  const canWrite = useCan()("rule.write");
  const navigate = useNavigate();
  const { rule: chosen } = useSearch({ strict: false });
  const rules = useQuery(query(alerts.listRules, {}));
  const [fresh, setFresh] = useState<RuleDraft>();
  const open = (rule?: string) =>
    void navigate({ to: "/alerts/rules", search: rule === undefined ? {} : { rule } });
  const items = rules.data?.items ?? [];
  const editing = items.find(({ id }) => id === chosen);
  const on = items.filter(({ enabled }) => enabled).length;
  useShortcut("c", () => setFresh(BLANK), canWrite);
  const addButton = canWrite && (
    <Button leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => setFresh(BLANK)}>
      {t("add")}
    </Button>
  );
  return (
    <>
      <StatusSentence detail={t("detail")} end={addButton}>
        {rules.data === undefined ? t("title") : t("sentence", { count: on, off: items.length - on })}
      </StatusSentence>
      <Panel flush>
        <QueryView
          query={rules}
          what={t("reading")}
          isEmpty={(data) => data.items.length === 0}
          empty={
            <EmptyState icon={<IconListCheck size={22} stroke={1.6} />} title={t("empty")} action={addButton}>
              {t("emptyText")}
            </EmptyState>
          }
        >
          {(data) => (
            <RuleTable
              rules={data.items}
              onOpen={canWrite ? ({ id }) => open(id) : undefined}
              onDuplicate={(rule) =>
                setFresh({ ...draftOf(rule), name: t("copyName", { name: rule.name }).slice(0, 120) })
              }
            />
          )}
        </QueryView>
      </Panel>
      {editing !== undefined && canWrite && (
        <RuleEditor key={editing.id} rule={editing} initial={draftOf(editing)} onClose={() => open()} />
      )}
      {fresh !== undefined && (
        <RuleEditor rule={undefined} initial={fresh} onClose={() => setFresh(undefined)} />
      )}
    </>
  );
}
