import { Checkbox, TagsInput, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { DecimalInput } from "../../design/decimal-input.tsx";
import { FieldGrid } from "../../design/field-grid.tsx";
import styles from "./alerts.module.css";
import type { FieldsProps } from "./condition-fields.tsx";
import { EVENT_KINDS, isLookedFor } from "./event-draft.ts";

const MAX_CLASSES = 80;
const MAX_PEOPLE = 100;

/** What happens before a camera that the rule waits for. */
export function EventFields({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("alerts.rules");
  const { event } = draft;
  const set = (part: Partial<typeof event>) => change({ event: { ...event, ...part } });
  return (
    <>
      <Checkbox.Group
        label={t("events.label")}
        description={t("events.hint")}
        value={[...event.events]}
        error={wrong("event")}
        onChange={(chosen) => set({ events: EVENT_KINDS.filter((kind) => chosen.includes(kind)) })}
      >
        <div className={styles.kinds}>
          {EVENT_KINDS.map((kind) => (
            <Checkbox key={kind} value={kind} label={t(`events.${kind}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <FieldGrid>
        {event.events.includes("person") && (
          <DecimalInput
            label={t("minPeople")}
            description={t("minPeopleHint")}
            value={event.minPeople ?? ""}
            min={1}
            max={MAX_PEOPLE}
            allowDecimal={false}
            hideControls
            onChange={(value) => set({ minPeople: typeof value === "number" ? value : undefined })}
          />
        )}
        <TextInput
          label={t("zone")}
          description={t("zoneHint")}
          value={event.zone}
          maxLength={60}
          onChange={(one) => set({ zone: one.currentTarget.value })}
        />
      </FieldGrid>
      {isLookedFor(event) && (
        <TagsInput
          label={t("classes")}
          description={t("classesHint")}
          value={[...event.classes]}
          maxTags={MAX_CLASSES}
          maxLength={60}
          onChange={(classes) => set({ classes })}
        />
      )}
    </>
  );
}
