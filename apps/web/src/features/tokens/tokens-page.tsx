import { access } from "@gatehouse/contract";
import { Button, Checkbox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { TokenDrawer } from "./token-drawer.tsx";
import { pickTokens, stateOf } from "./token-life.ts";
import { TokenTable } from "./token-table.tsx";
import styles from "./tokens.module.css";

const RENEW_MS = 30_000;

/** Tokens with which programs ask in somebody's name. */
export function TokensPage() {
  const t = useTranslations("tokens");
  const tokens = useQuery({ ...query(access.listTokens, {}), refetchInterval: RENEW_MS });
  return (
    <QueryView query={tokens} what={t("reading")}>
      {({ items }) => <Tokens tokens={items} />}
    </QueryView>
  );
}

function Tokens(props: { tokens: readonly access.ApiToken[] }) {
  const t = useTranslations("tokens");
  const common = useTranslations("common.action");
  const can = useCan();
  const nowMs = useNow(RENEW_MS);
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const [adding, setAdding] = useState(false);
  const { tokens } = props;
  const text = search.q ?? "";
  const withEnded = search.state === "all";
  const set = (next: { q: string; withEnded: boolean }) =>
    void navigate({
      to: "/tokens",
      search: { ...(next.q === "" ? {} : { q: next.q }), ...(next.withEnded ? { state: "all" } : {}) },
      replace: true,
      resetScroll: false,
    });
  const shown = pickTokens(tokens, { nowMs, text, withEnded });
  return (
    <>
      <StatusSentence detail={t("detail")}>
        {t("sentence", { count: tokens.filter((token) => stateOf(token, nowMs) === "live").length })}
      </StatusSentence>
      <Panel
        title={t("title")}
        subtitle={t("subtitle")}
        end={can("token.write") && <Button onClick={() => setAdding(true)}>{t("add")}</Button>}
        flush
      >
        {tokens.length > 0 && (
          <search className={styles.bar} aria-label={t("filter")}>
            <SearchField label={t("search")} value={text} onChange={(q) => set({ q, withEnded })} />
            <Checkbox
              label={t("ended")}
              checked={withEnded}
              onChange={(event) => set({ q: text, withEnded: event.currentTarget.checked })}
            />
          </search>
        )}
        {tokens.length === 0 && <EmptyState title={t("empty")}>{t("emptyText")}</EmptyState>}
        {tokens.length > 0 && shown.length === 0 && (
          <EmptyState
            title={t("noMatch")}
            action={
              <Button variant="default" onClick={() => set({ q: "", withEnded: true })}>
                {common("clearFilters")}
              </Button>
            }
          />
        )}
        {shown.length > 0 && <TokenTable tokens={shown} />}
      </Panel>
      {adding && <TokenDrawer onClose={() => setAdding(false)} />}
    </>
  );
}
