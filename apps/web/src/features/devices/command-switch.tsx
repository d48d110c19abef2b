import { Switch } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useErrorText } from "../../design/error-text.ts";
import { Tag } from "../../design/tag.tsx";
import type { MetricInfo } from "./metrics.ts";
import { useMetricText } from "./use-metric-text.ts";
import { COMMAND_TONES, isOpen, useCommandText, useSentCommand } from "./use-sent-command.ts";

/** Switches a state by a command. It shows what the device reports; while a command is under way, what was asked. */
export function CommandSwitch(props: {
  deviceId: string;
  metric: MetricInfo;
  command: { key: string; param: string };
  isOn: boolean;
}) {
  const t = useTranslations("devices");
  const text = useMetricText();
  const errorText = useErrorText();
  const commandText = useCommandText();
  const { last, busy, error, send } = useSentCommand(props.deviceId);
  const { key, param } = props.command;
  const asked = last !== undefined && isOpen(last) ? last.params[param] : undefined;
  return (
    <>
      <span role="status" className="small">
        {error !== null && <span className="danger">{errorText(error)}</span>}
        {busy && <span className="tertiary">{t("command.sending")}</span>}
        {last !== undefined && <Tag tone={COMMAND_TONES[last.state]}>{commandText(last)}</Tag>}
      </span>
      <Switch
        aria-label={t("now.switch", { name: text.label(props.metric) })}
        checked={typeof asked === "boolean" ? asked : props.isOn}
        disabled={busy}
        onChange={(event) => send(key, { [param]: event.currentTarget.checked })}
      />
    </>
  );
}
