import { cases } from "@gatehouse/contract";
import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { given } from "../../../data/given.ts";
import { query } from "../../../data/query.ts";
import { useCan } from "../../../data/session.ts";

const DEBOUNCE_MS = 200;
const SHOWN = "20";

/** Events of one case: the last changed ones, others by their title or number. */
export function CaseFilter(props: { value: string; onChange: (caseId: string) => void }) {
  const may = useCan()("case.read");
  return may ? <CaseField {...props} /> : null;
}

function CaseField({ value, onChange }: { value: string; onChange: (caseId: string) => void }) {
  const t = useTranslations("recordings.clips");
  const [text, setText] = useState("");
  const chosen = useQuery({ ...query(cases.getCase, { params: { id: value } }), enabled: value !== "" });
  const name = value === "" || chosen.data === undefined ? undefined : titleOf(chosen.data.case);
  const typed = text === name || text === t("inCase") ? "" : text.trim();
  const [q] = useDebouncedValue(typed, DEBOUNCE_MS);
  const found = useQuery({
    ...query(cases.listCases, { query: { limit: SHOWN, ...given({ q: q || undefined }) } }),
    placeholderData: keepPreviousData,
  });
  const options = new Map((found.data?.items ?? []).map((one) => [one.id, titleOf(one)]));
  if (value !== "") options.set(value, name ?? t("inCase"));
  return (
    <Select
      aria-label={t("case")}
      placeholder={t("anyCase")}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("anyCase") }}
      data={[...options].map(([id, label]) => ({ value: id, label }))}
      // The server looks for them, also in what no title says.
      filter={({ options: all }) => all}
      nothingFoundMessage={t("noCase")}
      value={value === "" ? null : value}
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => onChange(id ?? "")}
    />
  );
}

const titleOf = ({ number, title }: Pick<cases.Case, "number" | "title">): string =>
  `${cases.caseName(number)} ${title}`;
