import { describe, expect, test } from "vitest";
import { describeUi, servedModules, type UiArgs, uiArgsSchema } from "../../src/ui/ui-args.ts";

const ALL = {
  title: "Mine",
  subtitle: { html: "for <b>you</b>" },
  hideTitle: true,
  fullScreen: true,
  variant: "textbox",
  icon: "/phone.svg",
  iconButtonColor: "rgb(0 0 0 / 50%)",
  pulseColor: "#d92d4a",
  iconRadius: 20,
  buttonLabels: { start: "Call", stop: "Hang up", waiting: "Ringing" },
  sendInputOn: "submit",
  tabs: [{ label: "Voice", href: "../voice/" }],
  modules: ["./wheel.js"],
  remoteOpen: true,
} satisfies UiArgs;

describe("what a page looks like", () => {
  test("is what was said", () => {
    expect(describeUi(uiArgsSchema.parse(ALL))).toEqual(ALL);
  });

  test("is this where nothing was said", () => {
    expect(describeUi({})).toEqual({
      title: "FastRTC",
      subtitle: null,
      hideTitle: false,
      fullScreen: false,
      variant: "wave",
      icon: null,
      iconButtonColor: null,
      pulseColor: null,
      iconRadius: 50,
      buttonLabels: { start: null, stop: null, waiting: null },
      sendInputOn: "change",
      tabs: [],
      modules: [],
      remoteOpen: false,
    });
  });

  test("has a path for each file that is a module of the page, also for two of one name", () => {
    const [one, other] = [new URL("file:///a/part.js"), new URL("file:///b/part.js")];
    const args = uiArgsSchema.parse({ modules: [one, "parts/here.js", other] });
    expect(describeUi(args).modules).toEqual(["modules/1/part.js", "parts/here.js", "modules/3/part.js"]);
    expect([...servedModules(args)]).toEqual([
      ["modules/1/part.js", one],
      ["modules/3/part.js", other],
    ]);
  });

  test("takes the markup of an icon as a picture", () => {
    expect(describeUi({ icon: "<svg viewBox='0 0 1 1'/>" }).icon).toBe(
      `data:image/svg+xml,${encodeURIComponent("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox='0 0 1 1'/>")}`,
    );
    const named = '<svg xmlns="http://www.w3.org/2000/svg"/>';
    expect(describeUi({ icon: named }).icon).toBe(`data:image/svg+xml,${encodeURIComponent(named)}`);
  });

  test.each<[what: string, args: object, path: string]>([
    ["an icon that is a script", { icon: "javascript:alert(1)" }, "icon"],
    ["an icon with a URL that is none", { icon: "https://" }, "icon"],
    ["a color that loads something", { pulseColor: "url(https://example.com)" }, "pulseColor"],
    ["a color that ends its rule", { iconButtonColor: "red; inset: 0" }, "iconButtonColor"],
    ["a radius above a circle's", { iconRadius: 51 }, "iconRadius"],
    ["an empty label", { buttonLabels: { start: "" } }, "buttonLabels"],
    ["a tab that is a script", { tabs: [{ label: "x", href: "javascript:alert(1)" }] }, "tabs"],
    ["a module from elsewhere", { modules: ["https://example.com/a.js"] }, "modules"],
    ["a module from elsewhere by any scheme", { modules: ["//example.com/a.js"] }, "modules"],
    ["a module that is a script in a URL", { modules: ["data:text/javascript,1"] }, "modules"],
    ["a module that is no JavaScript", { modules: [new URL("file:///a/part.ts")] }, "modules"],
    ["a name it does not know", { hidetitle: true }, ""],
  ])("refuses %s", (_what, args, path) => {
    const { error } = uiArgsSchema.safeParse(args);
    expect(error?.issues.map((issue) => String(issue.path[0] ?? ""))).toEqual([path]);
  });
});
