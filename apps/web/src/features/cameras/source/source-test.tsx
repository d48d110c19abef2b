import type { cameras } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useFormat } from "../../../i18n/provider.tsx";
import { SourceProblem } from "./source-problem.tsx";

/** What a test found. */
export function SourceTestResult(props: { found: cameras.SourceTest }) {
  const t = useTranslations("cameraSources");
  const format = useFormat();
  const { ok, trouble, video, width, height, framesPerSecond, bytesPerSecond } = props.found;
  return (
    <div role="status" className="stack stack-tight">
      <span className={ok ? "strong" : "strong warn"}>{t(ok ? "works" : "fails")}</span>
      {video !== undefined && width !== undefined && height !== undefined && (
        <span>{t(video, { width: String(width), height: String(height) })}</span>
      )}
      {framesPerSecond !== undefined && bytesPerSecond !== undefined && (
        <span>
          {t("pace", { fps: format.number(framesPerSecond, 1), bytes: format.bytes(bytesPerSecond) })}
        </span>
      )}
      {trouble !== undefined && (
        <span className="warn">
          <SourceProblem problem={trouble.problem} detail={trouble.detail} />
        </span>
      )}
    </div>
  );
}
