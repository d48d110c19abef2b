import { cameras } from "@gatehouse/contract";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { given } from "../../../data/given.ts";
import { query } from "../../../data/query.ts";
import { SearchField } from "../../../design/search-field.tsx";
import { useIsPhone } from "../../../design/viewport.ts";
import { titleOf } from "../../cameras/camera-title.ts";
import { useLabelText } from "../../evidence/use-label-text.ts";
import styles from "../recordings.module.css";
import { CaseFilter } from "./case-filter.tsx";
import { CLIP_KEYS, type ClipSearch } from "./clip-filter.ts";

const COUNTS = ["1", "2", "3", "5", "10"] as const;

interface Option {
  readonly value: string;
  readonly label: string;
}

/** What people look for among events; each choice stands in the address. On a phone they are folded away at first. */
export function ClipFilters(props: {
  search: ClipSearch;
  siteId: string | undefined;
  hasFilter: boolean;
  onSet: (change: ClipSearch) => void;
}) {
  const t = useTranslations("recordings.clips");
  const kinds = useTranslations("recordings.timeline.kind");
  const common = useTranslations("common.action");
  const labelText = useLabelText();
  const isPhone = useIsPhone();
  const [isOpen, setOpen] = useState(props.hasFilter);
  const { search, onSet } = props;
  const known = useQuery(query(cameras.listCameras, { query: given({ site: props.siteId, limit: "200" }) }));
  const list = known.data?.items ?? [];
  const zones = namesIn(list, ({ motion }) => motion.zones.map(({ name }) => name));
  const classes = namesIn(list, ({ detection }) => detection.classes);
  const none = Object.fromEntries(CLIP_KEYS.map((key) => [key, ""])) as ClipSearch;
  const choice = (key: keyof ClipSearch, label: string, any: string, options: readonly Option[]) => {
    const value = search[key] ?? "";
    const isKnown = value === "" || options.some((one) => one.value === value);
    return (
      <NativeSelect
        aria-label={label}
        value={value}
        onChange={(event) => onSet({ [key]: event.currentTarget.value })}
        data={[{ value: "", label: any }, ...options, ...(isKnown ? [] : [{ value, label: value }])]}
      />
    );
  };
  return (
    <search className={styles.bar} aria-label={t("filter")}>
      <SearchField label={t("search")} value={search.q ?? ""} onChange={(q) => onSet({ q })} />
      {isPhone && (
        <Button
          variant="default"
          aria-expanded={isOpen}
          rightSection={isOpen ? <IconChevronUp size={15} /> : <IconChevronDown size={15} />}
          onClick={() => setOpen(!isOpen)}
        >
          {t("more")}
        </Button>
      )}
      {(isOpen || !isPhone) && (
        <>
          {choice(
            "camera",
            t("camera"),
            t("anyCamera"),
            list.map((one) => ({ value: one.id, label: titleOf(one) })),
          )}
          {choice(
            "kind",
            t("kind"),
            t("anyKind"),
            cameras.CAMERA_EVENT_KINDS.map((kind) => ({ value: kind, label: kinds(kind) })),
          )}
          {choice(
            "class",
            t("class"),
            t("anyClass"),
            classes.map((one) => ({ value: one, label: labelText(one) })),
          )}
          {choice(
            "people",
            t("count"),
            t("anyCount"),
            COUNTS.map((count) => ({ value: count, label: t("atLeast", { count }) })),
          )}
          {choice(
            "zone",
            t("zone"),
            t("anyZone"),
            zones.map((zone) => ({ value: zone, label: zone })),
          )}
          {choice(
            "verdict",
            t("verdict"),
            t("anyVerdict"),
            cameras.VERDICT_FILTERS.map((one) => ({ value: one, label: t(`verdictIs.${one}`) })),
          )}
          <CaseFilter value={search.case ?? ""} onChange={(id) => onSet({ case: id })} />
          <TextInput
            type="date"
            aria-label={t("from")}
            value={search.from ?? ""}
            onChange={(event) => onSet({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            aria-label={t("to")}
            value={search.to ?? ""}
            onChange={(event) => onSet({ to: event.currentTarget.value })}
          />
        </>
      )}
      <WeekMark search={search} />
      {props.hasFilter && (
        <Button variant="default" onClick={() => onSet(none)}>
          {common("clearFilters")}
        </Button>
      )}
    </search>
  );
}

const namesIn = (
  list: readonly cameras.Camera[],
  of: (settings: cameras.CameraSettings) => readonly string[],
): string[] =>
  [...new Set(list.flatMap(({ settings }) => of(settings)))].toSorted((a, b) => a.localeCompare(b));

const DAYS = ["1", "2", "3", "4", "5", "6", "7"] as const;

/** A weekday and an hour come from the picture of activity. */
function WeekMark({ search: { weekday, hour } }: { search: ClipSearch }) {
  const t = useTranslations("recordings.clips");
  const days = useTranslations("cameras.settings.day");
  const day = DAYS.find((one) => one === weekday);
  if (day === undefined || hour === undefined) return null;
  const time = `${hour.padStart(2, "0")}:00–${hour.padStart(2, "0")}:59`;
  return <span className="secondary small">{t("onWeek", { day: days(`d${day}`), hour: time })}</span>;
}
