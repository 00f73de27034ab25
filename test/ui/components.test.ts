import { describe, expect, it } from "vitest";
import { audio } from "../../src/ui/audio.ts";
import { button } from "../../src/ui/button.ts";
import { chatbot } from "../../src/ui/chatbot.ts";
import { checkbox } from "../../src/ui/checkbox.ts";
import { code } from "../../src/ui/code.ts";
import type { Component } from "../../src/ui/component.ts";
import { dropdown } from "../../src/ui/dropdown.ts";
import { file } from "../../src/ui/file.ts";
import { gallery } from "../../src/ui/gallery.ts";
import { html } from "../../src/ui/html.ts";
import { image } from "../../src/ui/image.ts";
import { json } from "../../src/ui/json.ts";
import { label } from "../../src/ui/label.ts";
import { markdown } from "../../src/ui/markdown.ts";
import { number } from "../../src/ui/number.ts";
import { plot } from "../../src/ui/plot.ts";
import { radio } from "../../src/ui/radio.ts";
import { slider } from "../../src/ui/slider.ts";
import { state } from "../../src/ui/state.ts";
import { textbox } from "../../src/ui/textbox.ts";
import { SeededRandom } from "../rtp/support/seeded-random.ts";

const PIXEL = "data:image/png;base64,AAAA";

/** Every component with what its descriptor holds besides label, info, visible and interactive. */
const COMPONENTS: readonly (readonly [Component, object])[] = [
  [
    slider({ minimum: 0, maximum: 1, step: 0.01, value: 0.3 }),
    { type: "slider", value: 0.3, minimum: 0, maximum: 1, step: 0.01 },
  ],
  [slider(), { type: "slider", value: 0, minimum: 0, maximum: 100, step: null }],
  [number(), { type: "number", value: null, minimum: null, maximum: null, step: null, precision: null }],
  [
    number({ value: 1.26, minimum: 0, maximum: 9, step: 0.5, precision: 1 }),
    { type: "number", value: 1.3, minimum: 0, maximum: 9, step: 0.5, precision: 1 },
  ],
  [
    textbox(),
    { type: "textbox", value: "", lines: 1, maxLines: 20, placeholder: null, maxLength: null, inputType: "text" },
  ],
  [
    textbox({ value: "hi", lines: 2, maxLines: 3, placeholder: "say", maxLength: 9, type: "password" }),
    { type: "textbox", value: "hi", lines: 2, maxLines: 3, placeholder: "say", maxLength: 9, inputType: "password" },
  ],
  [checkbox({ value: true }), { type: "checkbox", value: true }],
  [
    radio({ choices: ["a", ["Bee", "b"]], value: "b" }),
    {
      type: "radio",
      value: "b",
      choices: [
        { label: "a", value: "a" },
        { label: "Bee", value: "b" },
      ],
    },
  ],
  [
    dropdown({ choices: [1, 2] }),
    {
      type: "dropdown",
      value: null,
      choices: [
        { label: "1", value: 1 },
        { label: "2", value: 2 },
      ],
      multiselect: false,
      maxChoices: null,
    },
  ],
  [
    dropdown({ choices: ["a"], multiselect: true, maxChoices: 1, value: ["a"] }),
    { type: "dropdown", value: ["a"], choices: [{ label: "a", value: "a" }], multiselect: true, maxChoices: 1 },
  ],
  [
    image({ value: PIXEL }),
    { type: "image", value: { url: PIXEL, name: null, mimeType: "image/png" }, maxBytes: 10_485_760 },
  ],
  [audio({ autoplay: true, maxBytes: 5 }), { type: "audio", value: null, maxBytes: 5, autoplay: true }],
  [
    file({ fileCount: "multiple", fileTypes: [".pdf"] }),
    { type: "file", value: [], fileCount: "multiple", fileTypes: [".pdf"], maxBytes: 10_485_760 },
  ],
  [file(), { type: "file", value: null, fileCount: "single", fileTypes: null, maxBytes: 10_485_760 }],
  [html({ value: "<b>x</b>" }), { type: "html", value: "<b>x</b>" }],
  [markdown({ value: "# x" }), { type: "markdown", value: "# x" }],
  [json({ value: { a: [1, null] } }), { type: "json", value: { a: [1, null] } }],
  [code({ language: "typescript" }), { type: "code", value: "", language: "typescript", lines: 5 }],
  [
    chatbot({ value: [{ role: "user", content: "hi", title: "tool" }], placeholder: "ask" }),
    { type: "chatbot", value: [{ role: "user", content: "hi", title: "tool" }], placeholder: "ask" },
  ],
  [
    label({ value: { cat: 0.2, dog: 0.8 }, numTopClasses: 3 }),
    {
      type: "label",
      numTopClasses: 3,
      value: {
        label: "dog",
        confidences: [
          { label: "dog", confidence: 0.8 },
          { label: "cat", confidence: 0.2 },
        ],
      },
    },
  ],
  [
    gallery({ value: [["/a.png", "A"]], columns: 3 }),
    {
      type: "gallery",
      value: [{ image: { url: "/a.png", name: null, mimeType: null }, caption: "A" }],
      columns: 3,
    },
  ],
  [
    plot({ value: { kind: "bar", series: [{ x: ["a"], y: [1] }] } }),
    { type: "plot", value: { kind: "bar", series: [{ x: ["a"], y: [1] }] } },
  ],
  [button({ label: "Go", variant: "primary" }), { type: "button", value: 0, variant: "primary", label: "Go" }],
  [state({ value: [1] }), { type: "state", value: null, visible: false }],
];

