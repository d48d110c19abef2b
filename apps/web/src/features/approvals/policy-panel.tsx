import { access, accounts, FOUR_EYES_ACTS } from "@gatehouse/contract";
import { Button, Checkbox, NumberInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useCan, useMe } from "../../data/session.ts";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { CHOOSABLE } from "./act-words.ts";
import styles from "./approvals.module.css";

type Policy = access.ApprovalPolicy;

const MAX_HOURS = 168;

/** Which acts need a second person, and how long whoever is alone waits. */
export function PolicyPanel() {
  const t = useTranslations("approvals.policy");
  const policy = useQuery(query(access.getApprovalPolicy, {}));
  return (
    <Panel title={t("title")} subtitle={t("subtitle")}>
      <QueryView query={policy} what={t("reading")}>
        {(read) => <PolicyForm key={JSON.stringify(read)} read={read} />}
      </QueryView>
    </Panel>
  );
}

function PolicyForm(props: { read: Policy }) {
  const t = useTranslations("approvals.policy");
  const kinds = useTranslations("approvals.kind");
  const errorText = useErrorText();
  const canWrite = useCan()("role.write");
  const { host } = useMe();
  const { read } = props;
  const [acts, setActs] = useState<readonly string[]>(read.acts);
  const [delayHours, setDelayHours] = useState<number | string>(read.delayHours);
  const save = useCall(access.setApprovalPolicy, [access.getApprovalPolicy, access.listApprovals]);
  /** Other organisations are the host's. */
  const offered = CHOOSABLE.filter((act) => host || act !== "tenants");
  const chosen = FOUR_EYES_ACTS.filter((act) => acts.includes(act));
  const isChanged = chosen.join() !== FOUR_EYES_ACTS.filter((act) => read.acts.includes(act)).join();
  const isReady =
    typeof delayHours === "number" &&
    delayHours >= 1 &&
    delayHours <= MAX_HOURS &&
    (isChanged || delayHours !== read.delayHours);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    const body = { acts: chosen, delayHours };
    save.mutate({ body }, { onSuccess: () => notifications.show({ message: t("saved") }) });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Checkbox.Group label={t("acts")} value={[...acts]} onChange={setActs}>
        <div className="stack" style={{ marginTop: 8, gap: 10 }}>
          {offered.map((act) => (
            <Checkbox
              key={act}
              value={act}
              label={kinds(act)}
              description={t(`actText.${act}`)}
              disabled={!canWrite}
            />
          ))}
        </div>
      </Checkbox.Group>
      <NumberInput
        label={t("delay")}
        description={t("delayHint")}
        value={delayHours}
        min={1}
        max={MAX_HOURS}
        allowDecimal={false}
        disabled={!canWrite}
        onChange={setDelayHours}
      />
      <p className="secondary small">{t("self")}</p>
      <Owners />
      {save.error !== null && (
        <p role="alert" className="danger">
          {errorText(save.error)}
        </p>
      )}
      {canWrite ? (
        <div>
          <Button type="submit" disabled={!isReady} loading={save.isPending}>
            {t("save")}
          </Button>
        </div>
      ) : (
        <p className="tertiary small">{t("readOnly")}</p>
      )}
    </form>
  );
}

/** Whether somebody could approve for an owner at all. */
function Owners() {
  const t = useTranslations("approvals.policy");
  const active = { role: "owner", state: "active", limit: "1" } as const;
  const owners = useQuery({
    ...query(accounts.listPeople, { query: active }),
    enabled: useCan()("people.read"),
  });
  if (owners.data === undefined) return null;
  return <p className="secondary small">{t("owners", { count: owners.data.total })}</p>;
}
