import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslations } from "use-intl";

/** Copies `text`. With `wide` a button with its word, else an icon named by `label`. */
export function CopyButton(props: { text: string; label?: string; wide?: boolean }) {
  const t = useTranslations("common.action");
  const clipboard = useClipboard({ timeout: 2_000 });
  const label = clipboard.copied ? t("copied") : (props.label ?? t("copy"));
  const icon = clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />;
  const copy = () => clipboard.copy(props.text);
  if (props.wide === true) {
    return (
      <Button variant="default" leftSection={icon} onClick={copy}>
        {label}
      </Button>
    );
  }
  return (
    <Tooltip label={label}>
      <ActionIcon onClick={copy} aria-label={label} size={24}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
