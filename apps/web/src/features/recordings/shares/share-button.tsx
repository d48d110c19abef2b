import { ActionIcon, Button } from "@mantine/core";
import { IconShare2 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCan } from "../../../data/session.ts";
import { ShareDrawer, type SharedCamera } from "./share-drawer.tsx";

type Span = { readonly fromMs: number; readonly toMs: number };

/** Shares a clip of one of these cameras; with `compact` as a sign alone. */
export function ShareButton(props: {
  cameras: readonly SharedCamera[];
  /** Asked when it is pressed. */
  span: () => Span;
  compact: boolean;
}) {
  const t = useTranslations("shares");
  const can = useCan();
  const [span, setSpan] = useState<Span>();
  const [first] = props.cameras;
  if (first === undefined || !can("recording.export")) return null;
  const open = () => setSpan(props.span());
  return (
    <>
      {props.compact ? (
        <ShareSign camera={first.title} onShare={open} />
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

/** In a row or a narrow bar: whoever renders it shows the drawer, outside of what can be clicked itself. */
export function ShareSign(props: { camera: string; onShare: () => void }) {
  const t = useTranslations("shares");
  const can = useCan();
  if (!can("recording.export")) return null;
  return (
    <ActionIcon aria-label={t("shareOne", { camera: props.camera })} onClick={props.onShare}>
      <IconShare2 size={16} />
    </ActionIcon>
  );
}
