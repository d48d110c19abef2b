import { cameras } from "@gatehouse/contract";
import { notifications } from "@mantine/notifications";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { type ApiError, isApiError } from "../../data/api-error.ts";
import { call, query, queryClient, useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { titleOf } from "./camera-title.ts";
import {
  draftOf,
  isChanged,
  type NumberField,
  type SettingsDraft,
  settingsFrom,
  type Wrong,
  wrongOf,
} from "./settings-draft.ts";

type Camera = cameras.Camera;
/** The settings from which the draft began, and when they were saved. */
type Base = Pick<Camera, "settings" | "settingsMs">;

export interface SettingsForm {
  readonly draft: SettingsDraft;
  readonly base: Base;
  /** What to mend; empty until the first try to save. */
  readonly wrong: ReadonlySet<Wrong>;
  readonly isDirty: boolean;
  readonly isBusy: boolean;
  readonly isConflict: boolean;
  readonly error: ApiError | null;
  change(change: Partial<SettingsDraft>): void;
  setNumber(field: NumberField, value: number | undefined): void;
  reset(): void;
  save(): void;
  /** After a conflict: theirs in place of what was written here. */
  readTheirs(): Promise<void>;
  /** After a conflict: what was written here over theirs. */
  overwrite(): Promise<void>;
}

const NOTHING: ReadonlySet<Wrong> = new Set();

/** A camera's settings being written. What others save meanwhile is taken over as long as nothing was changed here. */
export function useSettingsForm(camera: Camera): SettingsForm {
  const t = useTranslations("cameras.settings");
  const errorText = useErrorText();
  const [base, setBase] = useState<Base>(camera);
  const [draft, setDraft] = useState(() => draftOf(camera.settings));
  const [tried, setTried] = useState(false);
  const update = useCall(cameras.updateCamera, [cameras.listCameras, cameras.getCamera]);
  const isDirty = isChanged(draft, base.settings);

  const begin = (from: Base) => {
    setBase(from);
    setDraft(draftOf(from.settings));
    setTried(false);
    update.reset();
  };
  const { settings, settingsMs } = camera;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was saved elsewhere begins anew
  useEffect(() => {
    if (settingsMs > base.settingsMs && !isDirty && !update.isPending) begin({ settings, settingsMs });
  }, [settingsMs]);

  const put = (over: number) =>
    update.mutate(
      { params: { id: camera.id }, body: { settings: settingsFrom(draft), settingsMs: over } },
      {
        onSuccess: (saved) => {
          const { queryKey } = query(cameras.getCamera, { params: { id: camera.id } });
          queryClient.setQueryData(queryKey, saved);
          begin(saved);
          notifications.show({ message: t("saved", { name: titleOf(camera) }) });
        },
      },
    );
  const newest = () => call(cameras.getCamera, { params: { id: camera.id } });
  const tell = (error: unknown) => void notifications.show({ message: errorText(error), color: "red" });

  return {
    draft,
    base,
    wrong: tried ? wrongOf(draft) : NOTHING,
    isDirty,
    isBusy: update.isPending,
    isConflict: isApiError(update.error, "request.conflict"),
    error: update.error,
    change: (change) => setDraft((last) => ({ ...last, ...change })),
    setNumber: (field, value) =>
      setDraft((last) => ({ ...last, numbers: { ...last.numbers, [field]: value } })),
    reset: () => begin(base),
    save() {
      setTried(true);
      if (wrongOf(draft).size === 0) put(base.settingsMs);
    },
    readTheirs: () => newest().then(begin).catch(tell),
    overwrite: () =>
      newest()
        .then(({ settingsMs: over }) => put(over))
        .catch(tell),
  };
}
