import { expect, test } from "vitest";
import { reuseTurnCredentials, type TurnCredentials } from "../../src/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { turn } from "../support/turn.ts";

function setUp(seconds?: number) {
  const clock = new ManualClock();
  let count = 0;
  const state = { fails: false };
  const source = async (): Promise<TurnCredentials> => {
    count += 1;
    if (state.fails) throw new Error("no credentials today");
    return { iceServers: [{ urls: "turn:turn.example.com", username: `user ${count}`, credential: "x" }] };
  };
  const ask = reuseTurnCredentials(source, { clock, ...(seconds !== undefined && { seconds }) });
  const user = async (): Promise<string | undefined> => (await ask()).iceServers[0]?.username;
  return { clock, state, user, asked: () => count };
}

test("credentials are asked for once for peers that come at once or soon after", async () => {
  const { clock, user, asked } = setUp();
  expect(await Promise.all([user(), user(), user()])).toEqual(["user 1", "user 1", "user 1"]);
  clock.advance(149_000);
  expect([await user(), asked()]).toEqual(["user 1", 1]);
});

test("from half of their time on new ones are fetched behind the peer that asks", async () => {
  const { clock, user, asked } = setUp(100);
  await user();
  clock.advance(50_000);
  expect([await user(), asked()]).toEqual(["user 1", 2]);
  await turn();
  expect(await user()).toBe("user 2");
});

test("after their time nobody gets them, even when there are no new ones", async () => {
  const { clock, state, user } = setUp(100);
  await user();
  state.fails = true;
  clock.advance(60_000);
  expect(await user()).toBe("user 1");
  await turn();
  clock.advance(40_000);
  await expect(user()).rejects.toThrow("no credentials today");
  state.fails = false;
  expect(await user()).toBe("user 4");
});

test("a time that is none is refused", () => {
  expect(() => setUp(0)).toThrow(/above 0/);
  expect(() => setUp(Number.NaN)).toThrow(/above 0/);
});