describe("a component", () => {
  it.each(COMPONENTS)("tells the page what it needs: %j", (component, own) => {
    const common = { label: null, info: null, visible: true, interactive: null };
    expect(component.descriptor).toEqual({ ...common, ...own });
    expect(JSON.parse(JSON.stringify(component))).toEqual(component.descriptor);
  });

  it("tells the page its label, its hint, and whether it is shown and can be changed", () => {
    expect(checkbox({ label: "Mirror", info: "Left is right", visible: false, interactive: true }).descriptor).toEqual({
      type: "checkbox",
      label: "Mirror",
      info: "Left is right",
      visible: false,
      interactive: true,
      value: false,
    });
  });

  it.each(COMPONENTS)("takes the value that it begins with: %j", (component) => {
    expect(component.parse(component.initialValue)).toEqual(component.initialValue);
  });

  it.each(COMPONENTS)("cannot be changed at any depth: %j", (component) => {
    expect(isDeepFrozen(component.descriptor)).toBe(true);
    expect(Object.isFrozen(component)).toBe(true);
  });

  it("keeps its first value when the one it was made with changes later", () => {
    const value = [{ role: "user" as const, content: "hi" }];
    const component = chatbot({ value });
    value.push({ role: "user", content: "again" });
    expect(component.initialValue).toEqual([{ role: "user", content: "hi" }]);
  });

  it("is a Standard Schema, for the body of a route", async () => {
    const threshold = slider({ label: "Threshold", minimum: 0, maximum: 1 });
    expect(await threshold["~standard"].validate(0.5)).toEqual({ value: 0.5 });
    expect(await threshold["~standard"].validate(2)).toEqual({
      issues: [{ message: '"Threshold" must be a number from 0 to 1, not 2.' }],
    });
  });

  it("answers any value with a value or with its own error", () => {
    const random = new SeededRandom(11);
    for (let round = 0; round < 3_000; round += 1) {
      const [component] = random.pick(COMPONENTS);
      const value = oddValue(random, 3);
      expect(codeOf(() => component.parse(value))).toMatch(/^(none|invalid_argument)$/);
    }
  });
});

