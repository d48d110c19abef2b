import { accounts } from "@gatehouse/contract";
import { useEffect, useRef } from "react";
import { call } from "../../data/query.ts";
import { autofillWorks, readPasskey, stopAsking } from "./passkeys.ts";

/**
 * Lets the browser offer passkeys among what it fills into the e-mail field (conditional mediation). Whatever goes
 * wrong with this quiet offer goes unsaid: the button beside it says it.
 */
export function usePasskeyAutofill(onStep: (step: accounts.LoginStep) => void): void {
  const heard = useRef(onStep);
  heard.current = onStep;
  useEffect(() => {
    let left = false;
    const offer = async () => {
      if (!(await autofillWorks()) || left) return;
      const options = await call(accounts.startPasskeyLogin, {});
      if (left) return;
      const response = await readPasskey(options, true);
      const step = await call(accounts.finishPasskeyLogin, { body: { response } });
      if (!left) heard.current(step);
    };
    offer().catch(() => undefined);
    return () => {
      left = true;
      stopAsking();
    };
  }, []);
}
