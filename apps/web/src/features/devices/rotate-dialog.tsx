import { devices } from "@gatehouse/contract";
import { Button, Modal, NativeSelect } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { NewKeyDialog } from "./new-key.tsx";

const OVERLAPS = { overlapNow: 0, overlapHour: 3_600, overlapDay: 86_400, overlapWeek: 604_800 } as const;
type Overlap = keyof typeof OVERLAPS;
const CHOICES = Object.keys(OVERLAPS) as Overlap[];

/** A new API key; the old one ends now or after an overlap in which the device is told. */
export function RotateButton(props: { device: devices.Device }) {
  const t = useTranslations("devices.credential");
  const cancel = useTranslations("common.action");
  const errorText = useErrorText();
  const [opened, setOpened] = useState(false);
  const [overlap, setOverlap] = useState<Overlap>("overlapHour");
  const rotate = useCall(devices.rotateKey, [devices.listCredentials]);
  const { device } = props;
  const make = () =>
    rotate.mutate(
      { params: { id: device.id }, body: { overlapSeconds: OVERLAPS[overlap] } },
      { onSuccess: () => setOpened(false) },
    );
  return (
    <>
      <Button variant="default" leftSection={<IconKey size={15} />} onClick={() => setOpened(true)}>
        {t("rotate")}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("rotateTitle", { name: device.name })}
        size={420}
        closeButtonProps={{ "aria-label": cancel("close") }}
      >
        <div className="stack">
          <p className="secondary">{t("rotateText")}</p>
          <NativeSelect
            label={t("overlap")}
            value={overlap}
            onChange={(event) => setOverlap(event.currentTarget.value as Overlap)}
            data={CHOICES.map((choice) => ({ value: choice, label: t(choice) }))}
          />
          <DialogFoot error={rotate.error === null ? undefined : errorText(rotate.error)}>
            <Button variant="default" onClick={() => setOpened(false)}>
              {cancel("cancel")}
            </Button>
            <Button loading={rotate.isPending} onClick={make}>
              {t("rotateAct")}
            </Button>
          </DialogFoot>
        </div>
      </Modal>
      {rotate.data !== undefined && (
        <NewKeyDialog name={device.name} apiKey={rotate.data.apiKey} onClose={rotate.reset} />
      )}
    </>
  );
}
