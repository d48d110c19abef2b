import { ActionIcon, Button, TextInput } from "@mantine/core";
import { IconTrash, IconVector } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useFormat } from "../../i18n/provider.tsx";
import { type Area, asksWell, isArea, shareOf } from "./areas.ts";
import styles from "./cameras.module.css";
import { CornerList } from "./corner-list.tsx";
import type { Wrong } from "./settings-draft.ts";
import type { AreaEdit } from "./use-area-edit.ts";
import { AskedOfZone, ZoneAsks } from "./zone-asks.tsx";

/** Every area with its name and how much of the picture it is; the chosen one with its corners. */
export function AreaList(props: { edit: AreaEdit; wrong: ReadonlySet<Wrong> }) {
  const t = useTranslations("cameras.areas");
  const { edit } = props;
  const kinds = new Set(edit.areas.map(({ kind }) => kind));
  const where = kinds.has("watch") ? "inside" : kinds.size > 0 ? "everywhere" : "none";
  return (
    <div className="stack stack-tight">
      <p className="secondary small">{t(where)}</p>
      {edit.areas.length > 0 && (
        <ul className={styles.areas} aria-label={t("list")}>
          {edit.areas.map((area, n) => (
            <AreaLine key={area.key} area={area} number={n + 1} edit={edit} wrong={props.wrong} />
          ))}
        </ul>
      )}
      {kinds.has("mask") && <p className="warn small">{t("maskCost")}</p>}
      {(edit.isFull("watch") || edit.isFull("mask")) && <p className="tertiary tiny">{t("full")}</p>}
    </div>
  );
}

function AreaLine(props: { area: Area; number: number; edit: AreaEdit; wrong: ReadonlySet<Wrong> }) {
  const t = useTranslations("cameras");
  const format = useFormat();
  const { area, edit, wrong } = props;
  const number = String(props.number);
  const name = area.kind === "mask" || area.name.trim() === "" ? t("areas.maskName", { number }) : area.name;
  const isOpen = edit.selected?.key === area.key;
  const isWrong = wrong.has("asks") && !asksWell(area);
  return (
    <li className={styles.areaLine} data-open={isOpen}>
      <div className={styles.areaHead}>
        <span className={styles.swatch} data-kind={area.kind} aria-hidden="true" />
        {area.kind === "mask" ? (
          <span className="grow">{name}</span>
        ) : (
          <TextInput
            className="grow"
            size="xs"
            aria-label={t("areas.name", { number })}
            maxLength={60}
            value={area.name}
            error={wrong.has("names") && area.name.trim() === "" ? t("settings.wrong.names") : undefined}
            onChange={(event) => edit.rename(area.key, event.currentTarget.value)}
          />
        )}
        <span className="secondary tiny nowrap">
          {t(`areas.kind.${area.kind}`)},{" "}
          {t("areas.share", { share: format.percent(shareOf(area.corners), 0) })}
        </span>
        <Button
          variant="subtle"
          aria-expanded={isOpen}
          aria-label={t("areas.edit", { name })}
          onClick={() => edit.select(isOpen ? undefined : area.key, isOpen ? undefined : 0)}
        >
          <IconVector size={16} stroke={1.6} aria-hidden="true" />
        </Button>
        <ActionIcon aria-label={t("areas.remove", { name })} onClick={() => edit.remove(area.key)}>
          <IconTrash size={16} stroke={1.6} />
        </ActionIcon>
      </div>
      <AskedOfZone area={area} />
      {wrong.has("areas") && !isArea(area.corners) && (
        <p className="danger tiny">{t("settings.wrong.areas")}</p>
      )}
      {isOpen && <CornerList area={area} name={name} edit={edit} />}
      {area.kind === "watch" && (isOpen || isWrong) && (
        <ZoneAsks area={area} name={name} edit={edit} isWrong={isWrong} />
      )}
    </li>
  );
}
