import { alerts } from "@gatehouse/contract";
import { ActionIcon, Switch, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCopy } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./alerts.module.css";
import { conditionText } from "./condition-text.ts";
import { bodyOf, draftOf } from "./rule-draft.ts";
import { SeverityGlyph } from "./severity.tsx";
import { useWords } from "./use-words.ts";

type Rule = alerts.Rule;

export function RuleTable(props: {
  rules: readonly Rule[];
  onOpen: ((rule: Rule) => void) | undefined;
  onDuplicate: (rule: Rule) => void;
}) {
  const t = useTranslations("alerts.rules");
  const { onDuplicate } = props;
  const columns = useMemo<Column<Rule>[]>(
    () => [
      { id: "rule", header: () => t("column.rule"), cell: ({ row }) => <Name rule={row.original} /> },
      {
        id: "watches",
        header: () => t("column.watches"),
        cell: ({ row }) => t("watchesCount", { count: row.original.watches }),
      },
      {
        id: "open",
        header: () => t("column.open"),
        meta: { align: "end" },
        cell: ({ row }) => <Open rule={row.original} />,
      },
      {
        id: "channels",
        header: () => t("column.channels"),
        cell: ({ row }) => <Channels rule={row.original} />,
      },
      {
        id: "enabled",
        header: () => t("column.enabled"),
        cell: ({ row }) => <Enabled rule={row.original} />,
      },
      {
        id: "act",
        header: () => <span className="visually-hidden">{t("column.act")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => <Duplicate rule={row.original} onDuplicate={onDuplicate} />,
      },
    ],
    [t, onDuplicate],
  );
  return (
    <DataTable
      label={t("title")}
      rows={props.rules}
      rowId={({ id }) => id}
      columns={columns}
      {...(props.onOpen === undefined ? {} : { onOpen: props.onOpen })}
      phoneRow={(rule) => <Name rule={rule} />}
    />
  );
}

function Name(props: { rule: Rule }) {
  const words = useWords();
  const { rule } = props;
  return (
    <span className={styles.name}>
      <SeverityGlyph severity={rule.severity} resolved={!rule.enabled} />
      <span className={styles.words}>
        <span className="strong truncate">{rule.name}</span>
        <span className="tertiary tiny truncate">{conditionText(rule.condition, words)}</span>
      </span>
    </span>
  );
}

function Open(props: { rule: Rule }) {
  const format = useFormat();
  const { active } = props.rule;
  return active === 0 ? <span className="tertiary">0</span> : <Tag tone="warn">{format.number(active)}</Tag>;
}

function Channels(props: { rule: Rule }) {
  const t = useTranslations("alerts.rules");
  const count = props.rule.channelIds.length;
  return count === 0 ? <span className="tertiary">{t("noChannel")}</span> : t("channelCount", { count });
}

function Enabled(props: { rule: Rule }) {
  const t = useTranslations("alerts.rules");
  const can = useCan();
  const errorText = useErrorText();
  const update = useCall(alerts.updateRule, [alerts.listRules]);
  const { rule } = props;
  const set = (enabled: boolean) =>
    update.mutate(
      {
        params: { id: rule.id },
        body: { ...bodyOf({ ...draftOf(rule), enabled }), updatedMs: rule.updatedMs },
      },
      { onError: (error) => notifications.show({ message: errorText(error), color: "red" }) },
    );
  return (
    <Switch
      aria-label={t("switch", { name: rule.name })}
      checked={rule.enabled}
      disabled={update.isPending || !can("rule.write")}
      onChange={(event) => set(event.currentTarget.checked)}
    />
  );
}

function Duplicate(props: { rule: Rule; onDuplicate: (rule: Rule) => void }) {
  const t = useTranslations("alerts.rules");
  if (!useCan()("rule.write")) return null;
  return (
    <Tooltip label={t("duplicate")}>
      <ActionIcon
        aria-label={t("duplicateOne", { name: props.rule.name })}
        onClick={() => props.onDuplicate(props.rule)}
      >
        <IconCopy size={15} />
      </ActionIcon>
    </Tooltip>
  );
}
