import fc from "fast-check";
import { expect, it } from "vitest";
import { utf8 } from "./bytes.ts";
import { encodeEntries, parseEntries } from "./entries.ts";
import {
  inclusionRanges,
  nodesOf,
  proveConsistency,
  proveInclusion,
  verifyConsistency,
  verifyInclusion,
} from "./proofs.ts";
import { TestLog } from "./testing/test-log.ts";
import {
  entriesPath,
  hashesFromTiles,
  hashTile,
  parseTilePath,
  TILE_WIDTH,
  tileAt,
  tileOf,
  tilePath,
  tilesChanged,
  tilesOf,
} from "./tiles.ts";
import { hashLeaf } from "./tree-hash.ts";

it("writes paths as C2SP tlog-tiles does", () => {
  expect(tilePath({ level: 0, index: 0, width: 256 })).toBe("tile/0/000");
  expect(tilePath({ level: 1, index: 7, width: 5 })).toBe("tile/1/007.p/5");
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe("tile/0/x001/x234/067");
  expect(entriesPath({ index: 1_000, width: 255 })).toBe("tile/entries/x001/000.p/255");
});

it("reads back every path it writes, and no other writing of it", () => {
  const tile = fc.record({
    level: fc.integer({ min: 0, max: 6 }),
    index: fc.oneof(fc.nat(), fc.nat({ max: 5_000 })),
    width: fc.integer({ min: 1, max: TILE_WIDTH }),
  });
  fc.assert(
    fc.property(tile, (given) => {
      expect(parseTilePath(tilePath(given))).toEqual(given);
      expect(parseTilePath(entriesPath(given))).toEqual({ ...given, level: "entries" });
    }),
  );
  for (const path of [
    "tile/0/0",
    "tile/0/x000/001",
    "tile/0/001/002",
    "tile/0/x001",
    "tile/7/000",
    "tile/00/000",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/01",
    "tile/0/000\n",
    "tile/0/../000",
    "/tile/0/000",
    "tile/-1/000",
  ])
    expect(parseTilePath(path), path).toBeUndefined();
});

it("a tree of 70,000 leaves has the tiles of the specification's example", () => {
  const tiles = tilesChanged(0, 70_000);
  const count = (level: number, isFull: boolean): number =>
    tiles.filter((tile) => tile.level === level && (tile.width === TILE_WIDTH) === isFull).length;
  expect([count(0, true), count(0, false), count(1, true), count(1, false), count(2, false)]).toEqual([
    273, 1, 1, 1, 1,
  ]);
  expect(tiles.filter(({ width }) => width < TILE_WIDTH).map(({ width }) => width)).toEqual([112, 17, 1]);
  expect(tilesChanged(0, 256).map(tilePath)).toEqual(["tile/0/000", "tile/1/000.p/1"]);
  expect(tilesChanged(256, 256)).toEqual([]);
  expect(tileAt(2, 0, 65_535)).toBeUndefined();
});

it("a log that grows in portions writes exactly the tiles that change, and they hold its tree", () => {
  const whole = TestLog.of(700);
  const log = new TestLog();
  for (const to of [0, 1, 255, 256, 257, 511, 512, 700]) {
    const [from, before] = [log.size, new Set(log.tiles.keys())];
    log.append(whole.lines.slice(from, to));
    const written = [...log.tiles.keys()].filter((path) => !before.has(path));
    expect(written.sort()).toEqual(tilesChanged(from, to).map(tilePath).sort());
  }
  for (const { level, index, width } of tilesChanged(0, 700)) {
    const path = tilePath({ level, index, width });
    expect(log.read(path)).toEqual(whole.read(path));
  }
  expect(log.root).toEqual(whole.root);
  expect(hashTile(log.read("tile/0/001"))).toEqual(log.read("tile/1/000.p/2").slice(32));
});

it("proofs from tiles verify, over the edges of tiles too", () => {
  const lines = Array.from({ length: 66_000 }, (_, index) => utf8(`line ${index}`));
  const [log, older] = [new TestLog(), new TestLog()];
  log.append(lines);
  older.append(lines.slice(0, 300));
  for (const index of [0, 255, 256, 65_535, 65_536, 65_999]) {
    const proof = proveInclusion(index, log.size, log.hashAt);
    const leafHash = hashLeaf(log.lines[index] as Uint8Array);
    expect(verifyInclusion({ index, size: log.size, leafHash, root: log.root, proof })).toBe(true);
  }
  const proof = proveConsistency(300, log.size, log.hashAt);
  const claim = { first: 300, second: log.size, firstRoot: older.root, secondRoot: log.root, proof };
  expect(verifyConsistency(claim)).toBe(true);
  expect(tileOf({ level: 16, index: 0 }, log.size)).toEqual({ level: 2, index: 0, width: 1 });
  expect(() => tileOf({ level: 16, index: 1 }, log.size)).toThrow(RangeError);
}, 60_000);

it("names the tiles that a proof needs before it is made, and needs no other", () => {
  const log = TestLog.of(1_000);
  const needed = new Set(tilesOf(nodesOf(inclusionRanges(700, 1_000)), 1_000).map(tilePath));
  expect(needed.size).toBeLessThanOrEqual(4);
  const hashAt = hashesFromTiles(1_000, (tile) => {
    expect(needed).toContain(tilePath(tile));
    return log.read(tilePath(tile));
  });
  expect(proveInclusion(700, 1_000, hashAt)).toHaveLength(10);
});

it("a wider tile serves in place of the partial one; a shorter or broken one is refused", () => {
  const [log, later] = [TestLog.of(300), TestLog.of(400)];
  const hashAt = hashesFromTiles(300, (tile) =>
    later.read(tilePath({ ...tile, width: tile.index ? 144 : tile.width })),
  );
  expect(hashAt(0, 299)).toEqual(log.hashAt(0, 299));
  for (const bytes of [new Uint8Array(43 * 32), new Uint8Array(44 * 32 + 1)])
    expect(() => hashesFromTiles(300, () => bytes)(0, 299)).toThrow(/ledger\.malformed/);
  expect(() => log.hashAt(0, 300)).toThrow(RangeError);
});

it("entry bundles come back as they were, and are taken in no other length", () => {
  const entry = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: TILE_WIDTH }), (entries) => {
      expect(parseEntries(encodeEntries(entries), entries.length)).toEqual(entries);
    }),
    { numRuns: 30 },
  );
  const bundle = encodeEntries([utf8("a"), new Uint8Array(65_535)]);
  expect(parseEntries(bundle, 2)[1]).toHaveLength(65_535);
  for (const [bytes, width] of [
    [bundle, 1],
    [bundle, 3],
    [bundle.slice(0, -1), 2],
    [Uint8Array.of(...bundle, 0), 2],
  ] as const)
    expect(() => parseEntries(bytes, width)).toThrow(/ledger\.malformed/);
  expect(() => encodeEntries([new Uint8Array(65_536)])).toThrow(RangeError);
});
