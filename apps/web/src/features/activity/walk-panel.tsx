import { cameras } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { call, query } from "../../data/query.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import styles from "./activity.module.css";

const KEPT_MS = 60_000;

/** Where somebody was, over the camera's newest picture: the brighter, the more events. */
export function WalkPanel(props: { cameraId: string; name: string; filter: Record<string, string> }) {
  const t = useTranslations("activity.walk");
  const { cameraId, filter, name } = props;
  const walked = useQuery(query(cameras.getWalked, { params: { id: cameraId }, query: filter }));
  const picture = useSnapshot(cameraId);
  return (
    <Panel title={t("title")} subtitle={name}>
      <QueryView
        query={walked}
        what={t("reading")}
        isEmpty={({ events }) => events === 0}
        empty={<p className="secondary">{t("none")}</p>}
      >
        {(data) => (
          <div className="stack stack-tight">
            <div className={styles.walk}>
              {picture === undefined ? (
                <div className={styles.noPicture} />
              ) : (
                <img src={picture} alt={t("picture", { name })} />
              )}
              <Heat walked={data} />
            </div>
            <p className="secondary small">{t("text", { count: data.events })}</p>
          </div>
        )}
      </QueryView>
    </Panel>
  );
}

function Heat(props: { walked: cameras.Walked }) {
  const { columns, rows, cells } = props.walked;
  const most = Math.max(1, ...cells);
  return (
    <svg viewBox={`0 0 ${columns} ${rows}`} preserveAspectRatio="none" aria-hidden="true">
      {cells.map((count, i) => {
        const place = { x: i % columns, y: Math.floor(i / columns) };
        if (count === 0) return null;
        const share = Math.sqrt(count / most);
        return (
          <rect
            key={`${place.x} ${place.y}`}
            {...place}
            width={1}
            height={1}
            fill={`hsl(${50 - 40 * share} 100% 55%)`}
            fillOpacity={0.15 + 0.55 * share}
          />
        );
      })}
    </svg>
  );
}

/** Undefined while it is read, and where the camera sends none now. */
function useSnapshot(cameraId: string): string | undefined {
  const [url, setUrl] = useState<string>();
  const snapshot = useQuery({
    queryKey: ["snapshot", cameraId],
    queryFn: async ({ signal }) => {
      const reply = (await call(
        cameras.getSnapshot,
        { params: { id: cameraId } },
        signal,
      )) as unknown as Response;
      return reply.blob();
    },
    staleTime: KEPT_MS,
    retry: false,
  });
  useEffect(() => {
    if (snapshot.data === undefined) return;
    const made = URL.createObjectURL(snapshot.data);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl(undefined);
    };
  }, [snapshot.data]);
  return url;
}
