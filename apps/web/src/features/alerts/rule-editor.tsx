import { alerts } from "@gatehouse/contract";
import { Button, NativeSelect, Switch, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { isApiError } from "../../data/api-error.ts";
import { call, invalidate, useCall } from "../../data/query.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { FieldGrid } from "../../design/field-grid.tsx";
import { SideDrawer } from "../../design/side-drawer.tsx";
import styles from "./alerts.module.css";
import { ConditionFields, type FieldsProps } from "./condition-fields.tsx";
import { EscalationFields } from "./escalation-fields.tsx";
import {
  BLANK,
  bodyOf,
  fieldOf,
  type RuleDraft,
  type RuleField,
  TEMPLATE_NAMES,
  TEMPLATES,
  wrongOf,
} from "./rule-draft.ts";
import { RuleTry } from "./rule-try.tsx";
import { ScheduleFields, TellFields } from "./schedule-fields.tsx";
import { ScopeFields } from "./scope-fields.tsx";
import { SEVERITIES } from "./severity.tsx";

/** Writes a rule: a new one (without `rule`) or one that is there. */
export function RuleEditor(props: {
  rule: alerts.Rule | undefined;
  initial: RuleDraft;
  onClose: () => void;
}) {
  const t = useTranslations("alerts.rules");
  const [draft, setDraft] = useState(props.initial);
  const [shown, setShown] = useState(false);
  const [removing, setRemoving] = useState(false);
  const save = useSave(props.rule, draft, props.onClose);
  const wrong = wrongOf(draft);
  const refused = isApiError(save.error, "rule.invalid") ? fieldOf(save.error.fields.field) : undefined;
  const fields: FieldsProps = {
    draft,
    change: (change) => {
      setDraft({ ...draft, ...change });
      save.forget();
    },
    wrong: (field: RuleField) => {
      const own = wrong[field];
      if (shown && own !== undefined) return t(`wrong.${own}`);
      return refused === field ? save.errorText : undefined;
    },
  };
  const ready = () => {
    setShown(true);
    return Object.keys(wrong).length === 0;
  };
  return (
    <SideDrawer
      title={props.rule === undefined ? t("addTitle") : t("editTitle")}
      size={600}
      onClose={props.onClose}
    >
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (ready()) save.run();
        }}
      >
        {props.rule === undefined && (
          <TemplateField onChoose={(next) => setDraft({ ...next, name: draft.name || next.name })} />
        )}
        <NameFields {...fields} />
        <ConditionFields key={`condition ${draft.kind}`} {...fields} />
        <ScopeFields {...fields} />
        <ScheduleFields {...fields} />
        <TellFields {...fields} />
        <EscalationFields {...fields} />
        <RuleTry draft={draft} ready={ready} />
        {save.conflict && <Conflict onReload={props.onClose} onOverwrite={save.overwrite} />}
        <DialogFoot
          sticky
          error={save.error === null || save.conflict ? undefined : save.errorText}
          start={
            props.rule !== undefined && (
              <Button variant="default" onClick={() => setRemoving(true)}>
                {t("delete")}
              </Button>
            )
          }
        >
          <Button type="submit" loading={save.busy}>
            {props.rule === undefined ? t("create") : t("save")}
          </Button>
        </DialogFoot>
      </form>
      {removing && props.rule !== undefined && (
        <DeleteRule rule={props.rule} onClose={() => setRemoving(false)} onDeleted={props.onClose} />
      )}
    </SideDrawer>
  );
}

