import { access } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { usePageTitle } from "../../app/page-title.ts";
import { ApiError, type ApiErrorCode } from "../../data/api-error.ts";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { ApprovalActs } from "./approval-acts.tsx";
import styles from "./approvals.module.css";
import { ReplyPanel } from "./reply-panel.tsx";
import { RequestFacts } from "./request-facts.tsx";
import { StateTag } from "./requests-panel.tsx";
import { capitalised, useActText, useSentence } from "./use-act-text.ts";

const RENEW_MS = 15_000;

/** One request: what would be done, who asks, until when, and what can be decided now. */
export function ApprovalPage() {
  const t = useTranslations("approvals");
  const { approvalId = "" } = useParams({ strict: false });
  const approval = useQuery({
    ...query(access.getApproval, { params: { id: approvalId } }),
    refetchInterval: RENEW_MS,
  });
  return (
    <QueryView query={approval} what={t("readingOne")}>
      {(read) => <Request approval={read} />}
    </QueryView>
  );
}

function Request(props: { approval: access.Approval }) {
  const t = useTranslations("approvals");
  const format = useFormat();
  const sentence = useSentence();
  const can = useCan();
  const { approval } = props;
  const actText = useActText();
  usePageTitle(capitalised(actText(approval)));
  const { state, request } = approval;
  const isOpen = state === "waiting" || state === "running";
  const asked = `${approval.requestedBy.name}, ${format.dateMinute(approval.requestedMs)}`;
  const until = ` · ${t("until")} ${format.dateMinute(approval.expiresMs)}`;
  return (
    <>
      <StatusSentence detail={isOpen ? asked + until : asked} end={<StateTag approval={approval} />}>
        {sentence(approval)}
      </StatusSentence>
      <Waiting approval={approval} />
      <ApprovalActs approval={approval} />
      {approval.hasReply && <ReplyPanel approvalId={approval.id} />}
      <div className={styles.columns}>
        <Panel title={t(isOpen ? "would" : "did")}>
          <RequestFacts approval={approval} />
        </Panel>
        <div className="stack">
          {approval.decidedBy !== undefined && <Decision approval={approval} />}
          <Panel
            title={t("exact")}
            end={
              can("ledger.read") && (
                <ButtonLink variant="default" to="/audit" search={{ subject: approval.id }}>
                  {t("log")}
                </ButtonLink>
              )
            }
          >
            <div className="stack stack-tight">
              <p className="secondary small">{t("exactText")}</p>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it */}
              <pre className={styles.code} tabIndex={0}>
                {`${request.method} ${request.path}`}
                {request.body !== undefined && `\n\n${JSON.stringify(request.body, null, 2)}`}
              </pre>
            </div>
          </Panel>
        </div>
      </div>
    </>
  );
}

/** For whoever asked: who can decide, or from when they can go on alone. */
function Waiting(props: { approval: access.Approval }) {
  const t = useTranslations("approvals");
  const format = useFormat();
  const { state, may, aloneFromMs } = props.approval;
  if (state !== "waiting" || !may.withdraw) return null;
  if (may.carryOut) return <p>{t("aloneNow")}</p>;
  return (
    <p>{aloneFromMs === undefined ? t("waitsFor") : t("alone", { at: format.dateMinute(aloneFromMs) })}</p>
  );
}

function Decision(props: { approval: access.Approval }) {
  const t = useTranslations("approvals");
  const format = useFormat();
  const errorText = useErrorText();
  const { decidedBy, decidedMs = 0, reason, state, code } = props.approval;
  return (
    <Panel title={t("decision")}>
      <div className="stack stack-tight">
        <p>{t("decided", { name: decidedBy?.name ?? "", at: format.dateTime(decidedMs) })}</p>
        {reason !== undefined && <p className="secondary anywhere">{reason}</p>}
        {state === "failed" && code !== undefined && (
          <p className="danger">
            {t("failed")} {errorText(new ApiError(code as ApiErrorCode, 0))}
          </p>
        )}
      </div>
    </Panel>
  );
}
