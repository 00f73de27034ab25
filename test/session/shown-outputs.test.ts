import { expect, test } from "vitest";
import { MessageJoiner } from "../../src/protocol/message-pieces.ts";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { getCurrentContext } from "../../src/session/context.ts";
import { Session } from "../../src/session/session.ts";
import { ShownOutputs, type ShownOutputsOptions } from "../../src/session/shown-outputs.ts";
import { chatbot } from "../../src/ui/chatbot.ts";
import { number } from "../../src/ui/number.ts";
import { state } from "../../src/ui/state.ts";
import { textbox } from "../../src/ui/textbox.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { RecordingTransport } from "../support/recording-transport.ts";
import { turns } from "../support/turns.ts";

function setUp(options: Partial<ShownOutputsOptions>, initialInputs: readonly unknown[] = []) {
  const logger = new RecordingLogger();
  const transport = new RecordingTransport();
  const session = new Session({
    id: "peer",
    kind: "loopback",
    handler: {},
    initialInputs,
    logger,
    clock: new ManualClock(),
    onEnd: () => {},
  });
  session.attach(transport);
  const shown = new ShownOutputs(session, { inputs: [], outputs: [], ...options });
  const joiner = new MessageJoiner();
  /** What the page was told to show, in order. */
  const pages = (): unknown[] =>
    transport.messages.flatMap((message) => {
      const text = message.type === "custom" ? joiner.push(message.text) : undefined;
      return text === undefined ? [] : [(JSON.parse(text) as { data: unknown }).data];
    });
  return {
    session,
    shown,
    pages,
    logger,
    transport,
    give: (...values: unknown[]) => session.outputs.publish(new AdditionalOutputs(...values)),
  };
}

test("the handler gets what is shown and what was given, and runs within the session", async () => {
  const calls: unknown[] = [];
  const { shown, give, pages } = setUp({
    outputs: [number({ value: 1 }), textbox()],
    handler: async (...args) => {
      calls.push([getCurrentContext().webrtcId, ...args]);
      return [(args[0] as number) + (args[2] as number), `+${String(args[2])}`];
    },
  });
  give(2); // Before the page has asked.
  shown.begin();
  shown.begin();
  await turns();
  give(4);
  await turns();
  expect(calls).toEqual([
    ["peer", 1, "", 2],
    ["peer", 3, "+2", 4],
  ]);
  expect(pages()).toEqual([
    [3, "+2"],
    [7, "+4"],
  ]);
});

test("one output alone is given its value, and without a handler what was given is shown", async () => {
  const one = setUp({ outputs: [textbox()], handler: (_shown, given) => `<${String(given)}>` });
  one.shown.begin();
  one.give("a");
  await turns();
  expect(one.pages()).toEqual([["<a>"]]);
  const asIs = setUp({ outputs: [number(), textbox()] });
  asIs.shown.begin();
  asIs.give(5, "five");
  await turns();
  expect(asIs.pages()).toEqual([[5, "five"]]);
});

test("what the handler throws and what cannot be shown is reported, and the next output is shown", async () => {
  const { shown, give, pages, logger, transport } = setUp({
    outputs: [number()],
    handler: (_shown, given) => {
      if (given === "throw") throw new Error("not today");
      return given;
    },
  });
  shown.begin();
  for (const value of ["throw", "no number", 3]) give(value);
  await turns();
  expect(pages()).toEqual([[3]]);
  expect(logger.at("error")).toHaveLength(2);
  expect(transport.messages.filter(({ type }) => type === "error")).toMatchObject([
    { data: "not today" },
    { data: expect.stringContaining("number") },
  ]);
});

test("a component that is an input as well has its new value as input, and the visitor's as what is shown", async () => {
  const chat = chatbot();
  const { session, shown, give, pages } = setUp(
    {
      inputs: [textbox(), chat],
      outputs: [chat],
      handler: (messages, text) => [...(messages as object[]), { role: "user", content: text }],
    },
    ["", []],
  );
  shown.begin();
  give("hi");
  await turns();
  expect(session.inputs.latest).toEqual(["", [{ role: "user", content: "hi" }]]);
  expect(session.inputs.setCount).toBe(0);
  session.inputs.set(["", []]); // The visitor has cleared it.
  give("again");
  await turns();
  expect(pages().at(-1)).toEqual([[{ role: "user", content: "again" }]]);
});

test("a state is kept and not sent, and a long value arrives in pieces", async () => {
  const { shown, give, pages, transport } = setUp({
    outputs: [state({ value: { count: 0 } }), textbox()],
    handler: (kept) => {
      const { count } = kept as { count: number };
      return [{ count: count + 1 }, "x".repeat(40_000) + String(count)];
    },
  });
  shown.begin();
  give();
  give();
  await turns();
  expect(pages().map((page) => [(page as unknown[])[0], String((page as unknown[])[1]).length])).toEqual([
    [null, 40_001],
    [null, 40_001],
  ]);
  expect(transport.messages.length).toBe(4);
});

test("nothing is shown before the page asks, nor after the session", async () => {
  const { session, shown, give, pages } = setUp({ outputs: [number()] });
  give(1);
  await turns();
  expect(pages()).toEqual([]);
  await session.end("peer-left");
  shown.begin();
  await turns();
  give(2);
  await turns();
  expect(pages()).toEqual([]);
});

test("a page that asks again is told how things stand", async () => {
  const { shown, give, pages } = setUp({ outputs: [number()] });
  shown.begin();
  shown.begin();
  give(1);
  await turns();
  shown.begin();
  expect(pages()).toEqual([[1], [1]]);
});
