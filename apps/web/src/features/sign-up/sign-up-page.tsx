import { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { Welcome } from "../../app/welcome.tsx";
import { call, query, queryClient } from "../../data/query.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Refusal } from "../login/refusal.tsx";
import { useAct } from "../login/use-act.ts";
import { ConfirmStep } from "./confirm-step.tsx";
import { DetailsStep } from "./details-step.tsx";
import { Head } from "./head.tsx";
import { StepLine } from "./step-line.tsx";

const route = getRouteApi("/sign-up");

/** How often somebody who waits with the page open hears of the decision. */
const WAITING_MS = 20_000;

const progressKey = query(accounts.getSignUpProgress, {}).queryKey;
const keep = (progress: accounts.SignUpProgress) => queryClient.setQueryData(progressKey, progress);

/** A customer's sign-up, from details to the decision; this browser's cookie remembers where it stands. */
export function SignUpPage() {
  const t = useTranslations("signUp");
  const progress = useQuery({
    ...query(accounts.getSignUpProgress, {}),
    refetchInterval: ({ state }) => (state.data?.step === "waiting" ? WAITING_MS : false),
  });
  return (
    <Welcome wide>
      <title>{t("title")}</title>
      <QueryView query={progress} what={t("reading")}>
        {(now) => <Step progress={now} />}
      </QueryView>
    </Welcome>
  );
}

function Step(props: { progress: accounts.SignUpProgress }) {
  const t = useTranslations("signUp");
  const { progress } = props;
  switch (progress.step) {
    case "none":
      return <Begin />;
    case "email":
      return (
        <ConfirmStep
          key="email"
          step="email"
          progress={progress}
          onConfirm={async (code) => keep(await call(accounts.confirmSignUpEmail, { body: { code } }))}
          onProgress={keep}
        />
      );
    case "phone":
      return (
        <ConfirmStep
          key="phone"
          step="phone"
          progress={progress}
          onConfirm={async (code) => keep(await call(accounts.confirmSignUpPhone, { body: { code } }))}
          onProgress={keep}
        />
      );
    case "waiting":
      return (
        <>
          <Head title={t("waitingTitle")}>{t("waitingText")}</Head>
          <StepLine at="decision" />
        </>
      );
    case "approved":
      return (
        <>
          <Head title={t("approvedTitle")}>{t("approvedText")}</Head>
          <ButtonLink to="/login" h={36}>
            {t("login")}
          </ButtonLink>
        </>
      );
    case "rejected":
      return <Rejected reason={progress.reason} />;
  }
}

function Begin() {
  const t = useTranslations("signUp");
  const { id } = route.useSearch();
  const named = id === undefined ? {} : { id };
  const offer = useQuery(query(accounts.getSignUp, { query: named }));
  return (
    <QueryView query={offer} what={t("reading")}>
      {({ open, organisation }) =>
        open ? (
          <>
            <Head title={organisation === undefined ? t("title") : t("titleWith", { organisation })}>
              {t("intro")}
            </Head>
            <StepLine at="details" />
            <DetailsStep
              organisation={organisation ?? ""}
              onSubmit={async (details) =>
                keep(await call(accounts.signUp, { body: { ...named, ...details } }))
              }
            />
          </>
        ) : (
          <>
            <Head title={t("closed")}>{t("closedText")}</Head>
            <ButtonLink to="/login" h={36}>
              {t("login")}
            </ButtonLink>
          </>
        )
      }
    </QueryView>
  );
}

function Rejected(props: { reason: string | undefined }) {
  const t = useTranslations("signUp");
  const { busy, error, run } = useAct();
  return (
    <>
      <Head title={t("rejectedTitle")}>
        {props.reason === undefined ? t("rejectedPlain") : t("rejectedText")}
      </Head>
      {props.reason !== undefined && <blockquote className="anywhere">{props.reason}</blockquote>}
      <Refusal error={error} />
      <div>
        <Button
          variant="default"
          loading={busy}
          onClick={() => void run(async () => void keep(await call(accounts.cancelSignUp, {})))}
        >
          {t("beginAnew")}
        </Button>
      </div>
    </>
  );
}
