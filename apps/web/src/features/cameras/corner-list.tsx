import { Button } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "../../i18n/provider.tsx";
import {
  type Area,
  MAX_CORNERS,
  MIN_CORNERS,
  moveCorner,
  type Point,
  removeCorner,
  splitAfter,
} from "./areas.ts";
import styles from "./cameras.module.css";
import type { AreaEdit } from "./use-area-edit.ts";

const STEP = 0.01;
const LONG_STEP = 0.05;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The corners of the chosen area, each moved by the arrow keys while it has the focus. */
export function CornerList(props: { area: Area; name: string; edit: AreaEdit }) {
  const t = useTranslations("cameras.areas");
  const format = useFormat();
  const list = useRef<HTMLOListElement>(null);
  const { area, edit } = props;
  const { corners, key } = area;
  const current = Math.min(edit.corner ?? 0, corners.length - 1);
  const share = (value: number) => format.percent(value, 0);

  // What the keys added, removed or opened has the focus; a pointer on the picture keeps it where it was.
  const wanted = useRef(edit.corner !== undefined);
  useEffect(() => {
    if (!wanted.current) return;
    wanted.current = false;
    list.current?.querySelectorAll<HTMLElement>("button")[current]?.focus();
  });

  const split = (index: number) => {
    wanted.current = true;
    edit.setCorners(key, splitAfter(corners, index));
    edit.select(key, index + 1);
  };
  const remove = (index: number) => {
    wanted.current = true;
    edit.setCorners(key, removeCorner(corners, index));
    edit.select(key, Math.max(0, index - 1));
  };
  const press = (event: KeyboardEvent, index: number) => {
    const arrow = ARROWS[event.key];
    const [x, y] = corners[index] ?? [0, 0];
    const step = event.shiftKey ? LONG_STEP : STEP;
    if (arrow !== undefined)
      edit.setCorners(
        key,
        moveCorner(corners, index, [x + arrow[0] * step, y + arrow[1] * step]),
        `keys ${key} ${index}`,
      );
    else if (event.key === "Delete" && corners.length > MIN_CORNERS) remove(index);
    else if (event.key === "Insert" && corners.length < MAX_CORNERS) split(index);
    else return;
    event.preventDefault();
  };
  return (
    <div className="stack stack-tight">
      <ol ref={list} className={styles.corners} aria-label={t("corners", { name: props.name })}>
        {corners.map(([x, y], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a corner is its place in the order
          <li key={index}>
            <button
              type="button"
              className={styles.cornerButton}
              data-current={index === current}
              onFocus={() => edit.select(key, index)}
              onKeyDown={(event) => press(event, index)}
            >
              <span className="visually-hidden">{t("corner", { number: String(index + 1) })}</span> {share(x)}{" "}
              · {share(y)}
            </button>
          </li>
        ))}
      </ol>
      <div className="row row-wrap">
        <Button variant="default" disabled={corners.length >= MAX_CORNERS} onClick={() => split(current)}>
          {t("addCorner")}
        </Button>
        <Button variant="default" disabled={corners.length <= MIN_CORNERS} onClick={() => remove(current)}>
          {t("removeCorner")}
        </Button>
        <span className="tertiary tiny">{t("cornersHint")}</span>
      </div>
    </div>
  );
}
