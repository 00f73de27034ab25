import { expect, it } from "vitest";
import { TypedEvents } from "../../src/client/typed-events.ts";

it("calls the listeners of that event until they are taken off", () => {
  const events = new TypedEvents<{ number: number; text: string }>();
  const heard: unknown[] = [];
  const listener = (detail: unknown): void => void heard.push(detail);
  const off = [events.on("number", listener), events.on("number", listener)];
  events.emit("number", 1);
  off[0]?.();
  events.emit("number", 2);
  events.emit("text", "unheard");
  events.clear();
  events.emit("number", 3);
  expect(heard).toEqual([1, 1, 2]);
});
