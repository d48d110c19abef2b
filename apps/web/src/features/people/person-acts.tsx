import { type AnyEndpoint, accounts } from "@gatehouse/contract";
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { useErrorText } from "../../design/error-text.ts";

const READ_AGAIN: readonly AnyEndpoint[] = [accounts.getPerson, accounts.listPeople];
type Act = "approve" | "reject" | "disable" | "enable" | "erase";

/** What may be decided about a person in this state; each asks first, a refusal needs its reason. */
export function PersonActs(props: { detail: accounts.PersonDetail }) {
  const t = useTranslations("people.act");
  const can = useCan();
  const [asking, setAsking] = useState<Act>();
  const { person, isLastOwner } = props.detail;
  const acts: Act[] = [];
  if (person.state === "waiting" && can("people.approve")) acts.push("approve", "reject");
  if (can("people.write") && !isLastOwner) {
    if (person.state === "active") acts.push("disable");
    if (person.state === "disabled") acts.push("enable");
    if (person.state !== "erased") acts.push("erase");
  }
  if (acts.length === 0) return null;
  return (
    <div className="row row-wrap">
      {acts.map((act) => (
        <Button key={act} variant={act === "approve" ? "filled" : "default"} onClick={() => setAsking(act)}>
          {t(`${act}.open`)}
        </Button>
      ))}
      {asking !== undefined && (
        <ActDialog key={asking} act={asking} person={person} onClose={() => setAsking(undefined)} />
      )}
    </div>
  );
}

function ActDialog(props: { act: Act; person: accounts.PersonEntry; onClose: () => void }) {
  const t = useTranslations("people.act");
  const errorText = useErrorText();
  const { act, person, onClose } = props;
  const [reason, setReason] = useState("");
  const approve = useCall(accounts.approvePerson, READ_AGAIN);
  const reject = useCall(accounts.rejectPerson, READ_AGAIN);
  const disable = useCall(accounts.disablePerson, READ_AGAIN);
  const enable = useCall(accounts.enablePerson, READ_AGAIN);
  const erase = useCall(accounts.erasePerson, READ_AGAIN);
  const call = { approve, reject, disable, enable, erase }[act];
  const params = { id: person.id };
  const done = { onSuccess: onClose };
  const text = reason.trim();
  const confirm = {
    approve: () => approve.mutate({ params, body: {} }, done),
    reject: () => reject.mutate({ params, body: { reason: text } }, done),
    disable: () => disable.mutate({ params, body: text === "" ? {} : { reason: text } }, done),
    enable: () => enable.mutate({ params, body: {} }, done),
    erase: () => erase.mutate({ params, body: {} }, done),
  }[act];
  const withReason = act === "reject" || act === "disable";
  return (
    <ConfirmDialog
      opened
      title={t(`${act}.title`, { name: person.name })}
      act={t(`${act}.confirm`)}
      destructive={act === "erase" || act === "disable" || act === "reject"}
      busy={call.isPending}
      error={call.error === null ? undefined : errorText(call.error)}
      onConfirm={() => {
        if (act !== "reject" || text !== "") confirm();
      }}
      onClose={onClose}
    >
      <p>{t(`${act}.text`)}</p>
      {withReason && (
        <Textarea
          label={t(act === "reject" ? "reason" : "reasonOptional")}
          required={act === "reject"}
          autosize
          minRows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
    </ConfirmDialog>
  );
}
