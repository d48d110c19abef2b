import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useTabLine } from "./tab-line.ts";

/** The parts of a page about one thing, one at a time; the address says which. */
export function PageTabs<Name extends string>(props: {
  label: string;
  names: readonly Name[];
  current: Name;
  text: (name: Name) => string;
  onGo: (name: Name) => void;
  children: ReactNode;
}) {
  const { names, current } = props;
  const line = useTabLine(current);
  const go = (chosen: string | null) => {
    const name = names.find((one) => one === chosen);
    if (name !== undefined) props.onGo(name);
  };
  return (
    <Tabs value={current} onChange={go} keepMounted={false}>
      <Tabs.List aria-label={props.label} {...line}>
        {names.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {props.text(name)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={current} pt="md">
        {props.children}
      </Tabs.Panel>
    </Tabs>
  );
}
