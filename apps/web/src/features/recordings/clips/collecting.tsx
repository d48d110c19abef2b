import type { cameras } from "@gatehouse/contract";
import { ActionIcon, Button, Checkbox, Modal } from "@mantine/core";
import { IconFolderPlus } from "@tabler/icons-react";
import { createContext, type ReactNode, use, useState } from "react";
import { useTranslations } from "use-intl";
import { useCan } from "../../../data/session.ts";
import { useShortcut } from "../../../design/shortcuts.ts";
import { useFormat } from "../../../i18n/provider.tsx";
import { CasePicker } from "../../evidence/case-picker.tsx";
import { useCollect } from "../../evidence/use-collect.tsx";
import styles from "../recordings.module.css";
import { nameOf } from "./clip-words.tsx";

type CameraEvent = cameras.CameraEvent;

interface Collecting {
  readonly events: readonly CameraEvent[];
  readonly chosen: ReadonlySet<string>;
  readonly choose: (ids: readonly string[], is: boolean) => void;
  /** Asks for the case. */
  readonly open: (events: readonly CameraEvent[]) => void;
}

const CollectingContext = createContext<Collecting | undefined>(undefined);

/**
 * Clips can be put into a case, one or those that are chosen: by their signs, or by X (choose) and C on the row that has
 * the focus. Without the right to it nothing of that is there.
 */
export function CollectClips(props: { events: readonly CameraEvent[]; children: ReactNode }) {
  const may = useCan()("case.write");
  return may ? <Collector {...props} /> : props.children;
}

function Collector(props: { events: readonly CameraEvent[]; children: ReactNode }) {
  const t = useTranslations("recordings.clips");
  const close = useTranslations("common.action")("close");
  const add = useTranslations("evidence.cases")("add");
  const { collect } = useCollect();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<readonly CameraEvent[]>();
  const { events } = props;
  // What the filter hides is not chosen any more.
  const shown = events.filter(({ id }) => picked.has(id));
  const chosen = new Set(shown.map(({ id }) => id));
  const choose = (ids: readonly string[], is: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) is ? next.add(id) : next.delete(id);
    setPicked(next);
  };
  useShortcut("x", () => {
    const event = eventInFocus(events);
    if (event !== undefined) choose([event.id], !chosen.has(event.id));
  });
  useShortcut("c", () => {
    const one = eventInFocus(events);
    if (shown.length > 0) setAsked(shown);
    else if (one !== undefined) setAsked([one]);
  });
  return (
    <CollectingContext value={{ events, chosen, choose, open: setAsked }}>
      {shown.length > 0 && (
        <div className={styles.chosen}>
          <span role="status">{t("chosen", { count: shown.length })}</span>
          <Button
            leftSection={<IconFolderPlus size={15} aria-hidden="true" />}
            onClick={() => setAsked(shown)}
          >
            {add}
          </Button>
          <Button variant="default" onClick={() => setPicked(new Set())}>
            {t("chooseNone")}
          </Button>
        </div>
      )}
      {props.children}
      {asked !== undefined && (
        <Modal
          opened
          size={380}
          title={t("addMany", { count: asked.length })}
          onClose={() => setAsked(undefined)}
          closeButtonProps={{ "aria-label": close }}
        >
          <CasePicker
            events={asked}
            onPick={(into) => {
              setAsked(undefined);
              setPicked(new Set());
              collect(
                into,
                asked.map(({ id }) => id),
              );
            }}
          />
        </Modal>
      )}
    </CollectingContext>
  );
}

function eventInFocus(events: readonly CameraEvent[]): CameraEvent | undefined {
  const row = document.activeElement?.closest<HTMLElement>("[data-row]");
  return row == null ? undefined : events[Number(row.dataset.row)];
}

/** Of a row. */
export function ChooseClip(props: { event: CameraEvent }) {
  const t = useTranslations("recordings.clips");
  const format = useFormat();
  const collecting = use(CollectingContext);
  if (collecting === undefined) return null;
  const { event } = props;
  const what = `${nameOf(event)}, ${format.dateTime(event.startMs)}`;
  return (
    <Checkbox
      size="xs"
      aria-label={t("choose", { what })}
      checked={collecting.chosen.has(event.id)}
      onChange={(changed) => collecting.choose([event.id], changed.currentTarget.checked)}
    />
  );
}

/** Of the whole list. */
export function ChooseAll() {
  const t = useTranslations("recordings.clips");
  const collecting = use(CollectingContext);
  if (collecting === undefined) return null;
  const { events, chosen } = collecting;
  return (
    <Checkbox
      size="xs"
      aria-label={t("chooseAll")}
      checked={chosen.size > 0 && chosen.size === events.length}
      indeterminate={chosen.size > 0 && chosen.size < events.length}
      onChange={(changed) =>
        collecting.choose(
          events.map(({ id }) => id),
          changed.currentTarget.checked,
        )
      }
    />
  );
}

export function CollectSign(props: { event: CameraEvent }) {
  const t = useTranslations("recordings.clips");
  const collecting = use(CollectingContext);
  if (collecting === undefined) return null;
  const { event } = props;
  return (
    <ActionIcon aria-label={t("addOne", { camera: nameOf(event) })} onClick={() => collecting.open([event])}>
      <IconFolderPlus size={16} />
    </ActionIcon>
  );
}
