import { ActionIcon, Button } from "@mantine/core";
import { IconFileExport } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCan } from "../../../data/session.ts";
import type { ExportedCamera, Span } from "./export-draft.ts";
import { ExportDrawer } from "./export-drawer.tsx";

/** Takes out a span of one of these cameras; with `compact` as a sign. */
export function ExportButton(props: {
  cameras: readonly ExportedCamera[];
  /** Asked when it is pressed. */
  span: () => Span;
  compact?: boolean;
}) {
  const t = useTranslations("takeout");
  const can = useCan();
  const [span, setSpan] = useState<Span>();
  const [first] = props.cameras;
  if (first === undefined || !can("recording.export")) return null;
  const open = () => setSpan(props.span());
  return (
    <>
      {props.compact === true ? (
        <ExportSign camera={first.title} onExport={open} />
      ) : (
        <Button
          variant="default"
          leftSection={<IconFileExport size={14} aria-hidden="true" />}
          onClick={open}
        >
          {t("open")}
        </Button>
      )}
      {span !== undefined && (
        <ExportDrawer cameras={props.cameras} span={span} onClose={() => setSpan(undefined)} />
      )}
    </>
  );
}

/** The sign alone, in a list; nothing for who may not. */
export function ExportSign(props: { camera: string; onExport: () => void }) {
  const t = useTranslations("takeout");
  const can = useCan();
  if (!can("recording.export")) return null;
  return (
    <ActionIcon aria-label={t("openOne", { camera: props.camera })} onClick={props.onExport}>
      <IconFileExport size={16} />
    </ActionIcon>
  );
}
