import type { devices } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";

/** From here down a score is worth a word beside the device's state. */
const MENTIONED_SCORE = 60;

/** Hatched, as quarantine is everywhere. */
export function QuarantineGlyph() {
  return (
    <svg width={11} height={11} viewBox="0 0 12 12" aria-hidden="true">
      <rect
        x="1.5"
        y="1.5"
        width="9"
        height="9"
        fill="none"
        stroke="var(--quarantine-mark)"
        strokeWidth="1.5"
      />
      <path d="M2 7l5-5M2 11l9-9M6 11l5-5" stroke="var(--quarantine-mark)" strokeWidth="1.2" />
    </svg>
  );
}

/** Quarantined, or hardly believed; nothing for everybody else. */
export function TrustMark(props: { trust: devices.Device["trust"] }) {
  const t = useTranslations("trust");
  const format = useFormat();
  const { trust } = props;
  if (trust === undefined) return null;
  if (trust.quarantined)
    return (
      <Tag tone="quarantine">
        <QuarantineGlyph /> {t("quarantined")}
      </Tag>
    );
  if (trust.score > MENTIONED_SCORE) return null;
  return <Tag tone="warn">{t("badge", { score: format.number(trust.score) })}</Tag>;
}
