import { expect, test } from "vitest";
import { parseCsv } from "./csv.ts";

test("CSV is read with quotes, line breaks in fields, semicolons, CRLF and a byte order mark", () => {
  expect(parseCsv('\ufeffname;email\r\n"Doe; ""J""\nJr";a@b.org\r\n\r\nx;y')).toEqual([
    { name: 'Doe; "J"\nJr', email: "a@b.org" },
    { name: "x", email: "y" },
  ]);
  expect(parseCsv("name,email\nA,$2b$12$x")).toEqual([{ name: "A", email: "$2b$12$x" }]);
  expect(parseCsv("")).toEqual([]);
});

test("a line with too few fields and a quote that does not end are refused with their line", () => {
  expect(() => parseCsv("a,b\n1,2\n3")).toThrow(
    expect.objectContaining({ fields: expect.objectContaining({ line: 3 }) }),
  );
  expect(() => parseCsv('a\n"x')).toThrow(expect.objectContaining({ code: "request.invalid" }));
});
