import { operations } from "@gatehouse/contract";
import { NumberInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { CopyButton } from "../../design/copy-button.tsx";
import { FieldGrid } from "../../design/field-grid.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./settings.module.css";
import { SettingsForm } from "./settings-form.tsx";
import { useSettings, useSettingsDraft } from "./use-settings.ts";

/** How much is kept, for how long, and how to keep a copy. */
export function StorageSection() {
  const t = useTranslations("settings");
  const can = useCan();
  const settings = useSettings();
  const overview = useQuery(query(operations.getOverview, {}));
  return (
    <>
      {can("installation.read") && (
        <Panel title={t("storage.used")}>
          <QueryView query={overview} what={t("storage.reading")}>
            {({ storage }) => storage && <Used storage={storage} />}
          </QueryView>
        </Panel>
      )}
      <Panel title={t("storage.kept")}>
        <QueryView query={settings} what={t("reading")}>
          {(read) => <RetentionForm read={read} />}
        </QueryView>
      </Panel>
      {can("ledger.read") && (
        <Panel title={t("witnesses.title")}>
          <QueryView query={settings} what={t("reading")}>
            {(read) => <WitnessForm read={read} />}
          </QueryView>
        </Panel>
      )}
      {can("installation.read") && <Backup />}
    </>
  );
}

function Used(props: { storage: NonNullable<operations.Overview["storage"]> }) {
  const t = useTranslations("settings.storage");
  const format = useFormat();
  const { databaseBytes, freeBytes, points, pointsPerDay } = props.storage;
  return (
    <dl className={`facts ${styles.facts}`}>
      <dt>{t("database")}</dt>
      <dd>{format.bytes(databaseBytes)}</dd>
      <dt>{t("free")}</dt>
      <dd>{format.bytes(freeBytes)}</dd>
      <dt>{t("points")}</dt>
      <dd>{format.number(points)}</dd>
      <dt>{t("pointsPerDay")}</dt>
      <dd>{format.number(pointsPerDay, 0)}</dd>
    </dl>
  );
}

const SILENCES = [
  { key: "installationMinutes", min: 5, max: 10_080 },
  { key: "machineHours", min: 1, max: 720 },
] as const;

/** How long those who cosign the audit log may be silent before people are told. */
function WitnessForm(props: { read: operations.SiteSettings }) {
  const t = useTranslations("settings.witnesses");
  const state = useSettingsDraft(props.read, ["witnessSilence"]);
  const { witnessSilence } = state.draft;
  return (
    <SettingsForm state={state}>
      <FieldGrid fieldWidth={200}>
        {SILENCES.map(({ key, min, max }) => (
          <NumberInput
            key={key}
            label={t(key)}
            description={t(`${key}Hint`)}
            min={min}
            max={max}
            allowDecimal={false}
            value={witnessSilence[key]}
            disabled={!state.canWrite}
            onChange={(value) =>
              typeof value === "number" &&
              state.change({ witnessSilence: { ...witnessSilence, [key]: value } })
            }
          />
        ))}
      </FieldGrid>
    </SettingsForm>
  );
}

const FIELDS = [
  { key: "retentionRawDays", min: 1, max: 3_650 },
  { key: "retentionRollupDays", min: 1, max: 36_500 },
  { key: "retentionLogDays", min: 1, max: 3_650 },
  { key: "retentionLedgerDays", min: 90, max: 36_500 },
  { key: "maxTimestampPastDays", min: 0, max: 3_650 },
] as const;

function RetentionForm(props: { read: operations.SiteSettings }) {
  const t = useTranslations("settings.storage");
  const state = useSettingsDraft(
    props.read,
    FIELDS.map(({ key }) => key),
  );
  return (
    <SettingsForm state={state}>
      <FieldGrid fieldWidth={200}>
        {FIELDS.map(({ key, min, max }) => (
          <NumberInput
            key={key}
            label={t(key)}
            description={t(`${key}Hint`)}
            min={min}
            max={max}
            clampBehavior="strict"
            allowDecimal={false}
            value={state.draft[key]}
            disabled={!state.canWrite}
            onChange={(value) => typeof value === "number" && state.change({ [key]: value })}
          />
        ))}
      </FieldGrid>
    </SettingsForm>
  );
}

function Backup() {
  const t = useTranslations("settings.storage");
  const format = useFormat();
  const about = useQuery(query(operations.getAbout, {}));
  return (
    <Panel title={t("backup")}>
      <QueryView query={about} what={t("reading")}>
        {({ backup }) => (
          <div className={styles.form}>
            <p className={backup.lastMs === undefined ? "warn" : "secondary"}>
              {backup.lastMs === undefined
                ? t("noBackup")
                : t("lastBackup", { time: format.dateMinute(backup.lastMs) })}
            </p>
            <p className="secondary small">{t("backupText")}</p>
            <div className={`${styles.fingerprint} mono`}>
              <span>{backup.command}</span>
              <CopyButton text={backup.command} />
            </div>
          </div>
        )}
      </QueryView>
    </Panel>
  );
}
