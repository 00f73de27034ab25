import { expect, it } from "vitest";
import { addToast, removeToast, type Toast } from "../../web/src/toasts.ts";

it("counts what is said again instead of saying it again", () => {
  let toasts: readonly Toast[] = [];
  for (let frame = 0; frame < 300; frame += 1) toasts = addToast(toasts, "error", "division by zero");
  expect(toasts).toEqual([{ id: 1, tone: "error", text: "division by zero", count: 300 }]);
});

it("keeps three, and the oldest goes", () => {
  let toasts: readonly Toast[] = [];
  for (const text of ["a", "b", "c", "d"]) toasts = addToast(toasts, "error", text);
  expect(toasts.map(({ text }) => text)).toEqual(["b", "c", "d"]);
});

it("never gives one id to two that stand together", () => {
  const two = addToast(addToast([], "error", "a"), "warning", "a");
  const [first] = two;
  const three = addToast(removeToast(two, first?.id ?? 0), "error", "b");
  expect(new Set(three.map(({ id }) => id)).size).toBe(2);
});