describe("a state", () => {
  it("begins with a copy of its own in each session", () => {
    const value = { turns: [1] };
    const component = state({ value });
    component.initialValue.turns.push(2);
    value.turns.push(3);
    expect(component.initialValue).not.toBe(component.initialValue);
    expect(component.initialValue).toEqual({ turns: [1, 3] });
  });

  it("keeps what only code can hold, and takes it back as it is", () => {
    const component = state({ value: new Map([["a", new Date(0)]]) });
    expect(component.initialValue).toEqual(new Map([["a", new Date(0)]]));
    const later = new Map([["b", new Date(1)]]);
    expect(component.parse(later)).toBe(later);
  });

  it("is refused with a value that cannot be copied", () => {
    expect(codeOf(() => state({ value: () => 1 }))).toBe("invalid_option");
  });
});

describe("the options of a component", () => {
  it.each<[string, () => unknown]>([
    ["must not be above maximum\n  → at minimum", () => slider({ minimum: 2, maximum: 1 })],
    [
      'slider({...}) cannot begin with this value: "T" must be a number from 0 to 1, not 2.',
      () => slider({ label: "T", maximum: 1, value: 2 }),
    ],
    ["step", () => slider({ step: 0 })],
    ["maximum", () => slider({ maximum: Number.NaN })],
    ["must not be above maximum", () => number({ minimum: 2, maximum: 1 })],
    ["The number must be a number of at least 2, not 1.", () => number({ minimum: 2, value: 1 })],
    ["precision", () => number({ precision: 1.5 })],
    ["must not be above maxLines\n  → at lines", () => textbox({ lines: 3, maxLines: 2 })],
    ['a text of at most 2 characters, not "abc"', () => textbox({ maxLength: 2, value: "abc" })],
    ["choices", () => radio({ choices: [] })],
    ["must not have the same value twice\n  → at choices", () => dropdown({ choices: ["a", ["A", "a"]] })],
    ["needs multiselect: true\n  → at maxChoices", () => dropdown({ choices: ["a"], maxChoices: 1 })],
    [
      "a list of at most 1 different values",
      () => dropdown({ choices: ["a", "b"], multiselect: true, maxChoices: 1, value: ["a", "b"] }),
    ],
    ["null or a picture: a data URL, an http address", () => image({ value: "javascript:alert(1)" })],
    ["of the type image", () => image({ value: "data:text/html,x" })],
    ["of at most 2 bytes", () => image({ value: PIXEL, maxBytes: 2 })],
    ["maxBytes", () => audio({ maxBytes: 0 })],
    ["of the type .pdf", () => file({ fileTypes: [".pdf"], value: "/a.exe?b.pdf" })],
    ["numTopClasses", () => label({ numTopClasses: 0 })],
    ["with their confidences from 0 to 1", () => label({ value: { a: 2 } })],
    ["columns", () => gallery({ columns: 0 })],
    ["x and y of the same length", () => plot({ value: { kind: "line", series: [{ x: [1], y: [] }] } })],
  ])("are refused when they do not fit together: %s", (words, make) => {
    expect(messageOf(make)).toContain(words);
    expect(codeOf(make)).toBe("invalid_option");
  });

  it.each<[string, () => unknown]>([
    // @ts-expect-error Gradio's name is minimum.
    ['Unrecognized key: "min"', () => slider({ min: 0 })],
    // @ts-expect-error A label is a text.
    ["label", () => checkbox({ label: 7 })],
    // @ts-expect-error A choice that is not there.
    ['one of "a"', () => radio({ choices: ["a"], value: "b" })],
    // @ts-expect-error Without choices there is nothing to choose.
    ["choices", () => dropdown({})],
    // @ts-expect-error A button needs a text.
    ["label", () => button({})],
    // @ts-expect-error These are not options at all.
    ["expected object", () => textbox("hi")],
    // @ts-expect-error No such role.
    ['the role "user", "assistant" or "system"', () => chatbot({ value: [{ role: "robot", content: "" }] })],
  ])("are refused in JavaScript where TypeScript refuses them: %s", (_words, make) => {
    expect(codeOf(make)).toBe("invalid_option");
  });
});

