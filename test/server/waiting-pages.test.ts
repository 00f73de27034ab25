import { beforeEach, describe, expect, test } from "vitest";
import type { StreamPage } from "../../src/server/stream-page.ts";
import { WaitingPages } from "../../src/server/waiting-pages.ts";
import { ManualClock } from "../support/manual-clock.ts";

const KEEP_ALIVE = ": keep-alive\n\n";
const OPEN = "event: open_stream\ndata: \n\n";

describe("pages that wait for the server to start their stream", () => {
  let clock: ManualClock;
  let waiting: WaitingPages;
  let page: StreamPage;
  beforeEach(() => {
    clock = new ManualClock();
    waiting = new WaitingPages(clock);
    page = waiting.beside({ prepare: async () => {}, respond: async () => new Response("the page") });
  });

  const wait = async (query = ""): Promise<Response> => {
    const response = await page.respond("waiting", new Request(`http://localhost/waiting${query}`));
    if (!response) throw new Error("there is no answer");
    return response;
  };

  test("are told all at once, or by the name of their visitor, and wait no longer", async () => {
    const [lobby, door, nameless] = [await wait("?visitor=lobby"), await wait("?visitor=door"), await wait()];
    expect(lobby.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect([waiting.open("nobody"), waiting.open("door"), waiting.open("door")]).toEqual([0, 1, 0]);
    expect(await door.text()).toBe(KEEP_ALIVE + OPEN);
    expect([waiting.open(), waiting.open()]).toEqual([2, 0]);
    expect(await Promise.all([lobby.text(), nameless.text()])).toEqual([KEEP_ALIVE + OPEN, KEEP_ALIVE + OPEN]);
  });

  test("hear something every 15 seconds, and one that does not read is told nothing more until it does", async () => {
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = (await wait()).body?.getReader();
    const next = async (): Promise<string> => new TextDecoder().decode((await reader?.read())?.value);
    expect(await next()).toBe(KEEP_ALIVE);
    clock.advance(15_000);
    clock.advance(15_000);
    clock.advance(15_000);
    waiting.open();
    expect([await next(), await next()]).toEqual([KEEP_ALIVE, OPEN]);
  });

  test("are forgotten when they leave, and sent away when the stream is closed", async () => {
    const left = await wait();
    await left.body?.cancel();
    const stays = await wait();
    waiting.close();
    waiting.close();
    expect(await stays.text()).toBe(KEEP_ALIVE);
    expect(waiting.open()).toBe(0);
    clock.advance(60_000); // No timer is left that could say anything to either.
  });

  test("are refused with a name that is none, and asked to come again where too many wait", async () => {
    expect((await wait(`?visitor=${"x".repeat(201)}`)).status).toBe(400);
    for (let count = 0; count < 10_000; count++) await wait();
    expect((await wait()).status).toBe(503);
  });

  test("leave the page beside them as it is", async () => {
    expect(await (await page.respond("", new Request("http://localhost/")))?.text()).toBe("the page");
    expect([await page.covers?.("waiting"), await page.covers?.("anything")]).toEqual([true, true]);
  });
});
