import { alerts } from "@gatehouse/contract";
import { Button, MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { FieldGrid } from "../../design/field-grid.tsx";
import styles from "./alerts.module.css";
import type { FieldsProps } from "./condition-fields.tsx";
import { DurationField } from "./duration-field.tsx";
import { MAX_STEPS, nextStep, type StepDraft, wrongStep } from "./escalation-draft.ts";

/** Who else is told when nobody answers. */
export function EscalationFields({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("alerts.rules.escalation");
  const { steps } = draft;
  const setSteps = (next: readonly StepDraft[]) => change({ steps: next });
  const channels = useQuery({ ...query(alerts.listChannels, {}), enabled: useCan()("channel.read") }).data
    ?.items;
  const data = (channels ?? []).map(({ id, name }) => ({ value: id, label: name }));
  if (data.length === 0 && steps.length === 0) return null;
  const areWrongShown = wrong("steps") !== undefined;
  return (
    <fieldset className={styles.group}>
      <legend>{t("title")}</legend>
      <p className="secondary small">{t("hint")}</p>
      {steps.map((step, at) => {
        const problem = areWrongShown ? wrongStep(steps, at) : undefined;
        const set = (part: Partial<StepDraft>) => setSteps(steps.with(at, { ...step, ...part }));
        return (
          <fieldset
            // biome-ignore lint/suspicious/noArrayIndexKey: a step has nothing but its place
            key={at}
            className={styles.step}
          >
            <legend className="visually-hidden">{t("step", { n: `${at + 1}` })}</legend>
            <FieldGrid>
              <DurationField
                label={t("after", { n: `${at + 1}` })}
                value={step.afterMs}
                error={problem === "stepTime" || problem === "stepOrder" ? t(problem) : undefined}
                onChange={(afterMs) => set({ afterMs })}
              />
            </FieldGrid>
            <MultiSelect
              label={t("channels")}
              data={data}
              value={[...step.channelIds]}
              maxValues={20}
              error={problem === "stepChannels" ? t(problem) : undefined}
              onChange={(channelIds) => set({ channelIds })}
            />
            <div>
              <Button
                variant="default"
                aria-label={t("removeOne", { n: `${at + 1}` })}
                onClick={() => setSteps(steps.filter((_, other) => other !== at))}
              >
                {t("remove")}
              </Button>
            </div>
          </fieldset>
        );
      })}
      {steps.length < MAX_STEPS && (
        <div>
          <Button variant="default" onClick={() => setSteps([...steps, nextStep(steps)])}>
            {t(steps.length === 0 ? "begin" : "add")}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
