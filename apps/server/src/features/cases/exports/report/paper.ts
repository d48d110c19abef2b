import type { UnixMs } from "@gatehouse/base";
import { inspectJpeg } from "@gatehouse/video";
import PDFDocument from "pdfkit";
import QRCode from "qrcode";

/** A4, in points. */
const WIDTH = 595.28;
const HEIGHT = 841.89;
const MARGIN = 48;
const TEXT_WIDTH = WIDTH - 2 * MARGIN;
const FOOT = 24;
const INK = "#111716";
const FAINT = "#5b6563";
const MARK = "#d97706";
const LABEL_WIDTH = 110;

const SPACES = /[\u202f\u2007\u2009\u200a]/g;
/** What Windows-1252 has beside Latin-1: all that the fonts every reader of PDF has can show. */
const MORE = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";

/** A text in letters that the report's fonts have; others become their base letter, or a question mark. */
export function printable(text: string): string {
  const spaced = text.replace(SPACES, "\u00a0").replaceAll("−", "-");
  return [...spaced].map((one) => (hasGlyph(one) ? one : baseOf(one))).join("");
}

const hasGlyph = (one: string): boolean => {
  const code = one.codePointAt(0) ?? 0;
  return (
    one === "\n" || (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff) || MORE.includes(one)
  );
};

const baseOf = (one: string): string => {
  const [base = ""] = one.normalize("NFD");
  return hasGlyph(base) ? base : "?";
};

/** Where something stands in a picture, as shares of its sides. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A document that is written from top to bottom. The same words make the same bytes. */
export class Paper {
  readonly #pdf: PDFKit.PDFDocument;
  readonly #parts: Buffer[] = [];
  readonly #ended: Promise<void>;

  constructor(info: { readonly title: string; readonly author: string; readonly atMs: UnixMs }) {
    this.#pdf = new PDFDocument({
      size: "A4",
      margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOT },
      bufferPages: true,
      info: {
        Title: printable(info.title),
        Author: printable(info.author),
        Creator: "Gatehouse",
        Producer: "Gatehouse",
        CreationDate: new Date(info.atMs),
      },
    });
    this.#pdf.on("data", (part: Buffer) => void this.#parts.push(part));
    this.#ended = new Promise((resolve) => void this.#pdf.on("end", resolve));
    this.#pdf.fillColor(INK);
  }

  title(text: string): void {
    this.#pdf.font("Helvetica-Bold").fontSize(20).text(printable(text));
    this.#pdf.moveDown(0.4);
  }

  heading(text: string): void {
    this.#room(48);
    this.#pdf.moveDown(0.6).font("Helvetica-Bold").fontSize(12).text(printable(text)).moveDown(0.2);
  }

  text(text: string): void {
    this.#pdf.font("Helvetica").fontSize(10).text(printable(text), { lineGap: 2 }).moveDown(0.3);
  }

  faint(text: string): void {
    this.#pdf.font("Helvetica").fontSize(9).fillColor(FAINT).text(printable(text), { lineGap: 1 });
    this.#pdf.fillColor(INK).moveDown(0.2);
  }

  /** Hashes and names of programs: every letter as wide as the others. */
  mono(text: string, size = 8): void {
    this.#pdf.font("Courier").fontSize(size).text(printable(text), { lineGap: 1 });
  }

  /** What it is, and what it says; nothing where it says nothing. */
  fact(label: string, text: string): void {
    if (text === "") return;
    const { y } = this.#pdf;
    this.#pdf.font("Helvetica").fontSize(10).fillColor(FAINT);
    this.#pdf.text(printable(label), MARGIN, y, { width: LABEL_WIDTH });
    this.#pdf.fillColor(INK);
    this.#pdf.text(printable(text), MARGIN + LABEL_WIDTH, y, { width: TEXT_WIDTH - LABEL_WIDTH, lineGap: 2 });
    this.#pdf.x = MARGIN;
    this.#pdf.moveDown(0.2);
  }

  /** A JPEG with what was found in it; false when it is none. */
  picture(jpeg: Uint8Array, box: Box | undefined, height: number): boolean {
    this.#room(height + 12);
    const { y } = this.#pdf;
    const found = inspectJpeg(jpeg);
    if ("fault" in found) return false;
    const scale = Math.min(TEXT_WIDTH / found.width, height / found.height);
    const [wide, high] = [found.width * scale, found.height * scale];
    this.#pdf.image(Buffer.from(jpeg), MARGIN, y, { width: wide, height: high });
    if (box !== undefined)
      this.#pdf
        .lineWidth(1.5)
        .rect(MARGIN + box.x * wide, y + box.y * high, box.width * wide, box.height * high)
        .stroke(MARK);
    this.#pdf.y = y + high + 10;
    return true;
  }

  /** A code for the camera of a phone. */
  qr(text: string, size: number): void {
    this.#room(size + 8);
    const { data, size: modules } = QRCode.create(text, { errorCorrectionLevel: "M" }).modules;
    const side = size / modules;
    const { y } = this.#pdf;
    for (let row = 0; row < modules; row++)
      for (let column = 0; column < modules; column++)
        if (data[row * modules + column])
          this.#pdf.rect(MARGIN + column * side, y + row * side, side + 0.05, side + 0.05);
    this.#pdf.fill(INK);
    this.#pdf.y = y + size + 8;
  }

  page(): void {
    this.#pdf.addPage();
  }

  /** Ends it, with the foot of every page. */
  async bytes(foot: (at: number, of: number) => string): Promise<Uint8Array> {
    const { start, count } = this.#pdf.bufferedPageRange();
    for (let at = 0; at < count; at++) {
      this.#pdf.switchToPage(start + at);
      // Below the margin: the text would begin a page of its own.
      this.#pdf.page.margins.bottom = 0;
      this.#pdf.font("Helvetica").fontSize(8).fillColor(FAINT);
      this.#pdf.text(printable(foot(at + 1, count)), MARGIN, HEIGHT - MARGIN, { lineBreak: false });
    }
    this.#pdf.end();
    await this.#ended;
    return Buffer.concat(this.#parts);
  }

  #room(points: number): void {
    if (this.#pdf.y + points > HEIGHT - MARGIN - FOOT) this.#pdf.addPage();
  }
}
