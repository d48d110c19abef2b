import { access } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { useSites } from "../../data/site.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { isGivable } from "../roles/permission-groups.ts";
import { usePermissionText } from "../roles/use-words.ts";
import { stateOf } from "./token-life.ts";
import styles from "./tokens.module.css";

type Token = access.ApiToken;

const WORDS_SHOWN = 2;
const RENEW_MS = 30_000;

export function TokenTable(props: { tokens: readonly Token[] }) {
  const t = useTranslations("tokens");
  const format = useFormat();
  const [revoking, setRevoking] = useState<Token>();
  const columns = useMemo<Column<Token>[]>(
    () => [
      {
        id: "name",
        header: () => t("name"),
        cell: ({ row }) => <span className="strong anywhere">{row.original.name}</span>,
      },
      {
        id: "start",
        header: () => t("start"),
        cell: ({ row }) => <span className="mono">{row.original.start}…</span>,
      },
      { id: "may", header: () => t("may"), cell: ({ row }) => <May token={row.original} /> },
      { id: "sites", header: () => t("sites"), cell: ({ row }) => <Sites token={row.original} /> },
      { id: "madeBy", header: () => t("madeBy"), cell: ({ row }) => row.original.madeBy.name },
      { id: "lastUsed", header: () => t("lastUsed"), cell: ({ row }) => <LastUse token={row.original} /> },
      { id: "expires", header: () => t("expires"), cell: ({ row }) => format.date(row.original.expiresMs) },
      {
        id: "state",
        header: () => t("stateLabel"),
        meta: { align: "end" },
        cell: ({ row }) => <State token={row.original} onRevoke={setRevoking} />,
      },
    ],
    [t, format],
  );
  return (
    <>
      <DataTable
        label={t("title")}
        rows={props.tokens}
        rowId={({ id }) => id}
        columns={columns}
        phoneRow={(token) => (
          <span className={styles.lines}>
            <span className="strong anywhere">{token.name}</span>
            <span className="secondary small">
              <May token={token} />
            </span>
            <span className="tertiary tiny">
              {token.madeBy.name}, {t("expires")} {format.date(token.expiresMs)}
            </span>
          </span>
        )}
        phoneEnd={(token) => <State token={token} onRevoke={setRevoking} />}
      />
      {revoking !== undefined && <RevokeDialog token={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  );
}

/** The first things it may do in words, the rest by number. */
function May(props: { token: Token }) {
  const more = useTranslations("roles.access");
  const text = usePermissionText();
  const words = props.token.permissions.filter(isGivable).map(text);
  const rest = words.slice(WORDS_SHOWN);
  return (
    <span title={words.join(", ")}>
      {words.slice(0, WORDS_SHOWN).join(", ")}
      {rest.length > 0 && <span className="tertiary"> {more("more", { count: rest.length })}</span>}
    </span>
  );
}

function Sites(props: { token: Token }) {
  const t = useTranslations("tokens");
  const known = useSites();
  const { sites } = props.token;
  if (sites === undefined) return <span className="secondary">{t("everySite")}</span>;
  return sites.map((id) => known?.find((site) => site.id === id)?.name ?? id.slice(-8)).join(", ");
}

/** What can still be done with it, else that it has ended. */
function State(props: { token: Token; onRevoke: (token: Token) => void }) {
  const t = useTranslations("tokens");
  const can = useCan();
  const { token } = props;
  const state = stateOf(token, useNow(RENEW_MS));
  if (state !== "live" || !can("token.write")) return <Tag>{t(`state.${state}`)}</Tag>;
  return (
    <Button
      variant="default"
      size="compact-sm"
      aria-label={t("revokeOne", { name: token.name })}
      onClick={() => props.onRevoke(token)}
    >
      {t("revoke")}
    </Button>
  );
}

function RevokeDialog(props: { token: Token; onClose: () => void }) {
  const t = useTranslations("tokens");
  const errorText = useErrorText();
  const revoke = useCall(access.revokeToken, [access.listTokens]);
  const { id, name } = props.token;
  return (
    <ConfirmDialog
      opened
      destructive
      title={t("revokeTitle", { name })}
      act={t("revokeAct", { name })}
      busy={revoke.isPending}
      error={revoke.error === null ? undefined : errorText(revoke.error)}
      onConfirm={() => revoke.mutate({ params: { id } }, { onSuccess: props.onClose })}
      onClose={props.onClose}
    >
      {t("revokeText")}
    </ConfirmDialog>
  );
}

function LastUse(props: { token: Token }) {
  const t = useTranslations("tokens");
  const format = useFormat();
  const nowMs = useNow(RENEW_MS);
  const { lastUsedMs } = props.token;
  return lastUsedMs === undefined ? t("never") : format.since(lastUsedMs, nowMs);
}
