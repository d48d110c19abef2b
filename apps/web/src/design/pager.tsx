import { ActionIcon, Button } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useFormat } from "../i18n/provider.tsx";
import styles from "./data-table.module.css";

/** Pages of a list whose total is known: "51–100 of 248". Absent when everything fits on one page. */
export function Pager(props: {
  offset: number;
  limit: number;
  total: number;
  onOffset: (offset: number) => void;
}) {
  const t = useTranslations("common.table");
  const format = useFormat();
  const { offset, limit, total } = props;
  if (total <= limit && offset === 0) return null;
  const to = Math.min(total, offset + limit);
  return (
    <nav
      className={styles.pager}
      aria-label={t("page", {
        from: format.number(offset + 1),
        to: format.number(to),
        total: format.number(total),
      })}
    >
      <span className="push-end">
        {t("page", { from: format.number(offset + 1), to: format.number(to), total: format.number(total) })}
      </span>
      <ActionIcon
        aria-label={t("previous")}
        disabled={offset === 0}
        onClick={() => props.onOffset(Math.max(0, offset - limit))}
      >
        <IconChevronLeft size={16} />
      </ActionIcon>
      <ActionIcon
        aria-label={t("next")}
        disabled={to >= total}
        onClick={() => props.onOffset(offset + limit)}
      >
        <IconChevronRight size={16} />
      </ActionIcon>
    </nav>
  );
}

/** The foot of a newest-first list that is read on and on. */
export function ReadMore(props: { hasMore: boolean; busy: boolean; onMore: () => void }) {
  const t = useTranslations("common.table");
  return (
    <div className={styles.pager}>
      {props.hasMore ? (
        <Button variant="default" loading={props.busy} onClick={props.onMore}>
          {t("more")}
        </Button>
      ) : (
        <span className="tertiary">{t("atEnd")}</span>
      )}
    </div>
  );
}
