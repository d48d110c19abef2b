import { accounts } from "@gatehouse/contract";
import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";

const MAX_PEOPLE = 100;

/** Whom a channel that pushes tells: nobody chosen means everybody who listens. */
export function PeopleField(props: {
  label: string;
  ids: readonly string[];
  onChange: (ids: string[]) => void;
}) {
  const t = useTranslations("settings.channel");
  const active = { state: "active", limit: String(MAX_PEOPLE) } as const;
  const people = useQuery({
    ...query(accounts.listPeople, { query: active }),
    enabled: useCan()("people.read"),
  }).data?.items;
  const names = new Map((people ?? []).map(({ id, name }) => [id, name]));
  for (const id of props.ids) if (!names.has(id)) names.set(id, id.slice(-8));
  return (
    <MultiSelect
      label={props.label}
      description={props.ids.length === 0 ? t("everybody") : undefined}
      placeholder={props.ids.length === 0 ? t("choosePeople") : undefined}
      data={[...names].map(([value, label]) => ({ value, label }))}
      value={[...props.ids]}
      maxValues={MAX_PEOPLE}
      disabled={people === undefined}
      searchable
      onChange={props.onChange}
    />
  );
}
