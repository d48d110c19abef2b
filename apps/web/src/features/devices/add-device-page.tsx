import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { AddDeviceForm } from "./add-device-form.tsx";
import { ConnectDevice, type Created } from "./connect-device.tsx";

const route = getRouteApi("/console/devices/add");

/** From "what is it" to its first value, on one page. */
export function AddDevicePage() {
  const t = useTranslations("devices.adding");
  const { type } = route.useSearch();
  const [created, setCreated] = useState<Created>();
  if (created === undefined) {
    return (
      <>
        <StatusSentence detail={t("intro")}>{t("title")}</StatusSentence>
        <AddDeviceForm typeId={type} onCreated={setCreated} />
      </>
    );
  }
  return (
    <>
      <StatusSentence detail={t("connectIntro")}>
        {t("connect", { name: created.device.name })}
      </StatusSentence>
      <ConnectDevice created={created} onAnother={() => setCreated(undefined)} />
    </>
  );
}
