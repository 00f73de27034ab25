import { describe, expect, it } from "vitest";
import { SERVER_SENT_KEEP_ALIVE, encodeServerSentEvent } from "../../src/protocol/server-sent-events.ts";
import { SeededRandom } from "../rtp/support/seeded-random.ts";

describe("a server-sent event", () => {
  it("is its data, and an empty line", () => {
    expect(encodeServerSentEvent({ data: '{"count":3}' })).toBe('data: {"count":3}\n\n');
  });

  it("has a name, an id and a delay when they are given", () => {
    expect(encodeServerSentEvent({ data: "x", event: "output", id: "7", retryMs: 0 })).toBe(
      "event: output\nid: 7\nretry: 0\ndata: x\n\n",
    );
  });

  it("keeps line breaks of every kind inside its data", () => {
    expect(encodeServerSentEvent({ data: "a\nb\r\nc\rd\n" })).toBe("data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
  });

  it("reaches a client that reads as the standard says, whatever the data", () => {
    const random = new SeededRandom(5);
    const pieces = ["\n", "\r", "\r\n", ":", " ", "data: ", "event: x", "\0", "\ufeff", "é💣", ""];
    for (let round = 0; round < 500; round += 1) {
      const data = Array.from({ length: random.integer(0, 12) }, () => random.pick(pieces)).join("");
      const stream = SERVER_SENT_KEEP_ALIVE + encodeServerSentEvent({ data, event: "output", id: "3" });
      expect(readEvents(stream)).toEqual([{ data: data.replaceAll(/\r\n|\r/g, "\n"), event: "output", id: "3" }]);
    }
  });

  it.each([
    { event: "a\nb" },
    { event: "a\r" },
    { id: "1\n" },
    { id: "\0" },
    { retryMs: -1 },
    { retryMs: 0.5 },
    { retryMs: Number.NaN },
  ])("is refused with %j", (fields) => {
    expect(() => encodeServerSentEvent({ data: "x", ...fields })).toThrow(
      expect.objectContaining({ code: "invalid_argument" }),
    );
  });
});

/** A reader that follows the steps of the HTML Standard §9.2.6 literally. */
function readEvents(stream: string): readonly object[] {
  const events: object[] = [];
  let data = "";
  let event = "";
  let id = "";
  for (const line of stream.split(/\r\n|\r|\n/).slice(0, -1)) {
    if (line === "") {
      if (data !== "") events.push({ data: data.slice(0, -1), event, id });
      data = "";
      event = "";
    } else if (!line.startsWith(":")) {
      const [field = "", rest = ""] = line.split(/:(.*)/s);
      const value = rest.startsWith(" ") ? rest.slice(1) : rest;
      if (field === "data") data += `${value}\n`;
      if (field === "event") event = value;
      if (field === "id" && !value.includes("\0")) id = value;
    }
  }
  return events;
}
