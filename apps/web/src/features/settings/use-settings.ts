import { operations } from "@gatehouse/contract";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { useErrorText } from "../../design/error-text.ts";

export const useSettings = () => useQuery(query(operations.getSettings, {}));

type Settings = operations.SiteSettings;

/** A part of the settings while it is being changed. */
export function useSettingsDraft<K extends keyof Settings>(read: Settings, keys: readonly K[]) {
  const t = useTranslations("settings");
  const canWrite = useCan()("settings.write");
  const errorText = useErrorText();
  const [changes, setChanges] = useState<Partial<Settings>>({});
  const update = useCall(operations.updateSettings, [
    operations.getSettings,
    operations.getNetwork,
    operations.getOverview,
  ]);
  const changed = keys.filter(
    (key) => changes[key] !== undefined && JSON.stringify(changes[key]) !== JSON.stringify(read[key]),
  );
  return {
    draft: { ...read, ...changes },
    canWrite,
    change: (change: Partial<Settings>) => setChanges({ ...changes, ...change }),
    error: update.error === null ? undefined : errorText(update.error),
    busy: update.isPending,
    ready: changed.length > 0 && canWrite,
    save: () =>
      update.mutate(
        { body: Object.fromEntries(changed.map((key) => [key, changes[key]])) },
        {
          onSuccess: () => {
            setChanges({});
            notifications.show({ message: t("saved") });
          },
        },
      ),
  };
}
