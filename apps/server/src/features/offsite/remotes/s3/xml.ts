/** S3's answers are flat and small: texts by element name, without a parser that could be led anywhere. */

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const NAME = /^[A-Za-z0-9]+$/;

/** Contents of every element of this name, in order, as text; what is inside them is not touched. */
export function elements(xml: string, name: string): string[] {
  if (!NAME.test(name)) throw new RangeError(`no name of an element: ${name}`);
  const found: string[] = [];
  const [open, close] = [`<${name}>`, `</${name}>`];
  for (let at = xml.indexOf(open); at !== -1; at = xml.indexOf(open, at)) {
    const end = xml.indexOf(close, at);
    if (end === -1) break;
    found.push(xml.slice(at + open.length, end));
    at = end + close.length;
  }
  return found;
}

/** The text of the first element of this name. */
export function textOf(xml: string, name: string): string | undefined {
  const [first] = elements(xml, name);
  return first?.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{2,4}));/g, (whole, decimal, hex, entity) => {
    if (entity !== undefined) return ENTITIES[entity as string] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** Text as it may stand in an element. */
export const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
