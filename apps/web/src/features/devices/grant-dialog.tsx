import { devices } from "@gatehouse/contract";
import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { findDraftProblem, without } from "./grant-draft.ts";

const NEW: devices.TopicGrant = { pattern: "", publish: false, subscribe: true };

/** One granted topic: new, or changed in its place. */
export function GrantDialog(props: {
  device: devices.Device;
  topics: devices.DeviceTopics;
  /** Absent for a new one. */
  grant: devices.TopicGrant | undefined;
  onClose: () => void;
}) {
  const t = useTranslations("devices.grant");
  const close = useTranslations("common.action")("close");
  const errorText = useErrorText();
  const { device, topics, grant, onClose } = props;
  const [draft, setDraft] = useState(grant ?? NEW);
  const [shown, setShown] = useState(false);
  const save = useCall(devices.setDeviceTopics, [devices.getDeviceTopics]);
  const others = without(topics.granted, grant);
  const problem = findDraftProblem(draft, others);
  const isPattern = problem !== "nothing_allowed";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setShown(true);
    if (problem !== undefined) return;
    save.mutate(
      { params: { id: device.id }, body: { granted: [...others, draft], revision: topics.revision } },
      { onSuccess: onClose },
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={grant === undefined ? t("addTitle", { name: device.name }) : t("editTitle")}
      size={460}
      closeButtonProps={{ "aria-label": close }}
    >
      <form className="stack" onSubmit={submit}>
        <TextInput
          label={t("topic")}
          description={t("topicHint")}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: "mono" }}
          maxLength={256}
          value={draft.pattern}
          error={
            problem !== undefined && isPattern && (shown || draft.pattern !== "")
              ? t(`problem.${problem}`)
              : undefined
          }
          onChange={(event) => setDraft({ ...draft, pattern: event.currentTarget.value })}
        />
        <Checkbox.Group
          label={t("allows")}
          value={[...(draft.publish ? ["publish"] : []), ...(draft.subscribe ? ["subscribe"] : [])]}
          onChange={(rights) =>
            setDraft({
              ...draft,
              publish: rights.includes("publish"),
              subscribe: rights.includes("subscribe"),
            })
          }
          error={problem === "nothing_allowed" ? t("problem.nothing_allowed") : undefined}
        >
          <div className="stack" style={{ marginTop: 4 }}>
            <Checkbox value="publish" label={t("publish")} />
            <Checkbox value="subscribe" label={t("subscribe")} />
          </div>
        </Checkbox.Group>
        <DialogFoot error={save.error === null ? undefined : errorText(save.error)}>
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}
