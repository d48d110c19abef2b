import { Button, Checkbox } from "@mantine/core";
import { IconDownload, IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { CopyButton } from "../../../design/copy-button.tsx";
import styles from "../account.module.css";
import { saveText } from "../save-text.ts";

/** Shown this one time: to be copied, saved or printed before one goes on. */
export function RecoveryCodes(props: { codes: readonly string[]; act: string; onKept: () => void }) {
  const t = useTranslations("factors.recovery");
  const [kept, setKept] = useState(false);
  const text = `${props.codes.join("\n")}\n`;
  const file = `${t("fileTitle", { host: location.host })}\n\n${text}`;
  return (
    <div className="stack">
      <div className={styles.sheet}>
        <p className={styles.sheetTitle}>{t("fileTitle", { host: location.host })}</p>
        <ol className={styles.codes} aria-label={t("title")}>
          {props.codes.map((code) => (
            <li key={code} className="mono">
              {code}
            </li>
          ))}
        </ol>
      </div>
      <div className="row row-wrap">
        <CopyButton text={text} label={t("copy")} wide />
        <Button
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden="true" />}
          onClick={() => saveText("gatehouse-recovery-codes.txt", "text/plain", file)}
        >
          {t("save")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconPrinter size={14} aria-hidden="true" />}
          onClick={() => print()}
        >
          {t("print")}
        </Button>
      </div>
      <Checkbox label={t("kept")} checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
      <Button h={36} disabled={!kept} onClick={props.onKept}>
        {props.act}
      </Button>
    </div>
  );
}
