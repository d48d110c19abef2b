import { ledger } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { saveFile } from "../../../data/download.ts";
import { query } from "../../../data/query.ts";
import { ErrorState } from "../../../design/error-state.tsx";
import { Panel } from "../../../design/panel.tsx";
import { Tag } from "../../../design/tag.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { nameOfKey, useWhy } from "./witness-words.ts";
import styles from "./witnesses.module.css";
import type { WitnessList } from "./witnesses-panel.tsx";

const RENEW_MS = 10_000;
const SHOWN = 20;

/** What was refused, with both statements; nothing while nobody refused. */
export function RefusalsPanel(props: { list: WitnessList | undefined }) {
  const t = useTranslations("witnesses.refusals");
  const found = useQuery({ ...query(ledger.listContradictions, {}), refetchInterval: RENEW_MS });
  const items = found.data?.items ?? [];
  if (found.error !== null && found.data === undefined)
    return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  if (items.length === 0) return null;
  return (
    <Panel
      title={t("title")}
      subtitle={t("subtitle")}
      footer={<span className="secondary small">{t("all", { count: items.length })}</span>}
    >
      <ul className={styles.refusals}>
        {items.slice(0, SHOWN).map((item) => (
          <Refusal key={item.id} item={item} list={props.list} />
        ))}
      </ul>
    </Panel>
  );
}

/** The checkpoint at the end of a request. */
const checkpointIn = (request: string): string => request.slice(request.indexOf("\n\n") + 2);

function Refusal(props: { item: ledger.Contradiction; list: WitnessList | undefined }) {
  const t = useTranslations("witnesses.refusals");
  const format = useFormat();
  const why = useWhy();
  const { item, list } = props;
  const { id, reason, atMs, kept, offered, witnessId } = item;
  const witness = list?.witnesses.find((one) => one.id === witnessId);
  const title =
    witnessId === undefined
      ? t("byUs", { name: nameOfKey(item.keptLog) })
      : t("by", { name: witness?.name ?? t("gone") });
  const save = () => {
    const blob = new Blob([JSON.stringify(item, undefined, 2)], { type: "application/json" });
    saveFile({ name: `refusal-${id.slice(0, 8)}.json`, blob });
  };
  return (
    <li>
      <div className={styles.refusalHead}>
        <Tag tone="danger">{why(reason)}</Tag>
        <span className="strong">{title}</span>
        <span className="tertiary small">{format.dateTime(atMs)}</span>
        <span className="grow" />
        <Button variant="default" leftSection={<IconDownload size={14} />} onClick={save}>
          {t("download")}
        </Button>
      </div>
      {witnessId === undefined && <p className="secondary small">{t("stranger")}</p>}
      <div className={styles.pair}>
        <Statement title={t("kept")} text={kept === "" ? t("unknown") : kept} />
        <Statement title={t("offered")} text={checkpointIn(offered)} />
      </div>
    </li>
  );
}

function Statement(props: { title: string; text: string }) {
  return (
    <div>
      <p className="secondary small">{props.title}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <pre className={styles.note} tabIndex={0}>
        {props.text}
      </pre>
    </div>
  );
}
