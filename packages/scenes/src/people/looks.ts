import { paint, type Surface } from "../trace/surface.ts";

/** How somebody is dressed. */
export interface Look {
  readonly metres: number;
  readonly jacket: Surface;
  readonly trousers: Surface;
  readonly shoes: Surface;
  readonly skin: Surface;
  readonly hair: Surface;
  readonly hood?: boolean;
  /** On the back. */
  readonly bag?: Surface;
  /** Two bands around the body. */
  readonly bands?: Surface;
  readonly helmet?: Surface;
  /** Carried in front with both hands. */
  readonly parcel?: Surface;
}

const black = paint("#15161a");
const brownShoes = paint("#3b2a20");
const band = paint("#f0f2e6", 0.4);

export const STRANGER: Look = {
  metres: 1.8,
  jacket: paint("#5c6068"),
  trousers: paint("#3c4048"),
  shoes: black,
  skin: paint("#b98a6d"),
  hair: paint("#2a211c"),
  hood: true,
  bag: paint("#2f3230"),
};
export const COURIER: Look = {
  metres: 1.76,
  jacket: paint("#8f8f93"),
  trousers: paint("#2c3038"),
  shoes: black,
  skin: paint("#8d5f45"),
  hair: paint("#17120f"),
  parcel: paint("#b08a57"),
};
export const COLLEAGUE_DARK: Look = {
  metres: 1.74,
  jacket: paint("#2f3a46"),
  trousers: paint("#22252c"),
  shoes: black,
  skin: paint("#c99a7c"),
  hair: paint("#3c2a1e"),
};
export const NEIGHBOUR_RED: Look = {
  metres: 1.7,
  jacket: paint("#a63a2e"),
  trousers: paint("#2d3b52"),
  shoes: paint("#d9d7d0"),
  skin: paint("#d3a385"),
  hair: paint("#5a3a22"),
};
export const NEIGHBOUR_BLUE: Look = {
  metres: 1.78,
  jacket: paint("#456a94"),
  trousers: paint("#2a2c33"),
  shoes: brownShoes,
  skin: paint("#9a6a4c"),
  hair: paint("#1b1512"),
  bag: paint("#4a4536"),
};
export const VISITOR: Look = {
  metres: 1.68,
  jacket: paint("#c9a648"),
  trousers: paint("#34323a"),
  shoes: brownShoes,
  skin: paint("#d8ab90"),
  hair: paint("#8a6a44"),
};
export const ELECTRICIAN: Look = {
  metres: 1.77,
  jacket: paint("#d9731c"),
  trousers: paint("#38414e"),
  shoes: black,
  skin: paint("#c08e6e"),
  hair: paint("#2b2019"),
  bands: band,
};
export const PLUMBER: Look = {
  metres: 1.8,
  jacket: paint("#2f5d92"),
  trousers: paint("#2f5d92"),
  shoes: brownShoes,
  skin: paint("#cf9f80"),
  hair: paint("#6b6258"),
  helmet: paint("#e2b52c", 0.3),
  bands: band,
};
