import { ledger, recovery } from "@gatehouse/contract";
import { Button, TextInput } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { QueryView } from "../../design/query-view.tsx";
import { KitSheet } from "./kit-sheet.tsx";
import styles from "./recovery.module.css";

/** Shows a new code once, has it printed, then asks for two of its groups: only then it counts. */
export function KitMaker(props: { organisation: string; act: string; onMade: () => void }) {
  const errorText = useErrorText();
  const make = useCall(recovery.draftRecoveryKit);
  const [isOnPaper, setOnPaper] = useState(false);
  const draft = make.data;
  if (draft === undefined)
    return (
      <div className="stack stack-tight">
        {make.error !== null && (
          <p role="alert" className="danger">
            {errorText(make.error)}
          </p>
        )}
        <div>
          <Button h={36} loading={make.isPending} onClick={() => make.mutate({ body: {} })}>
            {props.act}
          </Button>
        </div>
      </div>
    );
  if (!isOnPaper)
    return <Shown draft={draft} organisation={props.organisation} onPaper={() => setOnPaper(true)} />;
  return (
    <Typed
      draft={draft}
      onBack={() => setOnPaper(false)}
      onMade={() => {
        make.reset();
        setOnPaper(false);
        props.onMade();
      }}
    />
  );
}

function Shown(props: { draft: recovery.RecoveryKitDraft; organisation: string; onPaper: () => void }) {
  const t = useTranslations("recovery.kit");
  const trust = useQuery(query(ledger.getLedgerTrust, {}));
  return (
    <QueryView query={trust} what={t("reading")}>
      {(read) => (
        <div className="stack">
          <p className={styles.prose}>{t("printText")}</p>
          <KitSheet draft={props.draft} organisation={props.organisation} trust={read} />
          <div className="row row-wrap">
            <Button h={36} leftSection={<IconPrinter size={15} aria-hidden="true" />} onClick={() => print()}>
              {t("print")}
            </Button>
            <Button h={36} variant="default" onClick={props.onPaper}>
              {t("onPaper")}
            </Button>
          </div>
        </div>
      )}
    </QueryView>
  );
}

/** The code is out of sight, so that the paper is read. */
function Typed(props: { draft: recovery.RecoveryKitDraft; onBack: () => void; onMade: () => void }) {
  const t = useTranslations("recovery.kit");
  const errorText = useErrorText();
  const { asked, id } = props.draft;
  const [groups, setGroups] = useState<readonly string[]>(asked.map(() => ""));
  const confirm = useCall(recovery.confirmRecoveryKit, [recovery.getRecoveryKit]);
  return (
    <form
      className={styles.typed}
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate({ params: { kitId: id }, body: { groups: [...groups] } }, { onSuccess: props.onMade });
      }}
    >
      <p className={styles.prose}>{t("typeText")}</p>
      <div className="row row-wrap">
        {asked.map((number, at) => (
          <TextInput
            key={number}
            label={t("group", { number: String(number) })}
            value={groups[at] ?? ""}
            onChange={(event) => setGroups(groups.with(at, event.currentTarget.value))}
            maxLength={20}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            data-autofocus={at === 0 ? true : undefined}
            classNames={{ input: "mono" }}
          />
        ))}
      </div>
      {confirm.error !== null && (
        <p role="alert" className="danger">
          {errorText(confirm.error)}
        </p>
      )}
      <div className="row row-wrap">
        <Button
          type="submit"
          h={36}
          loading={confirm.isPending}
          disabled={groups.some((group) => group.trim() === "")}
        >
          {t("confirm")}
        </Button>
        <Button variant="default" h={36} onClick={props.onBack}>
          {t("again")}
        </Button>
      </div>
    </form>
  );
}
