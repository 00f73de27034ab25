import { expect, test } from "vitest";
import { SessionTokens } from "../../src/session/session-tokens.ts";
import { Session } from "../../src/session/session.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { ManualClock } from "../support/manual-clock.ts";

const sessionOf = (id: string): Session =>
  new Session({
    id,
    kind: "loopback",
    handler: {},
    logger: new RecordingLogger(),
    clock: new ManualClock(),
    onEnd: () => undefined,
  });

test("a session's token is accepted once for each attempt, in rising order", () => {
  const tokens = new SessionTokens();
  const session = sessionOf("peer");
  const token = tokens.issue(session);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(tokens.issue(session)).toBe(token);
  const attempts = [1, 1, 3, 2, 4].map((attempt) => tokens.accepts(session, { session: token, attempt }));
  expect(attempts).toEqual([true, false, true, false, true]);
});

test("no other token is accepted: of another session, of an earlier one with the same id, of another process, or none", () => {
  const tokens = new SessionTokens();
  const [session, earlier, other] = [sessionOf("peer"), sessionOf("peer"), sessionOf("other")];
  const token = tokens.issue(session);
  const wrong = [
    tokens.issue(earlier),
    tokens.issue(other),
    new SessionTokens().issue(session),
    "",
    token.slice(1),
    `${token}A`,
    "ä".repeat(43),
  ];
  expect(wrong.map((shown) => tokens.accepts(session, { session: shown, attempt: 9 }))).toEqual(wrong.map(() => false));
  expect(tokens.accepts(sessionOf("new"), { session: token, attempt: 9 })).toBe(false);
  // A wrong token does not use up an attempt.
  expect(tokens.accepts(session, { session: token, attempt: 1 })).toBe(true);
});

test("tokens depend on the key, the session's number and its id", () => {
  const fixed = (key: number, nonce: number, id: string): string =>
    new SessionTokens({ key: new Uint8Array(32).fill(key), nonce: () => new Uint8Array(16).fill(nonce) }).issue(
      sessionOf(id),
    );
  const all = [fixed(1, 1, "a"), fixed(2, 1, "a"), fixed(1, 2, "a"), fixed(1, 1, "b")];
  expect(new Set(all).size).toBe(4);
  expect(fixed(1, 1, "a")).toBe(all[0]);
});
