export const element = <T extends HTMLElement = HTMLElement>(id: string): T =>
  document.getElementById(id) as T;

export function textElement(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

export function row(name: "td" | "th", cells: readonly unknown[]): HTMLTableRowElement {
  const made = document.createElement("tr");
  made.append(...cells.map((cell) => textElement(name, String(cell ?? ""))));
  return made;
}
