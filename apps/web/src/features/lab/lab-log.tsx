import type { lab } from "@gatehouse/contract";
import { useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { Panel } from "../../design/panel.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./lab.module.css";

const SIDES = { attacker: styles.attacker, site: styles.site, lab: styles.lab } as const;

/** What both sides said, of one attack or of the whole run; follows its end while it is live. */
export function LabLog(props: {
  lines: readonly lab.LabLine[];
  attack: string | undefined;
  isLive: boolean;
}) {
  const t = useTranslations("lab");
  const format = useFormat();
  const box = useRef<HTMLDivElement>(null);
  const { attack, isLive } = props;
  const lines = props.lines.filter((line) => attack === undefined || line.attack === attack);
  const { length } = lines;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what moves the end
  useEffect(() => {
    if (isLive && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [isLive, length]);
  return (
    <Panel title={t(isLive ? "live" : "said")} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div ref={box} className={styles.log} role="log" aria-label={t("said")} tabIndex={0}>
        {length === 0 && <p className="tertiary small">{t("noLine")}</p>}
        {lines.map((line) => (
          <p key={line.seq} className={styles.line}>
            <span className="tertiary">{format.clockMs(line.atMs)}</span>
            <span className={SIDES[line.side]}>{t(line.side)}</span>
            <span className="anywhere">
              {!line.control && <Tag tone="warn">{t("controlOff")}</Tag>} {line.text}
            </span>
          </p>
        ))}
      </div>
    </Panel>
  );
}
