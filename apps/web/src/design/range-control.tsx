import { Button, Popover, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "../i18n/provider.tsx";
import { Segmented } from "./segmented.tsx";
import { instantOf, isSpan, localText, PRESETS, type TimeRange } from "./time-range.ts";

type Key = (typeof PRESETS)[number]["key"] | "custom";

/** From five minutes to a year up to now, or a span of one's own. */
export function RangeControl(props: {
  range: TimeRange;
  nowMs: () => number;
  onRange: (range: TimeRange) => void;
}) {
  const t = useTranslations("common.range");
  const [opened, setOpened] = useState(false);
  const { range } = props;
  const preset = "lastMs" in range ? PRESETS.find(({ lastMs }) => lastMs === range.lastMs)?.key : undefined;
  const choose = (key: Key) => {
    const lastMs = PRESETS.find((one) => one.key === key)?.lastMs;
    if (lastMs === undefined) setOpened(true);
    else props.onRange({ lastMs });
  };
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      trapFocus
      width={280}
      withRoles={false}
    >
      <Popover.Target>
        <div>
          <Segmented<Key>
            label={t("label")}
            value={preset ?? "custom"}
            options={[
              ...PRESETS.map(({ key }) => ({ value: key, label: t(key) })),
              { value: "custom", label: t("custom") },
            ]}
            onChange={choose}
          />
        </div>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={t("custom")}>
        <CustomRange
          {...props}
          onRange={(chosen) => {
            setOpened(false);
            props.onRange(chosen);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function CustomRange(props: { range: TimeRange; nowMs: () => number; onRange: (range: TimeRange) => void }) {
  const t = useTranslations("common.range");
  const { timeZone } = useFormat();
  const [initial] = useState(() => {
    const toMs = "toMs" in props.range ? props.range.toMs : props.nowMs();
    return { fromMs: "fromMs" in props.range ? props.range.fromMs : toMs - props.range.lastMs, toMs };
  });
  const [from, setFrom] = useState(localText(initial.fromMs, timeZone));
  const [to, setTo] = useState(localText(initial.toMs, timeZone));
  const fromMs = instantOf(from, timeZone);
  const toMs = instantOf(to, timeZone);
  const valid = fromMs !== undefined && toMs !== undefined && isSpan(toMs - fromMs);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) props.onRange({ fromMs, toMs });
      }}
    >
      <TextInput
        type="datetime-local"
        label={t("from")}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        label={t("to")}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
        error={valid ? undefined : t("invalid")}
      />
      <p className="tertiary tiny">{t("zone", { zone: timeZone })}</p>
      <Button type="submit" disabled={!valid}>
        {t("show")}
      </Button>
    </form>
  );
}
