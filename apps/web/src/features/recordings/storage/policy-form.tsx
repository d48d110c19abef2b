import { cameras } from "@gatehouse/contract";
import { Button, NumberInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { isApiError } from "../../../data/api-error.ts";
import { invalidate, useCall } from "../../../data/query.ts";
import { useErrorText } from "../../../design/error-text.ts";
import { FieldGrid } from "../../../design/field-grid.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import styles from "../recordings.module.css";

const GIGABYTE = 1_000_000_000;
const LEAST_GB = 0.05;
const MOST_GB = 9_000_000;
const CAPS = ["ringBytes", "pinnedBytes"] as const;
type Draft = Readonly<Record<(typeof CAPS)[number], number | string>>;

const draftOf = ({ ringBytes, pinnedBytes }: cameras.RecordingPolicy): Draft => ({
  ringBytes: ringBytes / GIGABYTE,
  pinnedBytes: pinnedBytes / GIGABYTE,
});

/** How much is kept. What is over a smaller cap goes at once, and that is said before it is saved. */
export function PolicyForm(props: { storage: cameras.RecordingStorage }) {
  const t = useTranslations("recordings.storage");
  const format = useFormat();
  const errorText = useErrorText();
  const { policy, policyMs, ring } = props.storage;
  const [draft, setDraft] = useState<Draft>();
  const save = useCall(cameras.updateRecordingPolicy, [cameras.getRecordingStorage]);
  const shown = draft ?? draftOf(policy);
  const wanted = policyOf(shown);
  const isChanged = wanted !== undefined && CAPS.some((cap) => wanted[cap] !== policy[cap]);
  const lostBytes = wanted === undefined ? 0 : Math.max(0, ring.bytes - wanted.ringBytes);
  const submit = () => {
    if (wanted === undefined) return;
    save.mutate(
      { body: { policy: wanted, policyMs } },
      {
        onSuccess: () => {
          setDraft(undefined);
          notifications.show({ message: t("saved") });
        },
      },
    );
  };
  const reload = () => {
    setDraft(undefined);
    save.reset();
    void invalidate(cameras.getRecordingStorage);
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) submit();
      }}
    >
      <FieldGrid fieldWidth={240}>
        {CAPS.map((cap) => (
          <NumberInput
            key={cap}
            label={t(`cap.${cap}`)}
            description={t(`capHint.${cap}`)}
            suffix={` ${t("gigabytes")}`}
            min={LEAST_GB}
            max={MOST_GB}
            decimalScale={2}
            value={shown[cap]}
            onChange={(value) => setDraft({ ...shown, [cap]: value })}
          />
        ))}
      </FieldGrid>
      {lostBytes > 0 && <p className="warn">{t("willGo", { bytes: format.bytes(lostBytes) })}</p>}
      {save.error !== null && (
        <p role="alert" className="danger">
          {errorText(save.error)}
        </p>
      )}
      <div className="row">
        <Button type="submit" disabled={!isChanged} loading={save.isPending}>
          {t("save")}
        </Button>
        {isApiError(save.error, "request.conflict") && (
          <Button variant="default" onClick={reload}>
            {t("reload")}
          </Button>
        )}
      </div>
    </form>
  );
}

/** Undefined while a field is no allowed number. */
function policyOf(draft: Draft): cameras.RecordingPolicy | undefined {
  const [ringBytes, pinnedBytes] = CAPS.map((cap) => {
    const value = draft[cap];
    return typeof value === "number" && value >= LEAST_GB && value <= MOST_GB
      ? Math.round(value * GIGABYTE)
      : undefined;
  });
  return ringBytes === undefined || pinnedBytes === undefined ? undefined : { ringBytes, pinnedBytes };
}
