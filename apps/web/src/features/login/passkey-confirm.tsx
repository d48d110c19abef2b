import { Button } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { Refusal } from "./refusal.tsx";
import { useAct } from "./use-act.ts";
import { useWait } from "./use-wait.ts";

export function PasskeyConfirm(props: { onConfirm: () => Promise<void> }) {
  const t = useTranslations("login.factor");
  const { busy, error, run } = useAct();
  const waitMs = useWait(error);
  return (
    <div className="stack">
      <p>{t("passkeyIntro")}</p>
      <Refusal error={error} waitMs={waitMs} />
      <Button
        h={36}
        leftSection={<IconFingerprint size={16} aria-hidden="true" />}
        disabled={waitMs > 0}
        loading={busy}
        onClick={() => void run(props.onConfirm)}
        data-autofocus
      >
        {t("passkeyAct")}
      </Button>
    </div>
  );
}
