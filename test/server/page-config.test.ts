import { expect, test } from "vitest";
import { pageConfigOf } from "../../src/server/page-config.ts";
import { slider } from "../../src/ui/slider.ts";
import { describeUi } from "../../src/ui/ui-args.ts";
import { version } from "../../src/version.ts";

test("the page is told what its stream was told, and leaves what suits a device to itself where nothing was said", () => {
  const level = slider({ label: "Level" });
  const page = pageConfigOf(
    { modality: "audio", mode: "send", additionalInputs: [level], additionalOutputs: [level], uiArgs: {} },
    { iceServers: [{ urls: "stun:example.org" }] },
  );
  expect(page).toEqual({
    version,
    ui: describeUi({}),
    modality: "audio",
    mode: "send",
    rtcConfiguration: { iceServers: [{ urls: "stun:example.org" }] },
    trackConstraints: null,
    rtpParams: { degradationPreference: "maintain-framerate" },
    timeLimit: null,
    additionalInputs: [level.descriptor],
    additionalOutputs: [{ component: level.descriptor, inputIndex: 0 }],
  });
});

test("what was said goes to the page as it is", () => {
  const said = {
    trackConstraints: { width: 320 },
    rtpParams: { degradationPreference: "balanced" },
    timeLimit: 60,
  } as const;
  const uiArgs = { title: "Mine", subtitle: "for you", sendInputOn: "submit" } as const;
  const page = pageConfigOf(
    { ...said, modality: "video", mode: "receive", additionalInputs: [], additionalOutputs: [], uiArgs },
    null,
  );
  expect(page).toMatchObject({ ...said, ui: uiArgs, rtcConfiguration: null });
});
