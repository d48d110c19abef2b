import { ledger } from "@gatehouse/contract";
import { Button, Modal, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../../data/query.ts";
import { CopyButton } from "../../../design/copy-button.tsx";
import { DialogFoot } from "../../../design/dialog-foot.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import styles from "./witnesses.module.css";

/** Another installation, or any witness of C2SP tlog-witness, that shall cosign this log. */
export function AddWitnessDialog(props: { onClose: () => void }) {
  const t = useTranslations("witnesses.addDialog");
  const common = useTranslations("common.action");
  const errorText = useErrorText();
  const ourKey = useQuery(query(ledger.getLedgerHead, {})).data?.verifierKey;
  const [url, setUrl] = useState("https://");
  const [verifierKey, setVerifierKey] = useState("");
  const add = useCall(ledger.addWitness, [ledger.listWitnesses]);
  const isComplete = URL.canParse(url) && verifierKey.trim().length >= 20;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    const body = { url: url.trim(), verifierKey: verifierKey.trim() };
    add.mutate({ body }, { onSuccess: props.onClose });
  };
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t("title")}
      size={520}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <form className="stack" onSubmit={submit}>
        <TextInput
          label={t("url")}
          description={t("urlHint")}
          type="url"
          value={url}
          maxLength={500}
          data-autofocus
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <TextInput
          label={t("key")}
          description={t("keyHint")}
          value={verifierKey}
          maxLength={400}
          spellCheck={false}
          onChange={(event) => setVerifierKey(event.currentTarget.value)}
        />
        {ourKey !== undefined && (
          <div>
            <p className="secondary small">{t("ours")}</p>
            <div className={styles.key}>
              <code className="anywhere small">{ourKey}</code>
              <CopyButton text={ourKey} />
            </div>
          </div>
        )}
        <DialogFoot error={add.error === null ? undefined : errorText(add.error)}>
          <Button type="submit" disabled={!isComplete} loading={add.isPending}>
            {t("add")}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}
