import { telemetry } from "@gatehouse/contract";
import { Button, Modal, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import type { ChartPlan } from "./chart-plan.ts";

/** Keeps the charts under a name. */
export function NewBoard(props: { charts: readonly ChartPlan[]; rangeMs: number; onClose: () => void }) {
  const navigate = useNavigate();
  const t = useTranslations("telemetry.board");
  const create = useCall(telemetry.createBoard, [telemetry.listBoards]);
  const submit = (name: string) =>
    create.mutate(
      { body: { name, charts: [...props.charts], rangeMs: props.rangeMs } },
      { onSuccess: ({ id }) => void navigate({ to: "/telemetry/boards/$boardId", params: { boardId: id } }) },
    );
  return (
    <BoardNameDialog
      title={t("createTitle")}
      act={t("createAct")}
      initial=""
      busy={create.isPending}
      error={create.error}
      onSubmit={submit}
      onClose={props.onClose}
    />
  );
}

/** Asks for a board's name. */
export function BoardNameDialog(props: {
  title: string;
  act: string;
  initial: string;
  busy: boolean;
  error: unknown;
  onSubmit: (name: string) => void;
  onClose: () => void;
}) {
  const t = useTranslations("telemetry.board");
  const common = useTranslations("common.action");
  const errorText = useErrorText();
  const [name, setName] = useState(props.initial);
  const ready = name.trim() !== "";
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size={400}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) props.onSubmit(name.trim());
        }}
      >
        <TextInput
          label={t("name")}
          value={name}
          maxLength={120}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <DialogFoot error={props.error === null ? undefined : errorText(props.error)}>
          <Button variant="default" onClick={props.onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit" disabled={!ready} loading={props.busy}>
            {props.act}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}
