import { describe, expect, test } from "vitest";
import { describeUi, type UiArgs, uiArgsSchema } from "../../src/ui/ui-args.ts";

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
} satisfies UiArgs;

describe("what a page looks like", () => {
  test("is what was said", () => {
    expect(describeUi(uiArgsSchema.parse(ALL))).toEqual(ALL);
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
    ["a name it does not know", { hidetitle: true }, ""],
  ])("refuses %s", (_what, args, path) => {
    const { error } = uiArgsSchema.safeParse(args);
    expect(error?.issues.map((issue) => String(issue.path[0] ?? ""))).toEqual([path]);
  });
});
