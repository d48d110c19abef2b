import { ActionIcon, Button } from "@mantine/core";
import { IconShare2 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCan } from "../../../data/session.ts";
import { ShareDrawer, type SharedCamera } from "./share-drawer.tsx";

type Span = { readonly fromMs: number; readonly toMs: number };

/** Shares a clip of one of these cameras; with `compact` as a sign that names the camera. */
export function ShareButton(props: {
  cameras: readonly SharedCamera[];
  /** Asked when it is pressed. */
  span: () => Span;
  compact?: boolean;
}) {
  const t = useTranslations("shares");
  const can = useCan();
  const [span, setSpan] = useState<Span>();
  const [first] = props.cameras;
  if (first === undefined || !can("recording.export")) return null;
  const open = () => setSpan(props.span());
  return (
    <>
      {props.compact === true ? (
        <ActionIcon aria-label={t("shareOne", { camera: first.title })} onClick={open}>
          <IconShare2 size={16} />
        </ActionIcon>
      ) : (
        <Button variant="default" leftSection={<IconShare2 size={14} aria-hidden="true" />} onClick={open}>
          {t("share")}
        </Button>
      )}
      {span !== undefined && (
        <ShareDrawer
          cameras={props.cameras}
          cameraId={first.id}
          span={span}
          onClose={() => setSpan(undefined)}
        />
      )}
    </>
  );
}
