import { accounts, telemetry } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { urlOf } from "../../data/client.ts";
import { liveHub } from "../../data/live.ts";
import { call } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { type TimeRange, windowOf } from "../../design/time-range.ts";

/** Saves the raw readings of what is shown; the browser streams them to disk. */
export function ExportButtons(props: { refs: readonly string[]; range: TimeRange }) {
  const t = useTranslations("telemetry.export");
  const errorText = useErrorText();
  const save = async (format: "csv" | "json") => {
    try {
      /** A download cannot refresh an access cookie that ended: a call before it can. */
      await call(accounts.getMe, {});
    } catch (error) {
      notifications.show({ message: errorText(error), color: "red" });
      return;
    }
    const { fromMs, toMs } = windowOf(props.range, liveHub.nowMs());
    const query = {
      format,
      series: props.refs.join(","),
      from: String(Math.floor(fromMs)),
      to: String(Math.ceil(toMs)),
    };
    const link = document.createElement("a");
    link.href = urlOf(telemetry.exportTelemetry, { query });
    link.download = "";
    link.click();
  };
  return (
    <span className="row">
      {(["csv", "json"] as const).map((format) => (
        <Button
          key={format}
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden="true" />}
          onClick={() => void save(format)}
          title={t("hint")}
        >
          {t(format)}
        </Button>
      ))}
    </span>
  );
}
