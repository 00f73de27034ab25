import { describe, expect, it } from "vitest";
import { bestChallenge, writeCredentials } from "../../../src/protocol/sip/digest.ts";
import { parseSipMessage } from "../../../src/protocol/sip/parse-sip-message.ts";
import type { SipRequest } from "../../../src/protocol/sip/sip-message.ts";
import { digestHash } from "../../../src/transports/sip/authorized-request.ts";
import { Gatekeeper } from "../../../src/transports/sip/gatekeeper.ts";
import type { SipAddress } from "../../../src/transports/sip/sip-address.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { invite } from "../../protocol/sip/torture-messages.ts";

const from = (address: string): SipAddress => ({ transport: "udp", address, port: 5060 });
const STRANGER = from("198.51.100.66");
const URI = "sip:bob@biloxi.example.com";

function request(authorization?: string): SipRequest {
  const message = parseSipMessage(invite({ headers: { Authorization: authorization } }));
  if (message.type !== "request") throw new Error(message.type);
  return message;
}

function gate(
  options: { readonly allow?: readonly string[] | "anyone"; readonly users?: Record<string, string> } = {},
) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const { allow = [], users = {} } = options;
  const keeper = new Gatekeeper({ allow, users: new Map(Object.entries(users)), realm: "fastrtc", clock, logger });
  /** What is said to a request without a password. */
  const challenge = (source = STRANGER) => {
    const screening = keeper.screen(request(), source);
    if (screening.type !== "reply") throw new Error(screening.type);
    const found = bestChallenge((screening.reply.headers ?? []).map(([, value]) => value));
    if (!found) throw new Error("no challenge");
    return found;
  };
  const prove = (password: string, source = STRANGER, asked = challenge(source), uri = URI): string =>
    keeper.screen(
      request(
        writeCredentials(
          asked,
          { username: "ann", password, method: "INVITE", uri, cnonce: "c", count: 1 },
          digestHash,
        ),
      ),
      source,
    ).type;
  return { clock, logger, keeper, challenge, prove };
}

describe("who may call", () => {
  it("is, without anything said, nobody: strangers get no answer, and the log says what to do, once a minute", () => {
    const { keeper, clock, logger } = gate();
    for (let index = 0; index < 100; index += 1) expect(keeper.screen(request(), STRANGER)).toEqual({ type: "ignore" });
    clock.advance(60_000);
    keeper.screen(request(), STRANGER);
    expect(logger.at("warn")).toEqual([
      'a SIP request of 198.51.100.66 was passed over: name it in "allow", or "users" with passwords, to take its calls',
      'a SIP request of 198.51.100.66 was passed over (and 99 more since the last line like this): name it in "allow", or "users" with passwords, to take its calls',
    ]);
  });

  it("is who calls from an address or a network that is named", () => {
    const { keeper } = gate({ allow: ["203.0.113.0/24", "2001:db8::/32", "192.0.2.7"] });
    const verdicts = ["203.0.113.99", "203.0.114.1", "2001:db8:1::5", "2001:db9::1", "192.0.2.7", "192.0.2.8"].map(
      (address) => keeper.screen(request(), from(address)).type,
    );
    expect(verdicts).toEqual(["accept", "ignore", "accept", "ignore", "accept", "ignore"]);
  });

  it("is anyone where that is wanted", () => {
    expect(gate({ allow: "anyone" }).keeper.screen(request(), STRANGER)).toEqual({ type: "accept" });
  });

  it("is who knows a password, with either hash", () => {
    const { prove, keeper } = gate({ users: { ann: "secret" } });
    expect(prove("secret")).toBe("accept");
    const screening = keeper.screen(request(), STRANGER);
    expect(
      screening.type === "reply" &&
        screening.reply.headers?.map(([name, value]) => [name, /algorithm=(\S+),/.exec(value)?.[1]]),
    ).toEqual([
      ["WWW-Authenticate", "SHA-256"],
      ["WWW-Authenticate", "MD5"],
    ]);
  });

  it("is not who guesses, nor who took an answer from elsewhere", () => {
    const { prove, challenge } = gate({ users: { ann: "secret" } });
    expect(prove("wrong")).toBe("reply");
    expect(prove("secret", from("198.51.100.67"), challenge())).toBe("reply");
    expect(prove("secret", STRANGER, { ...challenge(), nonce: "made-up" })).toBe("reply");
    expect(prove("secret", STRANGER, challenge(), "sip:other@biloxi.example.com")).toBe("reply");
  });

  it("is asked again when the nonce is older than a minute, and told that only that was wrong", () => {
    const { clock, keeper, challenge, prove } = gate({ users: { ann: "secret" } });
    const old = challenge();
    expect(old.isStale).toBe(false);
    clock.advance(60_001);
    const screening = keeper.screen(
      request(
        writeCredentials(
          old,
          { username: "ann", password: "secret", method: "INVITE", uri: URI, cnonce: "c", count: 1 },
          digestHash,
        ),
      ),
      STRANGER,
    );
    const again = bestChallenge(
      screening.type === "reply" ? (screening.reply.headers ?? []).map(([, value]) => value) : [],
    );
    expect(again?.isStale).toBe(true);
    expect(prove("secret", STRANGER, again)).toBe("accept");
  });

  it("gets few answers before it is known: four wrong passwords, then one in three seconds", () => {
    const { keeper, clock, challenge, prove } = gate({ users: { ann: "secret" } });
    const asked = challenge();
    const verdicts = Array.from({ length: 6 }, () => prove("wrong", STRANGER, asked));
    expect(verdicts).toEqual(["reply", "reply", "reply", "ignore", "ignore", "ignore"]);
    expect(keeper.screen(request(), from("198.51.100.99")).type).toBe("reply");
    clock.advance(3000);
    expect(prove("wrong", STRANGER, asked)).toBe("reply");
    expect(prove("secret", STRANGER, asked)).toBe("accept");
  });
});
