import { expect, it } from "vitest";
import { createWebrtcId } from "../../src/client/webrtc-id.ts";

it("is a random UUID, other each time", () => {
  const ids = Array.from({ length: 100 }, () => createWebrtcId());
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(new Set(ids).size).toBe(100);
});
