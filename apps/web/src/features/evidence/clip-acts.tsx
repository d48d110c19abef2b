import type { cameras } from "@gatehouse/contract";
import { ActionIcon, Button } from "@mantine/core";
import { IconDownload, IconShare2 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { liveHub } from "../../data/live.ts";
import { useCan } from "../../data/session.ts";
import { ExportDrawer } from "../recordings/exports/export-drawer.tsx";
import { spanOfEvent } from "../recordings/shares/share-draft.ts";
import { ShareDrawer } from "../recordings/shares/share-drawer.tsx";
import { AddToCase } from "./add-to-case.tsx";

/** What can be taken out of a clip, and where it can be put. */
export function ClipActs(props: {
  event: cameras.CameraEvent;
  title: string;
  isExporting: boolean;
  onExporting: (is: boolean) => void;
}) {
  const t = useTranslations("evidence.acts");
  const can = useCan();
  const [isSharing, setIsSharing] = useState(false);
  const { event, title } = props;
  const mayTakeOut = can("recording.export") && event.recorded !== "none";
  const source = { id: event.cameraId, title };
  const span = () => spanOfEvent(event, liveHub.nowMs());
  return (
    <div className="row">
      {can("case.write") && <AddToCase event={event} />}
      {mayTakeOut && (
        <>
          <Button
            variant="default"
            leftSection={<IconDownload size={15} aria-hidden="true" />}
            onClick={() => props.onExporting(true)}
          >
            {t("export")}
          </Button>
          <ActionIcon variant="default" size={30} aria-label={t("share")} onClick={() => setIsSharing(true)}>
            <IconShare2 size={15} />
          </ActionIcon>
        </>
      )}
      {props.isExporting && mayTakeOut && (
        <ExportDrawer
          cameras={[source]}
          span={span()}
          form="frames"
          onClose={() => props.onExporting(false)}
        />
      )}
      {isSharing && (
        <ShareDrawer
          cameras={[source]}
          cameraId={event.cameraId}
          span={span()}
          onClose={() => setIsSharing(false)}
        />
      )}
    </div>
  );
}
