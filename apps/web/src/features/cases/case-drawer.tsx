import { cases } from "@gatehouse/contract";
import { Button, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { SideDrawer } from "../../design/side-drawer.tsx";

const { maxSummaryLength, maxTags, maxTitleLength } = cases.CASE_LIMITS;

/** Opens a case, or changes what is said of one. */
export function CaseDrawer(props: {
  of?: cases.Case;
  onClose: () => void;
  onSaved?: (saved: cases.Case) => void;
}) {
  const t = useTranslations("cases");
  const errorText = useErrorText();
  const { of } = props;
  const [title, setTitle] = useState(of?.title ?? "");
  const [summary, setSummary] = useState(of?.summary ?? "");
  const [tags, setTags] = useState(of?.tags.join(", ") ?? "");
  const again = [cases.listCases, cases.getCase];
  const create = useCall(cases.createCase, again);
  const update = useCall(cases.updateCase, again);
  const error = create.error ?? update.error;
  const onSuccess = (saved: cases.Case) => {
    props.onClose();
    props.onSaved?.(saved);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = { title: title.trim(), summary, tags: tagsOf(tags) };
    if (of === undefined) create.mutate({ body }, { onSuccess });
    else update.mutate({ params: { id: of.id }, body }, { onSuccess });
  };
  return (
    <SideDrawer title={of === undefined ? t("open") : cases.caseName(of.number)} onClose={props.onClose}>
      <form className="stack" onSubmit={submit}>
        <TextInput
          label={t("title")}
          required
          maxLength={maxTitleLength}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          data-autofocus
        />
        <Textarea
          label={t("summary")}
          autosize
          minRows={4}
          maxLength={maxSummaryLength}
          value={summary}
          onChange={(event) => setSummary(event.currentTarget.value)}
        />
        <TextInput
          label={t("tags")}
          value={tags}
          maxLength={800}
          onChange={(event) => setTags(event.currentTarget.value)}
        />
        <DialogFoot sticky {...(error === null ? {} : { error: errorText(error) })}>
          <Button type="submit" disabled={title.trim() === ""} loading={create.isPending || update.isPending}>
            {of === undefined ? t("create") : t("one.save")}
          </Button>
        </DialogFoot>
      </form>
    </SideDrawer>
  );
}

const tagsOf = (text: string): string[] =>
  [...new Set(text.split(",").map((tag) => tag.trim().slice(0, 40)))]
    .filter((tag) => tag !== "")
    .slice(0, maxTags);
