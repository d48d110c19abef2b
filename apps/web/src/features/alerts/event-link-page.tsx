import { alerts } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { isMissing, Missing } from "../../design/missing.tsx";
import { QueryView } from "../../design/query-view.tsx";

/** Where the short link of a message arrives: on to the event it names. */
export function EventLinkPage() {
  const t = useTranslations("alerts");
  const { token = "" } = useParams({ strict: false });
  const navigate = useNavigate();
  const found = useQuery({ ...query(alerts.openEventLink, { params: { token } }), retry: false });
  const eventId = found.data?.eventId;
  useEffect(() => {
    if (eventId !== undefined) void navigate({ to: "/clips/$eventId", params: { eventId }, replace: true });
  }, [eventId, navigate]);
  if (isMissing(found.error))
    return <Missing title={t("linkGone")} to="/cameras/clips" back={t("toClips")} />;
  return (
    <QueryView query={found} what={t("link")}>
      {() => null}
    </QueryView>
  );
}
