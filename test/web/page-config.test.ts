import { expect, it } from "vitest";
import { describeUi } from "../../src/ui/ui-args.ts";
import { deviceConstraints, type PageConfig, readPageConfig } from "../../web/src/page-config.ts";

/** As much of a document as the configuration needs. */
function documentWith(json: string | undefined): ParentNode {
  return { querySelector: () => (json === undefined ? null : { textContent: json }) } as unknown as ParentNode;
}

it("reads what the server put into the page", () => {
  const config = readPageConfig(documentWith('{"ui":{"title":"</script>"},"timeLimit":600,"modality":"audio"}'));
  expect(config).toMatchObject({ ui: { title: "</script>" }, timeLimit: 600, modality: "audio", mode: "send-receive" });
});

it("looks, where there is no server, as one looks of which nothing was said", () => {
  expect(readPageConfig(documentWith(undefined))).toMatchObject({ ui: describeUi({}), timeLimit: null });
});

it("knows which constraints are for which device", () => {
  const config = (modality: PageConfig["modality"], trackConstraints: unknown): PageConfig => ({
    ...readPageConfig(documentWith(undefined)),
    modality,
    trackConstraints: trackConstraints as MediaTrackConstraints | null,
  });
  expect(deviceConstraints(config("video", { width: 320 }), "video")).toEqual({ width: 320 });
  expect(deviceConstraints(config("audio-video", { video: { width: 320 } }), "video")).toEqual({ width: 320 });
  expect(deviceConstraints(config("audio-video", { video: { width: 320 } }), "audio")).toMatchObject({
    echoCancellation: true,
  });
  expect(deviceConstraints(config("video", null), "video")).toMatchObject({ frameRate: { ideal: 30 } });
  expect(deviceConstraints(config("audio", null), "audio")).toEqual({
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  });
});
