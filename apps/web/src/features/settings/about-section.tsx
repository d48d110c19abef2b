import { operations, type ReplyOf } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { RootFingerprintPanel } from "../recovery/root-fingerprint.tsx";
import styles from "./settings.module.css";

const RENEW_MS = 5_000;
const API_DOCS = "/api/docs";

/** What runs here and how it is doing. */
export function AboutSection() {
  const t = useTranslations("settings.about");
  const can = useCan();
  const about = useQuery({
    ...query(operations.getAbout, {}),
    refetchInterval: RENEW_MS,
    enabled: can("installation.read"),
  });
  const docs = (
    <a href={API_DOCS} className="link">
      {t("docs")}
    </a>
  );
  return (
    <>
      <Panel title={t("title")} footer={docs}>
        {can("installation.read") ? (
          <QueryView query={about} what={t("reading")}>
            {(read) => <Facts about={read} />}
          </QueryView>
        ) : (
          <p className="secondary">{t("forbidden")}</p>
        )}
      </Panel>
      <RootFingerprintPanel />
    </>
  );
}

function Facts(props: { about: ReplyOf<typeof operations.getAbout> }) {
  const t = useTranslations("settings.about");
  const format = useFormat();
  const nowMs = useNow(10_000);
  const { about } = props;
  const facts = [
    [t("version"), about.version],
    [t("uptime"), format.duration(Math.max(0, nowMs - about.startedMs))],
    [t("started"), format.dateTime(about.startedMs)],
    [t("memory"), format.bytes(about.memoryBytes)],
    [t("eventLoop"), format.quantity(about.eventLoopP99Ms, "ms")],
    [t("queued"), format.number(about.ingest.queued)],
    [t("accepted"), format.number(about.ingest.accepted)],
    [t("refused"), format.number(about.ingest.refused)],
    [t("node"), about.node],
    [t("postgres"), `${about.postgres} (${t(about.embedded ? "embedded" : "external")})`],
    [t("dataDir"), about.dataDir],
  ] as const;
  return (
    <dl className={`facts ${styles.facts}`}>
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
