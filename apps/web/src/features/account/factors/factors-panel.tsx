import { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { invalidate, query, queryClient } from "../../../data/query.ts";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { Tag } from "../../../design/tag.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import styles from "../account.module.css";
import { addable, type NewFactor } from "./add-factor.tsx";
import {
  AddDialog,
  CodesDialog,
  type Removable,
  RemoveDialog,
  RenameDialog,
  RenewDialog,
} from "./factor-dialogs.tsx";
import { FactorRow } from "./factor-row.tsx";

type Open =
  | { readonly what: "add"; readonly factor: NewFactor }
  | { readonly what: "rename"; readonly passkey: accounts.Passkey }
  | { readonly what: "remove"; readonly factor: Removable }
  | { readonly what: "renew" }
  | { readonly what: "codes"; readonly codes: readonly string[] };

const keep = (factors: accounts.Factors) =>
  queryClient.setQueryData(query(accounts.getFactors, {}).queryKey, factors);

/** What one confirms with beside the password, and the codes for when all of it is lost. */
export function FactorsPanel() {
  const t = useTranslations("factors");
  const factors = useQuery(query(accounts.getFactors, {}));
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const changed = (next: accounts.Factors) => {
    keep(next);
    void invalidate(accounts.getMe);
    close();
  };
  const added = ({ factors: next, recoveryCodes }: accounts.FactorAdded) => {
    changed(next);
    if (recoveryCodes !== undefined) setOpen({ what: "codes", codes: recoveryCodes });
  };
  return (
    <Panel title={t("title")} subtitle={t("subtitle")} flush>
      <QueryView query={factors} what={t("reading")}>
        {(known) => (
          <>
            <List factors={known} onOpen={setOpen} />
            {open?.what === "add" && (
              <AddDialog factor={open.factor} factors={known} onAdded={added} onClose={close} />
            )}
          </>
        )}
      </QueryView>
      {open?.what === "rename" && <RenameDialog passkey={open.passkey} onDone={changed} onClose={close} />}
      {open?.what === "remove" && <RemoveDialog factor={open.factor} onDone={changed} onClose={close} />}
      {open?.what === "renew" && (
        <RenewDialog onDone={(codes) => setOpen({ what: "codes", codes })} onClose={close} />
      )}
      {open?.what === "codes" && (
        <CodesDialog
          codes={open.codes}
          onClose={() => {
            void invalidate(accounts.getFactors);
            close();
          }}
        />
      )}
    </Panel>
  );
}

function List(props: { factors: accounts.Factors; onOpen: (open: Open) => void }) {
  const t = useTranslations("factors");
  const format = useFormat();
  const { factors, onOpen } = props;
  const none =
    factors.passkeys.length === 0 && factors.totp === undefined && !factors.email.on && !factors.sms.on;
  const canAdd = addable(factors);
  const used = ({ createdMs, lastUsedMs }: { createdMs: number; lastUsedMs?: number }) =>
    lastUsedMs === undefined
      ? t("since", { date: format.date(createdMs) })
      : t("sinceUsed", { date: format.date(createdMs), used: format.dateMinute(lastUsedMs) });
  const addButton = (factor: NewFactor, label: string) => (
    <Button
      variant="default"
      onClick={() => onOpen({ what: "add", factor })}
      disabled={!canAdd.includes(factor)}
    >
      {label}
    </Button>
  );
  const removeButton = (factor: Removable, label: string) => (
    <Button variant="default" aria-label={label} onClick={() => onOpen({ what: "remove", factor })}>
      {t("remove")}
    </Button>
  );
  return (
    <ul className={styles.rows}>
      {none && <FactorRow title={<span className="warn">{t("noneYet")}</span>} detail={t("noneYetText")} />}
      {factors.passkeys.map((passkey) => (
        <FactorRow
          key={passkey.id}
          title={passkey.name}
          tags={
            <>
              <Tag>{t("name.passkey")}</Tag>
              {passkey.synced && <Tag>{t("synced")}</Tag>}
              {passkey.suspectedCopy && <Tag tone="danger">{t("suspectedCopy")}</Tag>}
            </>
          }
          detail={used(passkey)}
        >
          <Button
            variant="default"
            aria-label={t("renameOne", { name: passkey.name })}
            onClick={() => onOpen({ what: "rename", passkey })}
          >
            {t("rename")}
          </Button>
          {removeButton({ kind: "passkey", passkey }, t("removeOne", { name: passkey.name }))}
        </FactorRow>
      ))}
      <FactorRow
        title={t("passkeys")}
        detail={factors.passkeysPossible ? t("what.passkey") : t("passkeyOnAddress")}
      >
        {canAdd.includes("passkey") && addButton("passkey", t("addPasskey"))}
      </FactorRow>
      <FactorRow
        title={t("name.totp")}
        detail={factors.totp === undefined ? t("what.totp") : used(factors.totp)}
      >
        {factors.totp === undefined
          ? addButton("totp", t("addTotp"))
          : removeButton({ kind: "totp" }, t("removeOne", { name: t("name.totp") }))}
      </FactorRow>
      {(["sms", "email"] as const).map((medium) => {
        const { on, available, hint } = factors[medium];
        const name = t(`name.${medium}`);
        return (
          <FactorRow
            key={medium}
            title={name}
            detail={
              on && hint !== undefined
                ? t("goesTo", { hint })
                : t(available ? `what.${medium}` : `no.${medium}`)
            }
          >
            {on
              ? removeButton({ kind: medium }, t("removeOne", { name }))
              : available && addButton(medium, t(medium === "sms" ? "addSms" : "addEmail"))}
          </FactorRow>
        );
      })}
      {!none && (
        <FactorRow
          title={t("recovery.title")}
          detail={
            factors.recoveryCodes === undefined
              ? t("recovery.noneLeft")
              : t("recovery.left", {
                  count: factors.recoveryCodes.left,
                  date: format.date(factors.recoveryCodes.createdMs),
                })
          }
        >
          <Button variant="default" onClick={() => onOpen({ what: "renew" })}>
            {t("recovery.renew")}
          </Button>
        </FactorRow>
      )}
    </ul>
  );
}
