import { useTranslations } from "use-intl";

/** A class as people call it; those of other models keep their own name. */
export function useLabelText(): (label: string) => string {
  const t = useTranslations("evidence.label");
  return (label) => {
    const key = label.replace(/ /g, "_") as "person";
    return t.has(key) ? t(key) : label;
  };
}