describe("a value that a component cannot take", () => {
  it.each<[string, Component, unknown]>([
    ['"Threshold" must be a number from 0 to 1, not "abc".', slider({ label: "Threshold", maximum: 1 }), "abc"],
    ["The slider must be a number from 0 to 100, not NaN.", slider(), Number.NaN],
    ["The number must be null or a number of at most 3, not nothing.", number({ maximum: 3 }), undefined],
    ["The number must be a number, not null.", number({ value: 0 }), null],
    ["The textbox must be a text, not a list of 2.", textbox(), [1, 2]],
    [
      `The textbox must be a text of at most 50 characters, not "${"x".repeat(40)}…".`,
      textbox({ maxLength: 50 }),
      "x".repeat(99),
    ],
    ["The checkbox must be true or false, not 1.", checkbox(), 1],
    ['The radio must be one of "a", 2, not null.', radio({ choices: ["a", 2], value: 2 }), null],
    ['The dropdown must be null or one of "a", not an object.', dropdown({ choices: ["a"] }), {}],
    [
      'The dropdown must be a list of at most 2 different values, each one of "a", "b", not a list of 2.',
      dropdown({ choices: ["a", "b"], multiselect: true }),
      ["a", "a"],
    ],
    ["The json must be a value that JSON can hold, at most 64 levels deep, not a function.", json(), () => 1],
    ["The html must be a text, not null.", html(), null],
    ["The button must be a number of presses: 0 or more, not -1.", button({ label: "Go" }), -1],
  ])("%s", (message, component, value) => {
    // A button has a label, and so a name of its own.
    const expected = component.descriptor.type === "button" ? message.replace("The button", '"Go"') : message;
    expect(messageOf(() => component.parse(value))).toBe(expected);
    expect(codeOf(() => component.parse(value))).toBe("invalid_argument");
  });

  it.each([
    ["a date", new Date(0)],
    ["nesting of 100,000 levels", JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) as unknown],
    ["infinity", [Number.POSITIVE_INFINITY]],
    ["a big integer", { a: 1n }],
  ])("is JSON that is none: %s", (_what, value) => {
    expect(codeOf(() => json().parse(value))).toBe("invalid_argument");
  });

  it.each([
    "ftp://a/b",
    "//evil.example/a.png",
    "a.png",
    "data:image/png",
    "",
    { url: 7 },
    { name: "a.png" },
    { url: "/a.png", name: 7 },
    ["/a.png"],
  ])("is a file that is none: %j", (value) => {
    expect(codeOf(() => file().parse(value))).toBe("invalid_argument");
  });

  it("is a document of the wrong type, whatever type its sender claims", () => {
    const claimed = { url: "data:text/html;base64,AAAA", mimeType: "image/png" };
    expect(codeOf(() => image().parse(claimed))).toBe("invalid_argument");
    expect(file({ fileTypes: ["text"] }).parse(claimed)).toEqual({
      url: claimed.url,
      name: null,
      mimeType: "text/html",
    });
  });
});

function oddValue(random: SeededRandom, depth: number): unknown {
  const leaves = [
    null,
    undefined,
    true,
    0,
    -1,
    0.5,
    Number.NaN,
    "",
    "a",
    PIXEL,
    "/x",
    1n,
    Symbol("s"),
    () => 1,
    new Date(0),
  ];
  if (depth === 0 || random.chance(0.4)) return random.pick(leaves);
  const items = Array.from({ length: random.integer(0, 3) }, () => oddValue(random, depth - 1));
  if (random.chance(0.5)) return items;
  const keys = [
    "url",
    "name",
    "role",
    "content",
    "label",
    "confidences",
    "image",
    "caption",
    "kind",
    "series",
    "x",
    "y",
    "__proto__",
  ];
  return Object.fromEntries(items.map((item) => [random.pick(keys), item]));
}

function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen);
}

function codeOf(act: () => unknown): string {
  try {
    act();
    return "none";
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
  }
}

function messageOf(act: () => unknown): string {
  try {
    act();
    return "no error";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
