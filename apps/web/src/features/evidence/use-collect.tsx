import { cameras, cases } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { isApiError } from "../../data/api-error.ts";
import { call, invalidate } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";

const UNDO_SHOWN_MS = 15_000;
/** A case can begin with so many things. */
const AT_ONCE = 50;
const AGAIN = [
  cases.listCases,
  cases.getCase,
  cameras.getLinked,
  cameras.getCustody,
  cameras.listCameraEvents,
] as const;

/** A case that is there, or the title of one that begins with the clips. */
export type Into = { readonly id: string; readonly number: number } | { readonly title: string };

interface Collected {
  readonly caseId: string;
  readonly number: number;
  /** Events. */
  readonly added: readonly string[];
  /** So many were in it before. */
  readonly wereThere: number;
  /** What kept the rest out. */
  readonly error?: unknown;
}

/** Puts the clips of events into a case, says so, and takes them out again for who thinks better of it. */
export function useCollect() {
  const t = useTranslations("evidence.cases");
  const errorText = useErrorText();
  const fail = (error: unknown) => void notifications.show({ message: errorText(error), color: "red" });
  const { mutate: undo } = useMutation({
    mutationFn: takeOut,
    onSuccess: (_, { added }) => void notifications.show({ message: t("takenOut", { count: added.length }) }),
    onError: fail,
    onSettled: () => invalidate(...AGAIN),
  });
  const tell = (collected: Collected) => {
    const { added, caseId, error, wereThere } = collected;
    const number = cases.caseName(collected.number);
    const parts = [
      added.length === 0 ? "" : t("added", { number, count: added.length }),
      wereThere === 0 ? "" : t("isThere", { count: wereThere }),
      error === undefined ? "" : errorText(error),
    ];
    const id = `collected ${caseId} ${added[0] ?? ""}`;
    const message = (
      <span className="row row-between">
        <span>{parts.filter((part) => part !== "").join(" ")}</span>
        {added.length > 0 && (
          <Button
            variant="default"
            onClick={() => {
              notifications.hide(id);
              undo(collected);
            }}
          >
            {t("undo")}
          </Button>
        )}
      </span>
    );
    const color = error === undefined ? (added.length === 0 ? "gray" : undefined) : "red";
    notifications.show({ id, message, autoClose: UNDO_SHOWN_MS, ...(color && { color }) });
  };
  const { mutate, isPending } = useMutation({
    mutationFn: ({ into, eventIds }: { into: Into; eventIds: readonly string[] }) => collect(into, eventIds),
    onSuccess: tell,
    onError: fail,
    onSettled: () => invalidate(...AGAIN),
  });
  return { collect: (into: Into, eventIds: readonly string[]) => mutate({ into, eventIds }), isPending };
}

async function collect(into: Into, eventIds: readonly string[]): Promise<Collected> {
  const items = eventIds.map((eventId) => ({ kind: "event", eventId }) as const);
  if ("id" in into) return addTo(into, items);
  const first = items.slice(0, AT_ONCE);
  const made = await call(cases.createCase, { body: { title: into.title, items: first } });
  const rest = await addTo(made, items.slice(AT_ONCE));
  return { ...rest, added: [...first.map(({ eventId }) => eventId), ...rest.added] };
}

/** One after the other: the first that does not fit ends it. */
async function addTo(
  { id, number }: { readonly id: string; readonly number: number },
  items: readonly { readonly kind: "event"; readonly eventId: string }[],
): Promise<Collected> {
  const added: string[] = [];
  let wereThere = 0;
  for (const item of items)
    try {
      await call(cases.addCaseItem, { params: { id }, body: item });
      added.push(item.eventId);
    } catch (error) {
      if (!isApiError(error, "case.item_exists")) return { caseId: id, number, added, wereThere, error };
      wereThere += 1;
    }
  return { caseId: id, number, added, wereThere };
}

async function takeOut({ added, caseId }: Collected): Promise<void> {
  const { items } = await call(cases.getCase, { params: { id: caseId } });
  for (const { id, clip, removed } of items) {
    const eventId = clip?.hidden === false ? clip.eventId : undefined;
    if (removed !== undefined || eventId === undefined || !added.includes(eventId)) continue;
    await call(cases.removeCaseItem, { params: { id: caseId, item: id } });
  }
}
