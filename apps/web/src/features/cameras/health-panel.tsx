import type { cameras } from "@gatehouse/contract";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { Panel } from "../../design/panel.tsx";
import { useErrorTexts, useFormat } from "../../i18n/provider.tsx";
import styles from "./cameras.module.css";
import { SourceProblem } from "./source/source-problem.tsx";

type Health = cameras.CameraHealth;

/** A clock that is wrong by less stands within what the network takes. */
const RIGHT_WITHIN_MS = 500;

/** How a camera does, and which of its frames were not taken. */
export function HealthPanel(props: { camera: cameras.Camera }) {
  const t = useTranslations("cameras.health");
  const { health } = props.camera;
  return (
    <Panel title={t("title")} subtitle={t("sinceStart")}>
      <dl className="facts">
        {health.problem !== undefined && (
          <Fact name={t("problem")}>
            <span className="warn">
              <SourceProblem problem={health.problem} />
            </span>
          </Fact>
        )}
        {health.detectionProblem !== undefined && (
          <Fact name={t("detectionProblem")}>
            <span className="warn">
              <CodeText code={health.detectionProblem} />
            </span>
          </Fact>
        )}
        <Pace health={health} />
        <Picture health={health} />
        <Past health={health} />
      </dl>
      <Refused refused={health.refused} />
    </Panel>
  );
}

function Fact(props: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </>
  );
}

function Pace({ health }: { health: Health }) {
  const t = useTranslations("cameras.health");
  const format = useFormat();
  return (
    <>
      <Fact name={t("pace")}>{format.number(health.framesPerSecond, 1)}</Fact>
      <Fact name={t("rate")}>{t("perSecond", { bytes: format.bytes(health.bytesPerSecond) })}</Fact>
    </>
  );
}

function Picture({ health }: { health: Health }) {
  const t = useTranslations("cameras.health");
  const format = useFormat();
  const { width, height, frameBytes } = health;
  return (
    <>
      {width !== undefined && height !== undefined && (
        <Fact name={t("size")}>{t("pixels", { width: String(width), height: String(height) })}</Fact>
      )}
      {frameBytes !== undefined && <Fact name={t("frameBytes")}>{format.bytes(frameBytes)}</Fact>}
    </>
  );
}

function Past({ health }: { health: Health }) {
  const t = useTranslations("cameras.health");
  const format = useFormat();
  const nowMs = useNow();
  const { lastFrameMs, via, clockAheadMs } = health;
  return (
    <>
      {lastFrameMs !== undefined && <Fact name={t("last")}>{format.since(lastFrameMs, nowMs)}</Fact>}
      <Fact name={t("frames")}>{format.number(health.frames)}</Fact>
      <Fact name={t("gaps")}>{format.number(health.gaps)}</Fact>
      {health.skipped > 0 && <Fact name={t("skipped")}>{format.number(health.skipped)}</Fact>}
      {health.maskMs !== undefined && (
        <Fact name={t("maskTime")}>{format.quantity(health.maskMs, "ms")}</Fact>
      )}
      {health.convertRatio !== undefined && (
        <Fact name={t("convertTime")}>{t("ofCore", { share: format.percent(health.convertRatio) })}</Fact>
      )}
      {via !== undefined && <Fact name={t("via")}>{isChannel(via) ? t(`channels.${via}`) : via}</Fact>}
      {clockAheadMs !== undefined && (
        <Fact name={t("clock")}>
          <ClockText aheadMs={clockAheadMs} />
        </Fact>
      )}
    </>
  );
}

const CHANNELS = ["websocket", "channel", "agent", "pull", "grpc", "demo"] as const;
const isChannel = (via: string): via is (typeof CHANNELS)[number] =>
  (CHANNELS as readonly string[]).includes(via);

function ClockText(props: { aheadMs: number }) {
  const t = useTranslations("cameras.health");
  const format = useFormat();
  const { aheadMs } = props;
  if (Math.abs(aheadMs) < RIGHT_WITHIN_MS) return <>{t("exact")}</>;
  const far = Math.abs(aheadMs);
  const time = far < 60_000 ? format.quantity(far / 1_000, "s") : format.duration(far);
  return <span className="warn">{t(aheadMs > 0 ? "ahead" : "behind", { time })}</span>;
}

/** In words, the most frequent first. */
function Refused(props: { refused: Health["refused"] }) {
  const t = useTranslations("cameras.health");
  const format = useFormat();
  const lines = Object.entries(props.refused).sort(([, a], [, b]) => b - a);
  if (lines.length === 0) return <p className={`${styles.refusedNone} tertiary small`}>{t("noneRefused")}</p>;
  return (
    <div className={styles.refused}>
      <h3 className="strong">{t("refused")}</h3>
      <ul>
        {lines.map(([code, count]) => (
          <li key={code}>
            <span>
              <CodeText code={code} /> <span className="mono tertiary tiny">{code}</span>
            </span>
            <span className="num">{format.number(count)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A code of the catalogue in words; what a newer server says, as it stands. */
function CodeText(props: { code: string }) {
  const texts: Readonly<Record<string, string>> = useErrorTexts();
  return <>{texts[props.code] ?? props.code}</>;
}
