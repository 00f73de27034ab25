import { describe, expect, test } from "vitest";
import { createHandlerFactory } from "../../src/handlers/create-handler-factory.ts";
import { StreamHandler } from "../../src/handlers/stream-handler.ts";
import { getCurrentContext } from "../../src/session/context.ts";
import { Session } from "../../src/session/session.ts";
import { HandlerRun } from "../support/handler-run.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { turn } from "../support/turn.ts";

type OnInputs = (handler: StreamHandler<[number]>, value: number) => void | Promise<void>;

class Told extends StreamHandler<[number]> {
  readonly #onInputs: OnInputs;
  readonly #onStartUp: (handler: StreamHandler<[number]>) => void;

  constructor(onInputs: OnInputs, onStartUp: (handler: StreamHandler<[number]>) => void = () => {}) {
    super();
    this.#onInputs = onInputs;
    this.#onStartUp = onStartUp;
  }

  override startUp(): void {
    this.#onStartUp(this);
  }

  receive(): void {}

  emit(): null {
    return null;
  }

  override onInputs(value: number): void | Promise<void> {
    return this.#onInputs(this, value);
  }

  copy(): Told {
    return new Told(this.#onInputs, this.#onStartUp);
  }
}

/** A handler in a session whose one input is 1 until it is set. */
function setUp(...calls: ConstructorParameters<typeof Told>): HandlerRun {
  return new HandlerRun(new Told(...calls), { modality: "audio", inputs: [1] });
}

describe("onInputs", () => {
  test("gets what was set, within the session, while that lasts, and what it throws is reported", async () => {
    const told: string[] = [];
    const peer = setUp((handler, value) => {
      told.push(`${getCurrentContext().webrtcId} ${value} ${String(handler.latestArgs[0])}`);
      if (value === 3) throw new Error("three is too many");
    });
    await turn();
    expect(told).toEqual([]); // The defaults are no news.
    for (const value of [2, 3, 4]) {
      peer.session.inputs.set([value]);
      await turn();
    }
    expect([told, peer.told]).toEqual([["peer 2 2", "peer 3 3", "peer 4 4"], ["error: three is too many"]]);
    await peer.end();
    peer.session.inputs.set([5]);
    await turn();
    expect(told).toHaveLength(3);
  });

  test("is called once at a time, and afterwards with the latest of what was set meanwhile", async () => {
    const told: number[] = [];
    const gates: (() => void)[] = [];
    const peer = setUp((_handler, value) => {
      told.push(value);
      return new Promise((resolve) => gates.push(resolve));
    });
    peer.session.inputs.set([2]);
    await turn();
    for (const value of [3, 4, 5]) peer.session.inputs.set([value]);
    await turn();
    expect(told).toEqual([2]);
    gates[0]?.();
    await turn();
    expect(told).toEqual([2, 5]);
    gates[1]?.();
    await turn();
    expect(told).toEqual([2, 5]);
    await peer.end();
  });

  test("is not called for what the handler sets itself, or it would never end", async () => {
    const told: number[] = [];
    const peer = setUp(
      (handler, value) => {
        told.push(value);
        handler.setArgs([value + 100]);
      },
      (handler) => handler.setArgs([0]),
    );
    await turn();
    expect(told).toEqual([]);
    peer.session.inputs.set([7]);
    await turn();
    expect([told, peer.session.inputs.latest]).toEqual([[7], [107]]);
    await peer.end();
  });

  test("is called at the beginning with what was set before the peer was connected", async () => {
    const told: number[] = [];
    const session = new Session({
      id: "peer",
      kind: "loopback",
      handler: createHandlerFactory({
        handler: new Told((_handler, value) => void told.push(value)),
        modality: "audio",
        mode: "send-receive",
        inputCount: 1,
      }).create(),
      initialInputs: [1],
      logger: new RecordingLogger(),
      clock: new ManualClock(),
      onEnd: () => {},
    });
    session.inputs.set([6]);
    session.connected();
    await turn();
    expect(told).toEqual([6]);
    await session.end("peer-left");
  });
});
