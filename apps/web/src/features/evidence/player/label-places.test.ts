import { expect, test } from "vitest";
import { labelPlaces } from "./label-places.ts";

const AREA = { width: 390, height: 220 };
const box = (x: number, y: number) => ({ x, y, width: 0.05, height: 0.2 });
const places = (...boxes: { x: number; y: number; width: number; height: number }[]) =>
  labelPlaces(
    boxes,
    boxes.map(() => "Person 0.85"),
    AREA,
  );

test("a label stands above its box, and inside one that touches the upper edge", () => {
  expect(places(box(0.1, 0.5))).toEqual(["above"]);
  expect(places({ x: 0.1, y: 0.02, width: 0.05, height: 0.97 })).toEqual(["inside"]);
});

test("people who walk close together do not hide each other's label", () => {
  expect(places(box(0.4, 0.4), box(0.45, 0.42))).toEqual(["above", "below"]);
  expect(places(box(0.1, 0.4), box(0.7, 0.4))).toEqual(["above", "above"]);
});

test("where nothing is free a label stands where it would alone", () => {
  const crowd = places(box(0.4, 0.4), box(0.4, 0.4), box(0.4, 0.4), box(0.4, 0.4));
  expect(crowd).toEqual(["above", "below", "inside", "above"]);
});

test("a box that fills the picture has its label inside, in a picture without room too", () => {
  const all = [{ x: 0, y: 0, width: 1, height: 1 }];
  expect(labelPlaces(all, ["Person 0.85"], AREA)).toEqual(["inside"]);
  expect(labelPlaces(all, ["Person 0.85"], { width: 10, height: 10 })).toEqual(["inside"]);
});

test("a label stays clear of what stands at the edges, where it can", () => {
  const tall = { x: 0.1, y: 0.1, width: 0.05, height: 0.6 };
  const texts = ["Person 0.85"];
  expect(labelPlaces([tall], texts, AREA)).toEqual(["above"]);
  expect(labelPlaces([tall], texts, AREA, 30)).toEqual(["below"]);
  expect(labelPlaces([{ ...tall, height: 0.75 }], texts, AREA, 22)).toEqual(["inside"]);
  expect(labelPlaces([{ ...tall, height: 0.75 }], texts, AREA, 30)).toEqual(["inside"]);
});
