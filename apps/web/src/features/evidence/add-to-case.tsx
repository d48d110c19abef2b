import type { cameras } from "@gatehouse/contract";
import { Button, Popover } from "@mantine/core";
import { IconFolderPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { CasePicker } from "./case-picker.tsx";
import { useCollect } from "./use-collect.tsx";

/** Puts the clip into an open case, or into a new one that begins with it. */
export function AddToCase(props: { event: cameras.CameraEvent }) {
  const t = useTranslations("evidence.cases");
  const [isOpen, setIsOpen] = useState(false);
  const { collect, isPending } = useCollect();
  const { event } = props;
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" width={300} trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconFolderPlus size={15} aria-hidden="true" />}
          loading={isPending}
          onClick={() => setIsOpen(!isOpen)}
        >
          {t("add")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={t("add")}>
        <CasePicker
          events={[event]}
          onPick={(into) => {
            setIsOpen(false);
            collect(into, [event.id]);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