function useSave(rule: alerts.Rule | undefined, draft: RuleDraft, onSaved: () => void) {
  const t = useTranslations("alerts.rules");
  const errorText = useErrorText();
  const create = useCall(alerts.createRule, [alerts.listRules]);
  const update = useCall(alerts.updateRule, [alerts.listRules, alerts.listAlerts]);
  const error = create.error ?? update.error;
  const onSuccess = ({ name }: { name: string }) => {
    notifications.show({ message: t("saved", { name }) });
    onSaved();
  };
  const put = (id: string, updatedMs: number) =>
    update.mutate({ params: { id }, body: { ...bodyOf(draft), updatedMs } }, { onSuccess });
  const detail = isApiError(error, "rule.invalid") ? error.fields.detail : undefined;
  return {
    error,
    errorText: typeof detail === "string" ? t("wrong.server", { detail }) : errorText(error),
    conflict: isApiError(error, "request.conflict"),
    busy: create.isPending || update.isPending,
    run: () =>
      rule === undefined
        ? create.mutate({ body: bodyOf(draft) }, { onSuccess })
        : put(rule.id, rule.updatedMs),
    overwrite: async () => {
      if (rule === undefined) return;
      const newest = (await call(alerts.listRules, {})).items.find(({ id }) => id === rule.id);
      if (newest !== undefined) put(rule.id, newest.updatedMs);
    },
    forget: () => {
      create.reset();
      update.reset();
    },
  };
}

function TemplateField(props: { onChoose: (draft: RuleDraft) => void }) {
  const t = useTranslations("alerts.rules");
  const [chosen, setChosen] = useState("blank");
  return (
    <NativeSelect
      label={t("template")}
      value={chosen}
      onChange={(event) => {
        const name = TEMPLATE_NAMES.find((one) => one === event.currentTarget.value) ?? "blank";
        setChosen(name);
        props.onChoose({
          ...BLANK,
          ...TEMPLATES[name],
          name: name === "blank" ? "" : t(`templates.${name}`),
        });
      }}
      data={TEMPLATE_NAMES.map((value) => ({ value, label: t(`templates.${value}`) }))}
    />
  );
}

function NameFields({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("alerts");
  return (
    <>
      <TextInput
        label={t("rules.name")}
        value={draft.name}
        maxLength={120}
        error={wrong("name")}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <FieldGrid>
        <NativeSelect
          label={t("rules.severity")}
          value={draft.severity}
          onChange={(event) =>
            change({
              severity: SEVERITIES.find((one) => one === event.currentTarget.value) ?? draft.severity,
            })
          }
          data={SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) }))}
        />
        <Switch
          label={t("rules.enabled")}
          checked={draft.enabled}
          onChange={(event) => change({ enabled: event.currentTarget.checked })}
        />
      </FieldGrid>
    </>
  );
}

function Conflict(props: { onReload: () => void; onOverwrite: () => Promise<void> }) {
  const t = useTranslations("alerts.rules");
  const errorText = useErrorText();
  const reload = () => {
    void invalidate(alerts.listRules);
    props.onReload();
  };
  const overwrite = () =>
    void props
      .onOverwrite()
      .catch((error: unknown) => notifications.show({ message: errorText(error), color: "red" }));
  return (
    <div role="alert" className="stack stack-tight">
      <span className="warn strong">{t("conflict")}</span>
      <span className="secondary small">{t("conflictText")}</span>
      <div className="row">
        <Button variant="default" onClick={reload}>
          {t("reload")}
        </Button>
        <Button variant="default" onClick={overwrite}>
          {t("overwrite")}
        </Button>
      </div>
    </div>
  );
}

function DeleteRule(props: { rule: alerts.Rule; onClose: () => void; onDeleted: () => void }) {
  const t = useTranslations("alerts.rules");
  const errorText = useErrorText();
  const remove = useCall(alerts.deleteRule, [alerts.listRules, alerts.listAlerts]);
  const { id, name, active } = props.rule;
  return (
    <ConfirmDialog
      opened
      destructive
      title={t("deleteTitle", { name })}
      act={t("deleteAct", { name })}
      busy={remove.isPending}
      error={remove.error === null ? undefined : errorText(remove.error)}
      onConfirm={() => remove.mutate({ params: { id } }, { onSuccess: props.onDeleted })}
      onClose={props.onClose}
    >
      {t("deleteText", { count: active })}
    </ConfirmDialog>
  );
}
