import { cameras } from "@gatehouse/contract";
import { Button, Progress, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { invalidate } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { SideDrawer } from "../../design/side-drawer.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { DropZone } from "./drop-zone.tsx";
import { type ChosenFiles, chosenFiles, nameOf, tooLarge, uploadModel } from "./model-files.ts";

/** A model from this machine: chosen, sent, tried by the server, and then there. */
export function ModelEditor(props: { onClose: () => void }) {
  const t = useTranslations("detectors");
  const errorText = useErrorText();
  const [files, setFiles] = useState<ChosenFiles>();
  const [refusal, setRefusal] = useState<"wrong" | "large">();
  const [name, setName] = useState("");
  const [licence, setLicence] = useState("");
  const [sent, setSent] = useState<number>();
  const [error, setError] = useState<unknown>();
  const under = useRef<AbortController>(undefined);
  useEffect(() => () => under.current?.abort(), []);

  const choose = (list: readonly File[]) => {
    const chosen = chosenFiles(list);
    setError(undefined);
    setRefusal(chosen === undefined ? "wrong" : tooLarge(chosen) ? "large" : undefined);
    setFiles(chosen);
    if (chosen !== undefined && name === "") setName(nameOf(chosen));
  };
  const send = async () => {
    if (files === undefined || refusal !== undefined || name.trim() === "") return;
    under.current = new AbortController();
    const { signal } = under.current;
    setError(undefined);
    setSent(0);
    try {
      const added = await uploadModel(files, { name: name.trim(), licence: licence.trim() }, setSent, signal);
      notifications.show({ message: t("upload.done", { name: added.name }) });
      await invalidate(cameras.listDetectors);
      props.onClose();
    } catch (failed) {
      if (!signal.aborted) setError(failed);
    } finally {
      setSent(undefined);
    }
  };
  return (
    <SideDrawer title={t("upload.title")} size={520} keepOpen onClose={props.onClose}>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p className="secondary small">{t("upload.text")}</p>
        <DropZone
          text={t("upload.drop")}
          button={t("upload.choose")}
          accept=".onnx,.param,.bin,.yaml,.yml"
          multiple
          disabled={sent !== undefined}
          onFiles={choose}
        />
        {refusal !== undefined && (
          <p role="alert" className="danger small">
            {t(`upload.${refusal}`)}
          </p>
        )}
        {files !== undefined && <Chosen files={files} />}
        <TextInput
          label={t("name")}
          value={name}
          maxLength={120}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t("licence")}
          description={t("licenceHint")}
          value={licence}
          maxLength={200}
          onChange={(event) => setLicence(event.currentTarget.value)}
        />
        {sent !== undefined && files !== undefined && <Sending files={files} sent={sent} />}
        <DialogFoot {...(error === undefined ? {} : { error: errorText(error) })} sticky>
          {sent !== undefined && (
            <Button variant="default" onClick={() => under.current?.abort()}>
              {t("upload.cancel")}
            </Button>
          )}
          <Button
            type="submit"
            loading={sent !== undefined}
            disabled={files === undefined || refusal !== undefined || name.trim() === ""}
          >
            {t("upload.send")}
          </Button>
        </DialogFoot>
      </form>
    </SideDrawer>
  );
}

const sizeOf = (files: ChosenFiles): number => Object.values(files).reduce((sum, file) => sum + file.size, 0);

function Chosen(props: { files: ChosenFiles }) {
  const format = useFormat();
  return (
    <ul className="small">
      {Object.entries(props.files).map(([kind, file]) => (
        <li key={kind}>
          <span className="anywhere">{file.name}</span>{" "}
          <span className="tertiary num">{format.bytes(file.size)}</span>
        </li>
      ))}
    </ul>
  );
}

function Sending(props: { files: ChosenFiles; sent: number }) {
  const t = useTranslations("detectors.upload");
  const format = useFormat();
  const all = sizeOf(props.files);
  const text =
    props.sent < all ? t("sending", { sent: format.bytes(props.sent), all: format.bytes(all) }) : t("trying");
  return (
    <div className="stack stack-tight" role="status">
      <Progress value={all === 0 ? 0 : (props.sent / all) * 100} aria-label={text} />
      <span className="secondary small">{text}</span>
    </div>
  );
}
