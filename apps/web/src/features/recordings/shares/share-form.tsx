import { cameras } from "@gatehouse/contract";
import { Button, Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../../data/now.ts";
import { query, type useCall } from "../../../data/query.ts";
import { DialogFoot } from "../../../design/dialog-foot.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import { FieldGrid } from "../../../design/field-grid.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { instantOfSecond, secondText } from "../clip-span.ts";
import { LIVES, OPENINGS, requestOf, type ShareDraft, spanProblem } from "./share-draft.ts";
import type { SharedCamera } from "./share-drawer.tsx";

const { maxNoteLength, maxPasswordLength, minPasswordLength } = cameras.SHARE_LIMITS;

interface Fields {
  readonly draft: ShareDraft;
  readonly onChange: (change: Partial<ShareDraft>) => void;
}

/** What is shared, for how long, and how it is guarded. */
export function ShareForm(props: {
  cameras: readonly SharedCamera[];
  draft: ShareDraft;
  onDraft: (draft: ShareDraft) => void;
  create: ReturnType<typeof useCall<typeof cameras.createShare>>;
}) {
  const t = useTranslations("shares");
  const errorText = useErrorText();
  const nowMs = useNow();
  const { create, draft } = props;
  const body = requestOf(draft, nowMs);
  const change = (part: Partial<ShareDraft>) => props.onDraft({ ...draft, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (body !== undefined) create.mutate({ params: { id: draft.cameraId }, body });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p className="secondary">{t("text")}</p>
      {props.cameras.length > 1 && (
        <NativeSelect
          label={t("camera")}
          value={draft.cameraId}
          onChange={(event) => change({ cameraId: event.currentTarget.value })}
          data={props.cameras.map(({ id, title }) => ({ value: id, label: title }))}
        />
      )}
      <SpanFields draft={draft} onChange={change} nowMs={nowMs} />
      <Others draft={draft} />
      <GuardFields draft={draft} onChange={change} />
      <Textarea
        label={t("note")}
        autosize
        minRows={2}
        maxLength={maxNoteLength}
        value={draft.note}
        onChange={(event) => change({ note: event.currentTarget.value })}
      />
      <Checkbox
        label={t("showsCamera")}
        checked={draft.showsCamera}
        onChange={(event) => change({ showsCamera: event.currentTarget.checked })}
      />
      <Checkbox
        label={t("allowsDownload")}
        description={t("downloadHint")}
        checked={draft.allowsDownload}
        onChange={(event) => change({ allowsDownload: event.currentTarget.checked })}
      />
      <DialogFoot sticky {...(create.error === null ? {} : { error: errorText(create.error) })}>
        <Button type="submit" disabled={body === undefined} loading={create.isPending}>
          {t("make")}
        </Button>
      </DialogFoot>
    </form>
  );
}

/** The fields keep what is typed, also while it is no instant. */
function SpanFields({ draft, onChange, nowMs }: Fields & { nowMs: number }) {
  const t = useTranslations("shares");
  const { timeZone } = useFormat();
  const textOf = (atMs: number | undefined) => (atMs === undefined ? "" : secondText(atMs, timeZone));
  const [from, setFrom] = useState(() => textOf(draft.fromMs));
  const [to, setTo] = useState(() => textOf(draft.toMs));
  const problem = spanProblem(draft, nowMs);
  return (
    <>
      <FieldGrid fieldWidth={200}>
        <TextInput
          type="datetime-local"
          step={1}
          label={t("from")}
          value={from}
          onChange={({ currentTarget: { value } }) => {
            setFrom(value);
            onChange({ fromMs: instantOfSecond(value, timeZone) });
          }}
        />
        <TextInput
          type="datetime-local"
          step={1}
          label={t("to")}
          value={to}
          onChange={({ currentTarget: { value } }) => {
            setTo(value);
            onChange({ toMs: instantOfSecond(value, timeZone) });
          }}
        />
      </FieldGrid>
      {problem !== undefined && <p className="warn">{t(problem)}</p>}
      <p className="tertiary small">{t("zone", { zone: timeZone })}</p>
    </>
  );
}

function GuardFields({ draft, onChange }: Fields) {
  const t = useTranslations("shares");
  return (
    <>
      <FieldGrid fieldWidth={200}>
        <NativeSelect
          label={t("life")}
          value={String(draft.lifeMs)}
          onChange={(event) => onChange({ lifeMs: Number(event.currentTarget.value) })}
          data={LIVES.map(({ unit, count, ms }) => ({
            value: String(ms),
            label: t(`lives.${unit}`, { count }),
          }))}
        />
        <NativeSelect
          label={t("openings")}
          value={String(draft.maxOpenings)}
          onChange={(event) => onChange({ maxOpenings: Number(event.currentTarget.value) })}
          data={[
            { value: "0", label: t("unlimited") },
            ...OPENINGS.map((count) => ({ value: String(count), label: t("times", { count }) })),
          ]}
        />
      </FieldGrid>
      <PasswordInput
        label={t("password")}
        description={t("passwordHint")}
        autoComplete="new-password"
        minLength={minPasswordLength}
        maxLength={maxPasswordLength}
        value={draft.password}
        onChange={(event) => onChange({ password: event.currentTarget.value })}
      />
    </>
  );
}

/** Links that show some of the same time already. */
function Others({ draft }: Pick<Fields, "draft">) {
  const t = useTranslations("shares");
  const { cameraId, fromMs, toMs } = draft;
  const isSpan = fromMs !== undefined && toMs !== undefined && toMs > fromMs;
  const found = useQuery({
    ...query(cameras.listShares, {
      query: { camera: cameraId, fromMs: String(fromMs), toMs: String(toMs), active: "true", limit: "1" },
    }),
    enabled: isSpan,
  });
  const count = found.data?.total ?? 0;
  if (!isSpan || count === 0) return null;
  return (
    <p className="secondary small">
      {t("others", { count })}{" "}
      <Link className="link" to="/cameras/links" search={{ camera: cameraId }}>
        {t("openOthers")}
      </Link>
    </p>
  );
}
