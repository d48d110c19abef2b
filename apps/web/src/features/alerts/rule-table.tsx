import { alerts } from "@gatehouse/contract";
import { ActionIcon, Menu, Switch, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCopy, IconPower } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { RowMenu } from "../../design/row-menu.tsx";
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
      phoneRow={(rule) => <PhoneRow rule={rule} />}
      phoneEnd={(rule) => <PhoneActs rule={rule} onDuplicate={onDuplicate} />}
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

function useEnabling(rule: Rule) {
  const errorText = useErrorText();
  const update = useCall(alerts.updateRule, [alerts.listRules]);
  return {
    busy: update.isPending,
    set: (enabled: boolean) =>
      update.mutate(
        {
          params: { id: rule.id },
          body: { ...bodyOf({ ...draftOf(rule), enabled }), updatedMs: rule.updatedMs },
        },
        { onError: (error) => notifications.show({ message: errorText(error), color: "red" }) },
      ),
  };
}

function Enabled(props: { rule: Rule }) {
  const t = useTranslations("alerts.rules");
  const can = useCan();
  const { rule } = props;
  const enabling = useEnabling(rule);
  return (
    <Switch
      aria-label={t("switch", { name: rule.name })}
      checked={rule.enabled}
      disabled={enabling.busy || !can("rule.write")}
      onChange={(event) => enabling.set(event.currentTarget.checked)}
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

function PhoneRow(props: { rule: Rule }) {
  const t = useTranslations("alerts.rules");
  const words = useWords();
  const { rule } = props;
  return (
    <span className={styles.phone}>
      <SeverityGlyph severity={rule.severity} resolved={!rule.enabled} />
      <span className="strong">{rule.name}</span>
      {rule.active > 0 ? <Open rule={rule} /> : <span />}
      <span className="secondary small">{conditionText(rule.condition, words)}</span>
      <span className="tertiary tiny">
        {rule.enabled ? t("watchesCount", { count: rule.watches }) : t("isOff")} · <Channels rule={rule} />
      </span>
    </span>
  );
}

function PhoneActs(props: { rule: Rule; onDuplicate: (rule: Rule) => void }) {
  const t = useTranslations("alerts.rules");
  const { rule } = props;
  const enabling = useEnabling(rule);
  if (!useCan()("rule.write")) return null;
  return (
    <RowMenu label={t("actsOf", { name: rule.name })} busy={enabling.busy}>
      <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => props.onDuplicate(rule)}>
        {t("duplicate")}
      </Menu.Item>
      <Menu.Item leftSection={<IconPower size={15} />} onClick={() => enabling.set(!rule.enabled)}>
        {rule.enabled ? t("turnOff") : t("turnOn")}
      </Menu.Item>
    </RowMenu>
  );
}
