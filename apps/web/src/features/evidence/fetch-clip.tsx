import { cameras } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";

const RENEW_MS = 1_500;

/** Brings here what the camera's own machine keeps of an event, and says how far it is. */
export function FetchClip(props: { event: cameras.CameraEvent; onFetched: () => void }) {
  const t = useTranslations("evidence.fetch");
  const format = useFormat();
  const errorText = useErrorText();
  const can = useCan();
  const params = { id: props.event.id };
  const again = [cameras.getEventFetch, cameras.getCustody];
  const begin = useCall(cameras.fetchEvent, again);
  const cancel = useCall(cameras.cancelEventFetch, again);
  const fetched = useQuery({
    ...query(cameras.getEventFetch, { params }),
    retry: false,
    refetchInterval: ({ state }) => (isOnItsWay(state.data) ? RENEW_MS : false),
  });
  const { data } = fetched;
  const isDone = data?.state === "done";
  const tellFetched = useEffectEvent(props.onFetched);
  useEffect(() => {
    if (isDone) tellFetched();
  }, [isDone]);
  if (!can("recording.export")) return null;
  return (
    <span className="stack-tight">
      {data !== undefined && (
        <span role="status" className="secondary small">
          {t(data.state, {
            done: String(data.segments - data.left),
            count: String(data.segments),
            bytes: format.bytes(data.bytesLeft),
          } as never)}
        </span>
      )}
      {begin.error !== null && (
        <span role="alert" className="danger small">
          {errorText(begin.error)}
        </span>
      )}
      {isOnItsWay(data) ? (
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ params })}>
          {t("cancel")}
        </Button>
      ) : (
        !isDone && (
          <Button variant="default" loading={begin.isPending} onClick={() => begin.mutate({ params })}>
            {t("begin")}
          </Button>
        )
      )}
    </span>
  );
}

const isOnItsWay = (fetch: cameras.EventFetch | undefined): boolean =>
  fetch?.state === "asked" || fetch?.state === "coming" || fetch?.state === "silent";
