import { ledger } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Fragment } from "react";
import { useTranslations } from "use-intl";
import { usePageTitle } from "../../app/page-title.ts";
import { query } from "../../data/query.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./audit.module.css";
import type { EntryProof } from "./entry-checks.ts";
import { viewOf } from "./entry-filter.ts";
import { PartyName } from "./party.tsx";
import { ProofPanel } from "./proof-panel.tsx";

const RENEW_MS = 2_000;
const PERSONAL = ["address", "client", "name", "email", "phone"] as const;
const isPersonal = (name: string): name is (typeof PERSONAL)[number] =>
  (PERSONAL as readonly string[]).includes(name);

/** One entry: what was written, and its proof. */
export function EntryPage() {
  const t = useTranslations("audit.entry");
  const { entryId = "" } = useParams({ strict: false });
  const entry = useQuery({
    ...query(ledger.getLedgerEntry, { params: { eventId: entryId } }),
    refetchInterval: ({ state }) => (state.data?.proof === undefined ? RENEW_MS : false),
  });
  return (
    <QueryView query={entry} what={t("reading")}>
      {(proof) => <Entry given={proof} />}
    </QueryView>
  );
}

function Entry(props: { given: EntryProof }) {
  const t = useTranslations("audit");
  const kinds = useTranslations("ledgerKinds");
  const format = useFormat();
  const { entry, event } = props.given;
  const title = t("entry.title", { index: format.number(entry.index) });
  usePageTitle(title);
  return (
    <>
      <StatusSentence
        detail={`${title} · ${format.dateTime(entry.atMs)}`}
        end={entry.act?.outcome === "refused" && <Tag tone="warn">{t("outcome.refused")}</Tag>}
      >
        {entry.act === undefined ? t("sealed") : kinds(entry.act.kind)}
      </StatusSentence>
      <div className={styles.columns}>
        <div className="stack">
          {entry.act !== undefined && <Act act={entry.act} />}
          {event !== undefined && (
            <Panel title={t("entry.event")} end={<CopyButton text={event} />}>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
              <pre className={styles.code} tabIndex={0}>
                {event}
              </pre>
            </Panel>
          )}
        </div>
        <ProofPanel given={props.given} />
      </div>
    </>
  );
}

function Act(props: { act: NonNullable<ledger.LedgerEntry["act"]> }) {
  const t = useTranslations("audit");
  const { actor, subject, data, personal } = props.act;
  return (
    <Panel title={t("what")}>
      <dl className="facts">
        <dt>{t("who")}</dt>
        <dd className={styles.end}>
          <PartyName party={actor} />
          <Link className="link" to="/audit" search={viewOf(actor)}>
            {t("entry.actorLog")}
          </Link>
        </dd>
        {subject !== undefined && (
          <>
            <dt>{t("subject")}</dt>
            <dd className={styles.end}>
              <PartyName party={subject} />
              <Link className="link" to="/audit" search={viewOf(subject)}>
                {t("entry.subjectLog")}
              </Link>
            </dd>
          </>
        )}
        {Object.entries(personal).map(([name, value]) => (
          <Fragment key={name}>
            <dt>{isPersonal(name) ? t(`personal.${name}`) : name}</dt>
            <dd className="anywhere">{value ?? <span className="tertiary">{t("erased")}</span>}</dd>
          </Fragment>
        ))}
        {Object.entries(data).map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd className="anywhere mono small">
              {typeof value === "string" ? value : JSON.stringify(value)}
            </dd>
          </Fragment>
        ))}
      </dl>
    </Panel>
  );
}
