import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { CodeField, isCode } from "./code-field.tsx";
import { Refusal } from "./refusal.tsx";
import { useAct } from "./use-act.ts";
import { useWait } from "./use-wait.ts";

/** A code and the button that uses it. A wrong code stays to be corrected. */
export function CodeForm(props: {
  label: string;
  description?: ReactNode;
  act: string;
  letters?: boolean;
  /** Stands beside the button: sending again. */
  more?: ReactNode;
  onAnswer: (code: string) => Promise<void>;
}) {
  const [code, setCode] = useState("");
  const { busy, error, run } = useAct();
  const waitMs = useWait(error);
  const ready = props.letters === true ? code.trim() !== "" : isCode(code);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && waitMs === 0) void run(() => props.onAnswer(code.trim()));
      }}
    >
      <CodeField
        label={props.label}
        description={props.description}
        letters={props.letters === true}
        value={code}
        onChange={setCode}
      />
      <Refusal error={error} waitMs={waitMs} />
      <div className="row row-wrap">
        <Button type="submit" className="grow" h={36} disabled={!ready || waitMs > 0} loading={busy}>
          {props.act}
        </Button>
        {props.more}
      </div>
    </form>
  );
}
