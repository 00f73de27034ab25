import { expect, test } from "vitest";
import { FastRtcError } from "../../src/errors.ts";
import { resolveRtcConfiguration } from "../../src/session/rtc-configuration.ts";
import { parseStreamOptions } from "../../src/stream-options.ts";

/** Why these options are refused. */
function refusal(options: object): string | undefined {
  try {
    parseStreamOptions({ handler: () => undefined, modality: "video", ...options });
    return undefined;
  } catch (thrown) {
    return thrown instanceof FastRtcError ? thrown.message : `not a FastRtcError: ${String(thrown)}`;
  }
}

test.each([
  [{ rtcConfiguration: { iceserver: [] } }, 'nobody reads "iceserver". Did you mean iceServers?'],
  [{ serverRtcConfiguration: { iceTransportPolice: "all" } }, "Did you mean iceTransportPolicy?"],
  [{ rtcConfiguration: { iceServers: [{ urls: "stun:a.example", usrname: "u" }] } }, "Did you mean username?"],
  [{ rtcConfiguration: { iceServers: [{ urls: "turn:a.example" }] } }, 'needs a "username" and a "credential"'],
  [{ rtcConfiguration: { iceServers: [{ urls: ["stun:a", "turns:a"], username: "u" }] } }, 'and a "credential"'],
  [{ rtcConfiguration: { iceServers: [{ urls: "http://a.example" }] } }, 'an ICE server\'s URL begins with "stun:"'],
  [{ rtcConfiguration: 7 }, "an object like { iceServers:"],
  [{ additionalOutputsHandler: () => 1 }, "it makes what additionalOutputs show, and would never run without them"],
  [{ timeLimt: 5 }, 'There is no option "timeLimt". Did you mean timeLimit?'],
  [{ concurrency_limit: 5 }, 'There is no option "concurrency_limit". Did you mean concurrencyLimit?'],
])("the options %j are refused with a sentence that helps", (options, sentence) => {
  expect(refusal(options)).toContain(sentence);
});

test("what browsers know besides is left to them, and TURN with both its credentials is taken", () => {
  const iceServers = [{ urls: "turn:a.example", username: "u", credential: "c", credentialType: "password" }];
  const { rtcConfiguration } = parseStreamOptions({
    handler: () => undefined,
    modality: "video",
    rtcConfiguration: { iceServers, bundlePolicy: "max-bundle" },
  });
  expect(rtcConfiguration).toEqual({ iceServers: [{ urls: "turn:a.example", username: "u", credential: "c" }] });
});

test("what a function returns is held to the same", async () => {
  await expect(resolveRtcConfiguration(() => ({ iceserver: [] }))).rejects.toThrow("Did you mean iceServers?");
});
