import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { saveFile } from "../../../data/download.ts";
import { knownRoot } from "../../../data/known-root.ts";
import { CopyButton } from "../../../design/copy-button.tsx";
import { Segmented } from "../../../design/segmented.tsx";
import { SideDrawer } from "../../../design/side-drawer.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { RootNote } from "../../recordings/proof/root-note.tsx";
import { CHECKS, type Check, type CheckedClip, type CheckId } from "../check/model.ts";
import { fieldOf, useCheckText } from "./check-text.ts";
import styles from "./panels.module.css";
import { CheckSign } from "./verification-panel.tsx";

/** What checks an export of the clip again, on another machine and without this one: under the root that this browser knows. */
const offlineCommand = (fingerprint: string | undefined): string =>
  `node verify.mjs clip.zip${fingerprint === undefined ? "" : ` --fingerprint "${fingerprint}"`}`;

/** One check as this browser did it: everything that somebody needs to do it again. */
export function CheckProof(props: {
  clip: CheckedClip;
  check: CheckId;
  onCheck: (check: CheckId) => void;
  onExport: (() => void) | undefined;
  onClose: () => void;
}) {
  const t = useTranslations("evidence.proof");
  const names = useTranslations("evidence.checkName");
  const { clip } = props;
  const check = clip.checks.find(({ id }) => id === props.check);
  return (
    <SideDrawer title={t("title")} size={540} onClose={props.onClose}>
      <div className="stack">
        <Segmented
          label={t("which")}
          value={props.check}
          options={CHECKS.map((id) => ({ value: id, label: names(id) }))}
          onChange={props.onCheck}
        />
        {check !== undefined && <Claim check={check} clip={clip} />}
        {check !== undefined && <Inputs check={check} />}
        <Offline clip={clip} onExport={props.onExport} />
      </div>
    </SideDrawer>
  );
}

function Claim(props: { check: Check; clip: CheckedClip }) {
  const t = useTranslations("evidence.proof");
  const format = useFormat();
  const { check, clip } = props;
  const { text, title } = useCheckText()(check, clip);
  const fingerprint = fieldOf(check, "fingerprint");
  return (
    <>
      <div className="row row-top">
        <CheckSign state={check.state} />
        <div>
          <p className={`strong ${check.state === "failed" ? "danger" : ""}`}>{title}</p>
          <p className="secondary small">{text}</p>
        </div>
      </div>
      <p className="secondary small">
        {t("who", {
          time: format.dateTime(clip.checkedMs),
          took: format.quantity(clip.tookMs / 1_000, "s"),
        })}
      </p>
      {fingerprint !== undefined && fingerprint !== "" && <RootNote fingerprint={fingerprint} />}
    </>
  );
}

function Inputs(props: { check: Check }) {
  const t = useTranslations("evidence.proof");
  const fields = useTranslations("evidence.field");
  const { proof } = props.check;
  if (proof.length === 0) return <p className="secondary">{t("nothing")}</p>;
  return (
    <dl className={styles.inputs}>
      {proof.map(({ name, value }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same field stands once for each segment, in their order
        <div key={at}>
          <dt>{fields.has(name as "algorithm") ? fields(name as "algorithm") : name}</dt>
          <dd className="mono small anywhere">{value === "" ? t("none") : value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Offline(props: { clip: CheckedClip; onExport: (() => void) | undefined }) {
  const t = useTranslations("evidence.proof");
  const command = offlineCommand(knownRoot.use()?.fingerprint);
  const { checks, checkedMs, segments } = props.clip;
  const save = () =>
    saveFile({
      name: "checks.json",
      blob: new Blob([JSON.stringify({ checkedMs, checks, segments }, null, 2)], {
        type: "application/json",
      }),
    });
  return (
    <section className="stack-tight" aria-label={t("again")}>
      <p className="strong">{t("again")}</p>
      <p className="secondary small">{t("againText")}</p>
      <div className="row row-between">
        <code className="mono small anywhere">{command}</code>
        <CopyButton text={command} />
      </div>
      <div className="row">
        <Button variant="default" leftSection={<IconDownload size={14} aria-hidden="true" />} onClick={save}>
          {t("save")}
        </Button>
        {props.onExport !== undefined && (
          <Button variant="default" onClick={props.onExport}>
            {t("export")}
          </Button>
        )}
      </div>
    </section>
  );
}
