import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { useFormat } from "../../i18n/provider.tsx";

/** Sends another code, from `fromMs` (Unix ms) on; until then it says how long that is. */
export function ResendButton(props: { fromMs: number; busy: boolean; onSend: () => void }) {
  const t = useTranslations("login");
  const format = useFormat();
  const leftMs = props.fromMs - useNow();
  const waits = leftMs > 0;
  return (
    <Button
      variant="default"
      className="num"
      disabled={waits}
      loading={props.busy && !waits}
      onClick={props.onSend}
    >
      {waits ? t("resendIn", { duration: format.duration(leftMs + 999) }) : t("resend")}
    </Button>
  );
}
