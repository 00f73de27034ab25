import { describe, expect, it } from "vitest";
import { architectureViolations } from "./support/architecture-rules.ts";
import { readSourceTree } from "./support/source-tree.ts";

describe("the architecture", () => {
  it("holds in every source file", () => {
    expect(architectureViolations(readSourceTree("src", "web", "examples", "bench"))).toEqual([]);
  });
});

it("each file of rtp/ names the specification that it implements, or what it stands in for", () => {
  const files = [...readSourceTree("src")].filter(([path]) => path.startsWith("src/rtp/"));
  expect(files.length).toBeGreaterThan(50);
  expect(
    files.filter(([, text]) => !/RFC \d{4}|draft-[a-z]+-|webrtc-stats|libwebrtc/.test(text)).map(([path]) => path),
  ).toEqual([]);
});

describe("the check of the architecture", () => {
  const CLEAN = `
    import { z } from "zod";
    import { invariant } from "../errors.ts";
    import type { Clock } from "../async/clock.ts";
    export interface Packet { readonly process: number; Date: string }
    export function age(packet: Packet, clock: Clock, fetch: () => number): number {
      invariant(packet.process > fetch(), "the word process in a string is not a use of it");
      return clock.nowMs() - new Date(packet.Date).getTime();
    }
  `;

  it("has nothing to say about clean code", () => {
    expect(
      violations({ "src/rtp/packet.ts": CLEAN, "src/errors.ts": "", "src/async/clock.ts": "performance.now()" }),
    ).toEqual([]);
  });

  const BROKEN: readonly (readonly [what: string, path: string, source: string, complaint: string])[] = [
    ["a leaf that imports its sibling", "src/rtp/a.ts", 'import "../media/b.ts";', "rtp may import errors, async"],
    ["a type imported from above", "src/media/a.ts", 'import type { S } from "../session/s.ts";', "media may import"],
    ["an inline import type", "src/media/a.ts", 'type S = import("../session/s.ts").S;', "media may import"],
    ["a re-export from above", "src/codecs/a.ts", 'export { S } from "../session/s.ts";', "codecs may import"],
    ["a dynamic import from above", "src/session/a.ts", 'await import("../codecs/c.ts");', "session may import"],
    ["an import of what is computed", "src/session/a.ts", "await import(name);", "computed"],
    [
      "a handler that knows a transport",
      "src/handlers/a.ts",
      'import "../transports/webrtc/b.ts";',
      "handlers may import",
    ],
    ["a transport that knows a handler", "src/transports/webrtc/a.ts", 'import "../../handlers/b.ts";', "may import"],
    ["transports that know each other", "src/transports/webrtc/a.ts", 'import "../websocket/b.ts";', "may import"],
    ["a server that knows the stream", "src/server/a.ts", 'import "../stream.ts";', "server may import"],
    ["a client that knows the server", "src/client/a.ts", 'import "../server/b.ts";', "client may import"],
    ["a client that needs Node", "src/client/a.ts", "Buffer.from([]);", "browser"],
    ["a folder without a rule", "src/utils/a.ts", 'import "../errors.ts";', "no rule yet"],
    ["a source that imports a test", "src/stream.ts", 'import "../test/a.ts";', "outside src/"],
    ["an example that reaches inside", "examples/a.ts", 'import "../src/stream.ts";', "public doors"],
    ["a bench that reaches inside", "bench/parts/a.ts", 'import "../../src/stream.ts";', "public doors"],
    [
      "a page that reaches past the client",
      "web/src/a.tsx",
      'import "../../src/server/b.ts";',
      "nothing but the client",
    ],
    ["a page that reaches into the client", "web/src/a.tsx", 'import "../../src/client/link.ts";', "public door"],
    ["a pure folder with a node: import", "src/rtp/a.ts", 'import { randomBytes } from "node:crypto";', "rtp is pure"],
    ["a pure folder with a builtin without node:", "src/rtp/a.ts", 'import "crypto";', "rtp is pure"],
    ["a pure folder with Buffer", "src/media/a.ts", "Buffer.alloc(1);", "uses Buffer.alloc"],
    ["a pure folder with Buffer as a type", "src/media/a.ts", "let a: Buffer;", "uses Buffer"],
    ["a pure folder with the environment", "src/ui/a.ts", "process.env.A;", "uses process.env"],
    ["a pure folder with the wall clock", "src/rtp/a.ts", "Date.now();", "uses Date.now"],
    ["a pure folder with a new Date", "src/rtp/a.ts", "new Date();", "uses Date()"],
    ["a pure folder with the monotonic clock", "src/rtp/a.ts", "performance.now();", "uses performance.now"],
    ["a pure folder with randomness", "src/rtp/a.ts", "Math.random();", "uses Math.random"],
    ["a pure folder with a timer", "src/async/a.ts", "setTimeout(() => {}, 1);", "uses setTimeout"],
    ["a pure folder with the network", "src/protocol/a.ts", 'fetch("");', "uses fetch"],
    ["a clock read above the leaves", "src/session/a.ts", "Date.now();", "take a Clock"],
    ["node-av outside codecs", "src/transports/webrtc/a.ts", 'import "node-av/api";', "imports node-av"],
    [
      "node-datachannel outside its files",
      "src/transports/webrtc/a.ts",
      'import "node-datachannel";',
      "imports node-datachannel",
    ],
  ];
  it.each(BROKEN)("reports %s", (_what, path, source, complaint) => {
    expect(violations({ [path]: source })).toEqual([expect.stringContaining(complaint)]);
  });

  it("reports an import cycle once, types included", () => {
    expect(
      violations({
        "src/rtp/a.ts": 'import "./b.ts";',
        "src/rtp/b.ts": 'import type { C } from "./c.ts";',
        "src/rtp/c.ts": 'export * from "./a.ts";',
      }),
    ).toEqual(["import cycle: src/rtp/a.ts -> src/rtp/b.ts -> src/rtp/c.ts -> src/rtp/a.ts"]);
  });
});

function violations(files: Readonly<Record<string, string>>): readonly string[] {
  return architectureViolations(new Map(Object.entries(files)));
}
