import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  AdditionalOutputs,
  audio,
  button,
  chatbot,
  checkbox,
  code,
  dropdown,
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
  state,
  Stream,
  textbox,
} from "../../src/index.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { visitPages } from "./visited-pages.ts";

const pages = visitPages();

const record = (page: Page): Promise<void> => page.getByRole("button", { name: "Record" }).click();
const outputText = (page: Page, type: string): Promise<string> =>
  page.locator(`.panel-outputs [data-type="${type}"]`).innerText();

/** A red dot as PNG. */
const DOT =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

/** Tells its inputs as JSON whenever they have changed. */
function tellingStream(sendInputOn: "change" | "submit") {
  return new Stream({
    modality: "video",
    mode: "send",
    additionalInputs: [
      slider({ label: "Level", maximum: 1, step: 0.25 }),
      number({ label: "Count", value: 3 }),
      textbox({ label: "Name" }),
      checkbox({ label: "Wanted" }),
      radio({ label: "Size", choices: ["small", "large"], value: "small" }),
      dropdown({
        label: "Number",
        choices: [
          ["one", 1],
          ["two", 2],
        ],
        value: 1,
      }),
      dropdown({ label: "Many", choices: ["a", "b", "c"], multiselect: true, maxChoices: 2 }),
      button({ label: "Press" }),
      json({ label: "Data", value: {} }),
      code({ label: "Program" }),
      file({ label: "Document" }),
      state({ value: "hidden" }),
    ],
    additionalOutputs: [textbox({ label: "Told" })],
    handler: (_frame, ...inputs) => new AdditionalOutputs(inputs),
    additionalOutputsHandler: (_shown, inputs: readonly unknown[]) =>
      JSON.stringify(inputs, (key, value: unknown) => (key === "url" ? `${String(value).length} characters` : value)),
    uiArgs: { sendInputOn },
    logger: new RecordingLogger(),
  });
}

