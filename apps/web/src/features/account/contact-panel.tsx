import { accounts, type ReplyOf } from "@gatehouse/contract";
import { Button, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { call, invalidate, query, queryClient, useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { CodeForm } from "../login/code-form.tsx";
import { Refusal } from "../login/refusal.tsx";
import { ResendButton } from "../login/resend-button.tsx";
import { useAct } from "../login/use-act.ts";
import { useWait } from "../login/use-wait.ts";

type Medium = "email" | "phone";
type Details = ReplyOf<typeof accounts.getOwnDetails>;

const keep = (details: Details) =>
  queryClient.setQueryData(query(accounts.getOwnDetails, {}).queryKey, details);

const CALLS = {
  email: {
    ask: (to: string) => call(accounts.changeEmail, { body: { email: to } }),
    confirm: (code: string) => call(accounts.confirmEmail, { body: { code } }),
  },
  phone: {
    ask: (to: string) => call(accounts.changePhone, { body: { phone: to } }),
    confirm: (code: string) => call(accounts.confirmPhone, { body: { code } }),
  },
} as const;

/** Where one can be reached. A new e-mail address or number holds once a code that went there came back. */
export function ContactPanel(props: { email: string }) {
  const t = useTranslations("account.contact");
  const details = useQuery(query(accounts.getOwnDetails, {}));
  return (
    <Panel title={t("title")} subtitle={t("subtitle")}>
      <QueryView query={details} what={t("reading")}>
        {({ details: known, pendingEmail, pendingPhone }) => (
          <div className="stack">
            <Reach key={`e${props.email}`} medium="email" now={props.email} pending={pendingEmail} />
            <Reach key={`p${known.phone}`} medium="phone" now={known.phone ?? ""} pending={pendingPhone} />
            <Address key={`a${known.address}`} address={known.address ?? ""} />
            {known.identityNumber !== undefined && (
              <TextInput label={t("identityNumber")} value={known.identityNumber} readOnly />
            )}
          </div>
        )}
      </QueryView>
    </Panel>
  );
}

function Reach(props: { medium: Medium; now: string; pending: Details["pendingEmail"] }) {
  const t = useTranslations("account.contact");
  const [to, setTo] = useState(props.now);
  const { busy, error, run } = useAct();
  const waitMs = useWait(error);
  const { medium, now, pending } = props;
  const ready = to.trim() !== "" && to.trim() !== now && waitMs === 0;
  if (pending !== undefined) return <Pending medium={medium} pending={pending} />;
  return (
    <form
      className="stack stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void run(async () => void keep(await CALLS[medium].ask(to.trim())));
      }}
    >
      <div className="row row-top">
        <TextInput
          className="grow"
          label={t(medium)}
          {...(medium === "phone" ? { placeholder: t("phoneExample") } : {})}
          type={medium === "email" ? "email" : "tel"}
          autoComplete={medium === "email" ? "email" : "tel"}
          maxLength={medium === "email" ? 254 : 32}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          mt={24}
          h={32}
          aria-label={t("changeOf", { what: t(medium) })}
          disabled={!ready}
          loading={busy}
        >
          {t("change")}
        </Button>
      </div>
      <Refusal error={error} waitMs={waitMs} />
    </form>
  );
}

/** A change that waits for the code that went to the new address or number. */
function Pending(props: { medium: Medium; pending: NonNullable<Details["pendingEmail"]> }) {
  const t = useTranslations("account.contact");
  const format = useFormat();
  const { medium, pending } = props;
  const withdraw = useCall(accounts.withdrawChange, [accounts.getOwnDetails]);
  const [again, setAgain] = useState("");
  const resend = useAct();
  const confirm = async (code: string) => {
    keep(await CALLS[medium].confirm(code));
    await invalidate(accounts.getMe, accounts.getFactors);
  };
  const until = t("until", { time: format.dateMinute(pending.expiresMs) });
  return (
    <section className="stack stack-tight" aria-label={t(medium)}>
      <p role="status">{t(`${medium}Pending`, { to: pending.to })}</p>
      <CodeForm label={t("code")} description={until} act={t("confirm")} onAnswer={confirm} />
      <div className="row row-top row-wrap">
        <TextInput
          className="grow"
          aria-label={t("again")}
          placeholder={t("again")}
          type={medium === "email" ? "email" : "tel"}
          maxLength={medium === "email" ? 254 : 32}
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
        {again.trim() !== "" && (
          <ResendButton
            fromMs={pending.resendAtMs ?? 0}
            busy={resend.busy}
            onSend={() => void resend.run(async () => void keep(await CALLS[medium].ask(again.trim())))}
          />
        )}
        <Button variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate({})}>
          {t("withdraw")}
        </Button>
      </div>
      <Refusal error={resend.error ?? withdraw.error} />
    </section>
  );
}

function Address(props: { address: string }) {
  const t = useTranslations("account.contact");
  const errorText = useErrorText();
  const [address, setAddress] = useState(props.address);
  const update = useCall(accounts.updateOwnDetails, [accounts.getOwnDetails]);
  const ready = address.trim() !== props.address;
  return (
    <form
      className="stack stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) update.mutate({ body: { address: address.trim() } });
      }}
    >
      <Textarea
        label={t("address")}
        autoComplete="street-address"
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        error={update.error === null ? undefined : errorText(update.error)}
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" variant="default" disabled={!ready} loading={update.isPending}>
          {t("saveAddress")}
        </Button>
      </div>
    </form>
  );
}
