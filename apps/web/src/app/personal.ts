import { accounts, type BodyOf } from "@gatehouse/contract";
import { useMantineColorScheme } from "@mantine/core";
import { useEffect } from "react";
import { goOnWithPush } from "../data/push.ts";
import { call, query, queryClient } from "../data/query.ts";
import { useMe } from "../data/session.ts";
import { singleKeys } from "../design/shortcuts.ts";
import { localePreference } from "../i18n/locale.ts";

/**
 * Saves language, theme or shortcuts with the account. This browser has already taken the choice over; a save that
 * fails is tried again with the next choice and loses nothing that is on screen.
 */
export function savePersonal(change: BodyOf<typeof accounts.updateMe>): void {
  call(accounts.updateMe, { body: change }).then(
    (me) => queryClient.setQueryData(query(accounts.getMe, {}).queryKey, me),
    () => undefined,
  );
}

/** After log-in the account's language, theme and shortcuts replace the browser's. */
export function usePersonal(): void {
  const { person } = useMe();
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => localePreference.set(person.language), [person.language]);
  useEffect(() => setColorScheme(person.theme), [person.theme, setColorScheme]);
  useEffect(() => singleKeys.set(person.singleKeys ? "on" : "off"), [person.singleKeys]);
}

/** Whoever was told by push in this browser still is, in their new session. */
export function useGoOnWithPush(): void {
  const { id } = useMe().person;
  useEffect(() => void goOnWithPush(id).catch(() => undefined), [id]);
}