describe("the page's inputs", () => {
  test("reach the handler as they are changed, with the types of their components", async () => {
    const page = await pages.open(tellingStream("change"));
    await page.getByLabel("Level").fill("0.75"); // Before the session: it begins with this.
    await record(page);
    const told = (): Promise<unknown> =>
      outputText(page, "textbox").then((text): unknown => JSON.parse(text.replace(/^Told\n*/, "") || "null"));
    await expect
      .poll(told, { timeout: 15_000 })
      .toEqual([0.75, 3, "", false, "small", 1, [], 0, {}, "", null, "hidden"]);
    await page.getByLabel("Count").fill("5");
    await page.getByLabel("Count").press("Tab");
    await page.getByLabel("Name").fill("Ann");
    await page.getByLabel("Wanted").check();
    await page.getByLabel("large").check();
    await page.getByLabel("Number").selectOption("two");
    await page.getByLabel("b", { exact: true }).check();
    await page.getByLabel("c", { exact: true }).check();
    await expect.poll(() => page.getByLabel("a", { exact: true }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Press" }).click();
    await page.getByLabel("Data").fill('{"a":[1]}');
    await page.getByLabel("Program").fill("x = 1");
    await page
      .getByLabel("Document")
      .setInputFiles({ name: "big.bin", mimeType: "application/x-big", buffer: Buffer.alloc(2_000_000) });
    const document = { url: "2666698 characters", name: "big.bin", mimeType: "application/x-big" };
    await expect
      .poll(told, { timeout: 15_000 })
      .toEqual([0.75, 5, "Ann", true, "large", 2, ["b", "c"], 1, { a: [1] }, "x = 1", document, "hidden"]);
  });

  test("wait for Send, Enter or a button where the stream wants that", async () => {
    const page = await pages.open(tellingStream("submit"));
    await record(page);
    const told = (): Promise<string> => outputText(page, "textbox");
    await expect.poll(told, { timeout: 15_000 }).toContain('[0,3,""');
    await page.getByLabel("Name").fill("Ann");
    await page.getByLabel("Count").fill("4");
    await page.getByLabel("Count").press("Tab");
    await page.getByRole("button", { name: "Send" }).click();
    await expect.poll(told).toContain('[0,4,"Ann"');
    await page.getByLabel("Name").fill("Bob");
    await page.getByLabel("Name").press("Enter");
    await expect.poll(told).toContain('"Bob"');
    await page.getByLabel("Name").fill("Cy");
    await page.getByRole("button", { name: "Press" }).click();
    await expect.poll(told).toContain('"Cy"');
  });

  test("are sent when a handler asks for them, and what is refused is told", async () => {
    const logger = new RecordingLogger();
    const page = await pages.open(
      new Stream({
        modality: "video",
        mode: "send",
        // Without a default: nothing is called before the page has answered send_input.
        additionalInputs: [textbox({ label: "Name", maxLength: 5, value: "Ann" }), { "~standard": NO_DEFAULT }],
        additionalOutputs: [textbox()],
        handler: (_frame, name) => new AdditionalOutputs(name),
        logger,
      }),
    );
    await record(page);
    await expect.poll(() => outputText(page, "textbox"), { timeout: 15_000 }).toBe("Ann");
    await page.evaluate(() => document.querySelector("input")?.removeAttribute("maxlength"));
    await page.getByLabel("Name").fill("Annabella");
    await page
      .getByText(/text of at most 5 characters/)
      .first()
      .waitFor();
    expect(logger.at("error").length).toBeGreaterThan(0);
  });
});

/** A schema that takes anything but nothing. */
const NO_DEFAULT = {
  version: 1,
  vendor: "test",
  validate: (value: unknown) => (value === undefined ? { issues: [{ message: "needed" }] } : { value }),
} as const;

describe("the page's outputs", () => {
  test("show every kind of component", async () => {
    let given = false;
    const values = [
      3.136, "some\ntext", true, "b", ["x", "y"], 0.5, DOT, { url: DOT, name: "a.txt" },
      "<b id='bold'>bold</b><script>document.title = 'broken'</script><img src=x onerror=\"document.title='broken'\">",
      "# Head\n- **one**\n- [two](https://example.com)\n\n`x`", { a: 1 }, "let x;",
      [{ role: "user", content: "Hello" }, { role: "assistant", content: "*Hi*" }],
      { cat: 0.75, dog: 0.25 }, [[DOT, "a dot"]], { kind: "line", series: [{ name: "s", x: [0, 1, 2], y: [1, 4, 2] }] },
      "data:audio/wav;base64,UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=",
    ]; // prettier-ignore
    const page = await pages.open(
      new Stream({
        modality: "video",
        mode: "send",
        additionalOutputs: [
          number({ precision: 2 }),
          textbox(),
          checkbox(),
          radio({ choices: ["a", "b"] }),
          dropdown({ choices: ["x", "y", "z"], multiselect: true }),
          slider({ maximum: 1 }),
          image(),
          file(),
          html(),
          markdown(),
          json(),
          code(),
          chatbot(),
          label(),
          gallery(),
          plot(),
          audio(),
        ],
        handler: () => {
          if (given) return null;
          given = true;
          return new AdditionalOutputs(...values);
        },
        logger: new RecordingLogger(),
      }),
    );
    await record(page);
    await expect.poll(() => outputText(page, "number"), { timeout: 15_000 }).toBe("3.14");
    const texts = await Promise.all(
      ["textbox", "checkbox", "radio", "dropdown", "file", "html", "markdown", "json", "code", "chatbot", "label"].map(
        (type) => outputText(page, type),
      ),
    );
    expect(texts).toEqual([
      "some\ntext",
      "Yes",
      "b",
      "x, y",
      "a.txt",
      "bold",
      "Head\n\none\ntwo\n\nx",
      '{\n  "a": 1\n}',
      "let x;",
      "Hello\n\nHi",
      "cat\n\ncat\n75 %\ndog\n25 %",
    ]);
    const panel = page.locator(".panel-outputs");
    expect(await panel.locator("#bold").count()).toBe(1);
    expect(await page.title()).toBe("FastRTC"); // Neither script nor handler of an event has run.
    expect(await panel.locator("meter").evaluate((meter) => (meter as HTMLMeterElement).value)).toBe(0.5);
    const widths = (): Promise<number[]> =>
      panel
        .locator("img.file-image")
        .evaluateAll((images) => images.map((one) => (one as HTMLImageElement).naturalWidth));
    await expect.poll(widths).toEqual([1, 1]);
    // Drawn by a module that comes with the first diagram; its numbers are there as a table.
    const blue = (): Promise<number> =>
      panel.locator(".plot canvas").evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let count = 0;
        for (let at = 0; at < data.length; at += 4) {
          if ((data[at + 2] ?? 0) > (data[at] ?? 0) + 100 && (data[at + 3] ?? 0) > 200) count += 1;
        }
        return count;
      });
    await expect.poll(blue).toBeGreaterThan(100);
    await panel.getByText("Numbers").click();
    const numbers = (): Promise<string[]> => panel.locator(".plot tr").allInnerTexts();
    await expect.poll(numbers).toEqual(["x\ts", "0\t1", "1\t4", "2\t2"]); // Written when the browser says that it is open.
    expect(await panel.locator("a", { hasText: "two" }).getAttribute("href")).toBe("https://example.com");
    expect(await panel.locator("em").innerText()).toBe("Hi");
  });

  test("of a conversation come back as input", async () => {
    const chat = chatbot({ label: "Chat" });
    const page = await pages.open(
      new Stream({
        modality: "video",
        mode: "send",
        additionalInputs: [textbox({ label: "Say" }), chat],
        additionalOutputs: [chat],
        handler: (_frame, text, messages) =>
          text === "" || messages.length === 2 ? null : new AdditionalOutputs(text, messages.length),
        additionalOutputsHandler: (shown, text: string, length: number) =>
          shown.length === length && length < 2 ? [...shown, { role: "user", content: `${text} ${length}` }] : shown,
        logger: new RecordingLogger(),
      }),
    );
    expect(await page.locator(".panel-inputs [data-type=chatbot]").count()).toBe(0);
    await record(page);
    await page.getByLabel("Say").fill("hi");
    await expect
      .poll(() => page.locator(".chat-message").allInnerTexts(), { timeout: 15_000 })
      .toEqual(["hi 0", "hi 1"]);
  });
});
