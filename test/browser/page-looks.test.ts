import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  AdditionalOutputs,
  audio,
  button,
  chatbot,
  checkbox,
  code,
  dropdown,
  type EmittedAudio,
  file,
  gallery,
  html,
  image,
  json,
  label,
  markdown,
  number,
  plot,
  radio,
  slider,
  Stream,
  StreamHandler,
  textbox,
  type UiArgs,
  type VideoFrame,
} from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { type LaunchedChromium, launchChromium } from "./chromium.ts";
import { isIdle, isLive, start, visitPages } from "./visited-pages.ts";

const pages = visitPages(() => ({ args: ["--use-fake-device-for-media-stream=fps=30,device-count=2"] }));
const logger = new RecordingLogger();
const video = (uiArgs: UiArgs = {}): Pick<Stream, "ui"> =>
  new Stream({ handler: (frame: VideoFrame) => frame, modality: "video", timeLimit: 60, uiArgs, logger });
/** Hears and says nothing. */
class Silent extends StreamHandler {
  override copy(): Silent {
    return new Silent();
  }
  override receive(): void {}
  override emit(): Promise<EmittedAudio> {
    return new Promise(() => {});
  }
}

const silent = (uiArgs: UiArgs): Pick<Stream, "ui"> =>
  new Stream({ modality: "audio", handler: new Silent(), uiArgs, logger });

/** A red dot as PNG. */
const DOT =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

/** Every kind of input and of output, with something in each. */
function everyField(): Pick<Stream, "ui"> {
  const values = [
    3,
    { cat: 0.7, dog: 0.3 },
    { kind: "line", title: "Load", series: [{ name: "a", x: [0, 1], y: [1, 4] }] },
    "## Found\n- **three** [cats](https://example.com) `x`",
    { a: 1 },
    "<table><tr><th>Name</th><td>Ann</td></tr></table>",
    [[DOT, "a dot"]],
    0.4,
    "let x;",
    DOT,
    null,
    [{ role: "user", content: "Hello" }],
  ];
  let given = false;
  return new Stream({
    modality: "video",
    handler: (frame: VideoFrame) => {
      if (given) return frame;
      given = true;
      return [frame, new AdditionalOutputs(...values)];
    },
    additionalInputs: [
      slider({ label: "Level", maximum: 1, step: 0.1, info: "How sure it has to be." }),
      number({ label: "Count" }),
      textbox({ label: "Name" }),
      textbox({ lines: 3 }),
      checkbox({ label: "Wanted" }),
      radio({ label: "Size", choices: ["small", "large"] }),
      dropdown({ label: "Model", choices: ["small", "large"] }),
      dropdown({ choices: ["a", "b"], multiselect: true }),
      image({ label: "Style" }),
      file(),
      json({ value: {} }),
      code(),
      button({ label: "Reset", variant: "stop" }),
    ],
    additionalOutputs: [
      number({ label: "Frames" }),
      label({ label: "Class" }),
      plot(),
      markdown(),
      json(),
      html(),
      gallery(),
      slider({ maximum: 1 }),
      code(),
      image({ label: "Picture" }),
      audio(),
      chatbot(),
    ],
    uiArgs: { sendInputOn: "submit" },
    logger,
  });
}

