import type { cameras } from "@gatehouse/contract";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useRowKeys } from "../../../design/row-keys.ts";
import { useFormat } from "../../../i18n/provider.tsx";
import styles from "../recordings.module.css";
import { Duration } from "./clip-table.tsx";
import { ClipThumb, Decided, InCases, nameOf, WhatText } from "./clip-words.tsx";
import { CollectSign } from "./collecting.tsx";

/** Events as pictures; J and K move between them. */
export function ClipCards(props: { events: readonly cameras.CameraEvent[] }) {
  const t = useTranslations("recordings.clips");
  const format = useFormat();
  const navigate = useNavigate();
  const [list, setList] = useState<HTMLElement | null>(null);
  const { events } = props;
  const keys = useRowKeys(list, events.length);
  return (
    <ul ref={setList} className={styles.cards} aria-label={t("title")}>
      {events.map((event, index) => {
        const params = { eventId: event.id };
        return (
          <li key={event.id}>
            <Link
              to="/clips/$eventId"
              params={params}
              className={styles.card ?? ""}
              data-row={index}
              {...keys.row(index, () => void navigate({ to: "/clips/$eventId", params }))}
            >
              <ClipThumb event={event} width={320} />
              <WhatText event={event} />
              <span className="secondary small">{nameOf(event)}</span>
              <span className="tertiary tiny">
                {format.dateTime(event.startMs)} · <Duration event={event} />
              </span>
            </Link>
            <span className={styles.cardFoot}>
              <span className={styles.marks}>
                <Decided event={event} />
                <InCases event={event} />
              </span>
              <CollectSign event={event} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
