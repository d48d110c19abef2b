import { access } from "@gatehouse/contract";
import { Button, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { useErrorText } from "../../design/error-text.ts";

type Act = "rename" | "suspend" | "resume";

/** What the host can do to another organisation; its own can only be renamed. */
export function OrganisationActs(props: { tenant: access.Tenant }) {
  const t = useTranslations("organisations");
  const [asking, setAsking] = useState<Act>();
  const { tenant } = props;
  const acts: Act[] = ["rename"];
  if (!tenant.host) acts.push(tenant.suspendedMs === undefined ? "suspend" : "resume");
  return (
    <div className="row row-wrap">
      {acts.map((act) => (
        <Button key={act} variant="default" onClick={() => setAsking(act)}>
          {t(act)}
        </Button>
      ))}
      {asking !== undefined && (
        <ActDialog key={asking} act={asking} tenant={tenant} onClose={() => setAsking(undefined)} />
      )}
    </div>
  );
}

function ActDialog(props: { act: Act; tenant: access.Tenant; onClose: () => void }) {
  const t = useTranslations("organisations");
  const errorText = useErrorText();
  const { act, tenant, onClose } = props;
  const [text, setText] = useState(act === "rename" ? tenant.name : "");
  const rename = useCall(access.renameTenant, [access.listTenants]);
  const suspend = useCall(access.suspendTenant, [access.listTenants]);
  const resume = useCall(access.resumeTenant, [access.listTenants]);
  const { error, isPending } = { rename, suspend, resume }[act];
  const params = { id: tenant.id };
  const done = { onSuccess: onClose };
  const given = text.trim();
  const confirm = {
    rename: () => rename.mutate({ params, body: { name: given } }, done),
    suspend: () => suspend.mutate({ params, body: { reason: given } }, done),
    resume: () => resume.mutate({ params, body: {} }, done),
  }[act];
  const { name } = tenant;
  return (
    <ConfirmDialog
      opened
      title={t(`${act}Title`, { name })}
      act={act === "suspend" ? t("suspendAct", { name }) : t(`${act}Act`)}
      destructive={act === "suspend"}
      busy={isPending}
      error={error === null ? undefined : errorText(error)}
      incomplete={act !== "resume" && given === ""}
      onConfirm={confirm}
      onClose={onClose}
    >
      <div className="stack">
        {act !== "rename" && <p>{t(`${act}Text`)}</p>}
        {act === "rename" && (
          <TextInput
            label={t("name")}
            required
            maxLength={120}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {act === "suspend" && (
          <Textarea
            label={t("reason")}
            required
            autosize
            minRows={2}
            maxLength={300}
            value={text}
            onChange={(event) => setText(event.currentTarget.value.replaceAll("\n", " "))}
          />
        )}
      </div>
    </ConfirmDialog>
  );
}