/** What axe finds wrong, by the rules of WCAG 2.2 A and AA and its own advice, with the elements at fault. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => {
    const { axe: here } = globalThis as unknown as { axe: typeof axe };
    return here.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
  });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html: markup }) => markup).join(" ")}`);
}

const overhang = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const PAGES: readonly (readonly [what: string, stream: () => Pick<Stream, "ui">])[] = [
  ["of pictures", () => video({ subtitle: { html: 'With <a href="/more">more</a>.' } })],
  ["of pictures that fill the window", () => video({ fullScreen: true })],
  ["of sound", () => silent({})],
  [
    "with an icon and tabs",
    () =>
      silent({
        icon: "<svg viewBox='0 0 1 1'/>",
        tabs: [
          { label: "Voice", href: "./" },
          { label: "Video", href: "../b/" },
        ],
      }),
  ],
  ["with a conversation", () => silent({ variant: "textbox" })],
  ["with every input and output", everyField],
];

test.each(PAGES)(
  "a page %s has nothing that axe objects to and fits, light and dark, 1280 and 390 wide, from left to right or back",
  async (_what, stream) => {
    const page = await pages.open(stream(), { colorScheme: "light", viewport: { width: 1280, height: 800 } });
    const dark = async (): Promise<void> => {
      await page.emulateMedia({ colorScheme: "dark" });
      await page.setViewportSize({ width: 390, height: 844 });
    };
    expect(await violations(page)).toEqual([]);
    await start(page);
    await isLive(page);
    await page.locator('.stats[data-visible="true"]').waitFor();
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    expect([await violations(page), await overhang(page)]).toEqual([[], 0]);
    await dark();
    expect([await violations(page), await overhang(page)]).toEqual([[], 0]);
    await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
    expect(await overhang(page)).toBe(0);
    await page.reload(); // Before anything has begun.
    expect(await violations(page)).toEqual([]);
  },
);

describe("the look that a stream asks for", () => {
  test("has its title hidden but told, and its own words on the button and in the sentence", async () => {
    const page = await pages.open(
      video({ title: "Mirror", hideTitle: true, subtitle: "Gone", buttonLabels: { start: "Go" } }),
    );
    expect(await page.title()).toBe("Mirror");
    expect((await page.getByRole("heading", { name: "Mirror" }).boundingBox())?.width).toBe(1);
    expect(await page.getByText("Gone").count()).toBe(0);
    await page.getByText("Press “Go” to send your camera").waitFor();
    await page.getByRole("button", { name: "Go", exact: true }).click();
    await isLive(page);
  });

  test("has markup below the title, without what runs or loads", async () => {
    const requested: string[] = [];
    const markup =
      '<b id="bold">Bold</b><script>document.title="broken"</script><img src="https://example.com/x.png" onerror="document.title=\'broken\'">' +
      '<a href="javascript:document.title=\'broken\'">link</a><iframe src="/"></iframe><form><input></form>';
    const page = await pages.open(video({ subtitle: { html: markup } }));
    page.on("requestfinished", (request) => requested.push(request.url()));
    const subtitle = page.locator(".subtitle");
    expect(await subtitle.innerHTML()).toBe(
      '<b id="bold">Bold</b><img src="https://example.com/x.png"><a target="_blank" rel="noopener noreferrer">link</a>',
    );
    await subtitle.getByText("link").click();
    const elsewhere = requested.filter((url) => !url.startsWith(page.url())); // Its own picture for the tab may still come.
    expect([await page.title(), elsewhere]).toEqual(["FastRTC", []]);
  });

  test("fills the window with the stream, its buttons within", async () => {
    const page = await pages.open(video({ fullScreen: true }), { viewport: { width: 1000, height: 700 } });
    await start(page);
    await isLive(page);
    expect(await page.locator(".stage").boundingBox()).toEqual({ x: 0, y: 0, width: 1000, height: 700 });
    const stop = await page.getByRole("button", { name: "Stop" }).boundingBox();
    expect((stop?.y ?? 0) + (stop?.height ?? 700)).toBeLessThan(700);
    await page.getByRole("button", { name: "Stop" }).click();
    await isIdle(page);
  });

  test("has tabs, of which the page's own is marked", async () => {
    const page = await pages.open(
      video({
        tabs: [
          { label: "Here", href: "./" },
          { label: "There", href: "./there/" },
        ],
      }),
    );
    const tabs = page.getByRole("navigation", { name: "Streams" }).getByRole("link");
    expect(
      await tabs.evaluateAll((all) => all.map((tab) => [tab.textContent, tab.getAttribute("aria-current")])),
    ).toEqual([
      ["Here", "page"],
      ["There", null],
    ]);
  });
});

test("a screen is shared in place of the camera, unmirrored, and then the camera again", async () => {
  const page = await pages.open(video());
  await start(page);
  await isLive(page);
  const share = page.getByRole("button", { name: "Share screen" });
  const own = (): Promise<unknown> =>
    page.locator(".own-video").evaluate((element) => {
      const stream = (element as HTMLVideoElement).srcObject as MediaStream;
      const surface = stream.getVideoTracks()[0]?.getSettings().displaySurface;
      return [surface !== undefined, element.dataset["mirrored"]];
    });
  expect(await own()).toEqual([false, "true"]);
  await share.click();
  await expect.poll(() => share.getAttribute("aria-pressed")).toBe("true");
  await expect.poll(own).toEqual([true, "false"]);
  await share.click();
  await expect.poll(() => share.getAttribute("aria-pressed")).toBe("false");
  await expect.poll(own).toEqual([false, "true"]);
});

describe("a blocked device", () => {
  let strict: LaunchedChromium;
  beforeAll(async () => {
    strict = await launchChromium({ args: ["--use-fake-ui-for-media-stream=deny"] });
  });
  afterAll(() => strict[Symbol.asyncDispose]());

  test.each([
    ["the camera", video],
    ["the microphone with an icon", () => silent({ icon: "<svg viewBox='0 0 1 1'/>" })],
    ["the microphone with a conversation", () => silent({ variant: "textbox" })],
  ] as const)("%s is told with its way out, and nothing that axe objects to", async (_what, stream) => {
    const page = await pages.open(stream(), { viewport: { width: 390, height: 844 } }, strict);
    await start(page);
    const card = page.getByRole("alert");
    await card.getByRole("listitem").nth(2).waitFor();
    expect([await violations(page), await overhang(page)]).toEqual([[], 0]);
    await card.getByRole("button", { name: "Try again" }).click();
    await card.getByRole("heading", { name: /is blocked/ }).waitFor();
  });
});
