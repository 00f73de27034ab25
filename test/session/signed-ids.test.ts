import { expect, test } from "vitest";
import { idForLogs, SignedIds } from "../../src/session/signed-ids.ts";
import { ManualClock } from "../support/manual-clock.ts";

const KEY = "a secret of thirty-two characters";

test("an id is accepted for the identity that it was issued to, by every process with the same key", () => {
  const ids = new SignedIds({ key: KEY });
  const id = ids.issue({ id: "ada" });
  expect(id).toMatch(/^s1\.[0-9a-z]+\.[\w-]{22}\.[\w-]{43}$/);
  expect(id.length).toBeLessThanOrEqual(128);
  expect(new SignedIds({ key: KEY }).accepts(id, "ada")).toBe(true);
  expect([ids.accepts(id, "bob"), ids.accepts(id, undefined), new SignedIds().accepts(id, "ada")]).toEqual([
    false,
    false,
    false,
  ]);
  expect(ids.accepts(ids.issue(undefined), undefined)).toBe(true);
});

test("no two ids are alike", () => {
  const ids = new SignedIds();
  expect(new Set(Array.from({ length: 1000 }, () => ids.issue("ada"))).size).toBe(1000);
});

test("no changed, shortened or invented id is accepted", () => {
  const ids = new SignedIds({ key: KEY });
  const id = ids.issue("ada");
  for (let at = 0; at < id.length; at += 1) {
    // The last character of 43 holds two bits that no byte has: only a change of the others is a change.
    const other = id[at] === "A" ? "Q" : "A";
    expect([at, ids.accepts(id.slice(0, at) + other + id.slice(at + 1), "ada")]).toEqual([at, false]);
    expect(ids.accepts(id.slice(0, at), "ada")).toBe(false);
  }
  for (const invented of ["", "abc", "s1...", `${id}x`, `${id}.${id}`])
    expect(ids.accepts(invented, "ada")).toBe(false);
});

test("an id has to be used within an hour", () => {
  const clock = new ManualClock();
  const ids = new SignedIds({ clock });
  const id = ids.issue("ada");
  clock.advance(3_599_000);
  expect(ids.accepts(id, "ada")).toBe(true);
  clock.advance(2000);
  expect(ids.accepts(id, "ada")).toBe(false);
});

test("what of an id is written down gives no power over its session", () => {
  const ids = new SignedIds({ key: KEY });
  const id = ids.issue("ada");
  expect(id.startsWith(idForLogs(id))).toBe(true);
  expect(id.length - idForLogs(id).length).toBe(44);
  expect(ids.accepts(idForLogs(id), "ada")).toBe(false);
  expect(idForLogs("made-by-a-client")).toBe("made-by-a-client");
});
