import { describe, expect, test } from "vitest";
import { AdditionalOutputs } from "../../src/session/additional-outputs.ts";
import { SessionOutputs } from "../../src/session/session-outputs.ts";

async function collect(outputs: AsyncIterable<AdditionalOutputs>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const { args } of outputs) values.push(args[0]);
  return values;
}

describe("the outputs of a session", () => {
  test("reach every reader, from its call on; the first one gets those before it, too", async () => {
    const outputs = new SessionOutputs();
    outputs.publish(new AdditionalOutputs(1));
    const first = collect(outputs.read());
    outputs.publish(new AdditionalOutputs(2));
    const second = collect(outputs.read());
    outputs.publish(new AdditionalOutputs(3));
    outputs.end();
    expect(await Promise.all([first, second])).toEqual([[1, 2, 3], [3]]);
    expect(await collect(outputs.read())).toEqual([]);
    expect(outputs.latest?.args).toEqual([3]);
  });

  test("wait for a slow reader, 256 of them, and the oldest are dropped", async () => {
    const outputs = new SessionOutputs();
    const reader = outputs.read();
    for (let index = 0; index < 300; index += 1) outputs.publish(new AdditionalOutputs(index));
    outputs.end();
    const values = await collect(reader);
    expect([values.length, values[0], values.at(-1)]).toEqual([256, 44, 299]);
  });

  test("are kept for the first reader even when it comes after the end", async () => {
    const outputs = new SessionOutputs();
    outputs.publish(new AdditionalOutputs(1));
    outputs.end();
    expect([await collect(outputs.read()), await collect(outputs.read())]).toEqual([[1], []]);
  });

  test("are read no more by a reader that leaves, even while it waits", async () => {
    const outputs = new SessionOutputs();
    const reader = outputs.read();
    const next = reader.next();
    expect(await reader.return?.()).toEqual({ done: true, value: undefined });
    expect(await next).toEqual({ done: true, value: undefined });
    outputs.publish(new AdditionalOutputs(1));
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  test("can be waited for one at a time", async () => {
    const outputs = new SessionOutputs();
    const next = outputs.next();
    outputs.publish(new AdditionalOutputs(1));
    expect((await next)?.args).toEqual([1]);
    const none = outputs.next();
    outputs.end();
    expect(await none).toBeUndefined();
  });
});
