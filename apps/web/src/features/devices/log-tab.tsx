import { Button, NativeSelect } from "@mantine/core";
import { IconArrowUp, IconNotes } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { useCan } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ReadMore } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SearchField } from "../../design/search-field.tsx";
import styles from "./devices.module.css";
import { LOG_KINDS, LogLines, useKindName } from "./log-lines.tsx";
import { type LogFilter, useDeviceLog } from "./use-device-log.ts";

/** The whole log: search, kind, older lines on demand, newer ones behind a button. */
export function LogTab(props: { deviceId: string }) {
  const t = useTranslations("devices.log");
  const kindName = useKindName();
  const can = useCan();
  const [q, setQ] = useState("");
  const [kind, setKind] = useState("");
  const filter: LogFilter = given({ q: q || undefined, kind: kind || undefined });
  return (
    <div className="stack">
      <search className={styles.bar}>
        <SearchField label={t("search")} value={q} onChange={setQ} />
        <NativeSelect
          aria-label={t("kind")}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
          data={[
            { value: "", label: t("anyKind") },
            ...LOG_KINDS.map((one) => ({ value: one, label: kindName(one) })),
          ]}
        />
        {can("ledger.read") && (
          <ButtonLink variant="default" to="/audit" search={{ about: props.deviceId }}>
            {t("acts")}
          </ButtonLink>
        )}
      </search>
      <Lines key={`${q} ${kind}`} deviceId={props.deviceId} filter={filter} />
    </div>
  );
}

const PAGE_SIZE = 100;

function Lines(props: { deviceId: string; filter: LogFilter }) {
  const t = useTranslations();
  const { pages, read, live } = useDeviceLog(props.deviceId, props.filter, PAGE_SIZE);
  /** The newest live line that has been let into the list. */
  const [shownUpTo, setShownUpTo] = useState<string>();
  const at = live.findIndex(({ id }) => id === shownUpTo);
  const admitted = at === -1 ? [] : live.slice(at);
  const waiting = at === -1 ? live.length : at;
  const lines = [...admitted, ...read];
  const filtered = Object.keys(props.filter).length > 0;
  return (
    <Panel
      title={t("devices.log.title")}
      subtitle={t("devices.now.newest")}
      flush
      end={
        <span role="status">
          {waiting > 0 && (
            <Button
              variant="light"
              leftSection={<IconArrowUp size={14} />}
              onClick={() => setShownUpTo(live[0]?.id)}
            >
              {t("common.live.waiting", { count: waiting })}
            </Button>
          )}
        </span>
      }
    >
      <QueryView
        query={pages}
        what={t("devices.log.reading")}
        isEmpty={() => lines.length === 0}
        empty={
          <EmptyState
            icon={<IconNotes size={22} stroke={1.6} />}
            title={filtered ? t("devices.log.noMatch") : t("devices.log.empty")}
          >
            {filtered ? undefined : t("devices.log.emptyText")}
          </EmptyState>
        }
      >
        {() => (
          <>
            <LogLines lines={lines} dated />
            <ReadMore
              hasMore={pages.hasNextPage}
              busy={pages.isFetchingNextPage}
              onMore={() => void pages.fetchNextPage()}
            />
          </>
        )}
      </QueryView>
    </Panel>
  );
}
