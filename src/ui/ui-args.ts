import { z } from "zod";

/** What the built-in page shows, and how. */
export interface UiArgs {
  /** Stands above the stream, and names the tab of the browser. @default "FastRTC" */
  title?: string;
  /** A sentence below the title; as `{ html }` it may have links and emphasis. Scripts and styles in it are left out. */
  subtitle?: string | { readonly html: string };
  /** Whether the title and what is below it are left out; the browser's tab is named all the same. @default false */
  hideTitle?: boolean;
  /** Whether the stream fills the window, as in a call, with its buttons upon it. @default false */
  fullScreen?: boolean;
  /**
   * What a page of sound looks like: "wave" shows both voices as they sound, "textbox" a conversation with a line to type into and a
   * button to speak. What is typed is the value of the first `textbox()` among the additional inputs, which there has to be.
   * @default "wave"
   */
  variant?: "wave" | "textbox";
  /**
   * Stands in place of the wave, and pulses with the voices: the markup of an SVG (`<svg ...>`), a data URL, or the URL of a picture,
   * relative to the page. For sound alone. @default none
   */
  icon?: string;
  /** The color behind the icon, as CSS writes it. @default the page's own */
  iconButtonColor?: string;
  /** The color of what pulses around the icon, as CSS writes it. @default the page's own */
  pulseColor?: string;
  /** How round the icon's button is, in percent of its size: 0 is a square, 50 a circle. @default 50 */
  iconRadius?: number;
  /** What the button says that starts and ends the stream. @default "Record" or "Play", "Stop", and "Stop" while it connects */
  buttonLabels?: { readonly start?: string; readonly stop?: string; readonly waiting?: string };
  /**
   * When the page sends what the visitor says to its inputs: at each change, or when the visitor presses Send, or Enter in a
   * line of text. Buttons send at once, and what the server asks for is sent in any case. @default "change"
   */
  sendInputOn?: "change" | "submit";
  /**
   * Other streams of the same application, as tabs above the title: where each has its page, relative to this one. The tab whose `href` is
   * the page's own address is marked. @default none
   */
  tabs?: readonly { readonly label: string; readonly href: string }[];
  /**
   * JavaScript modules that the page loads, each a single file that defines custom elements for `element()` or does what else the page
   * should do: a file of yours, as `new URL("./color-wheel.js", import.meta.url)`, which the page then serves itself, or the path of
   * one that your application serves, relative to the page. @default none
   */
  modules?: readonly (URL | string)[];
  /**
   * Whether a page on which no stream runs waits for the server to start one: `stream.openPages()`. It says so, and its browser asks for
   * camera and microphone as ever; where the visitor has allowed them once, it sends without a click. @default false
   */
  remoteOpen?: boolean;
}

const text = z.string().min(1, { error: "a text that is not empty" });
const color = z
  .string()
  .regex(/^(?!.*url)[#\w(),.%\s/+-]+$/i, { error: 'a color as CSS writes it, such as "#d92d4a"' });

/** How many modules a page loads at most. */
const MAX_MODULES = 50;
const moduleRule =
  'a JavaScript file, as new URL("./part.js", import.meta.url), or the path of one that your application serves; from elsewhere the page loads no script';
const fileOfOwn = z
  .instanceof(URL)
  .refine(({ protocol, pathname }) => protocol === "file:" && /\.m?js$/.test(pathname));
const pathOfOwn = z.string().regex(/^(?![a-z][a-z\d+.-]*:|[\\/]{2}).+$/i);

export const uiArgsSchema = z.strictObject({
  title: z.string().optional(),
  subtitle: z.union([z.string(), z.strictObject({ html: z.string() })], { error: "a text, or { html }" }).optional(),
  hideTitle: z.boolean().optional(),
  fullScreen: z.boolean().optional(),
  variant: z.enum(["wave", "textbox"]).optional(),
  icon: z
    .string()
    .regex(/^(<svg[\s>]|data:image\/|https?:\/\/|(?![a-z][a-z\d+.-]*:)[^<])/i, {
      error: "the markup of an SVG, a data URL of a picture, or the URL of one",
    })
    .refine((icon) => !/^https?:/i.test(icon) || URL.canParse(icon), { error: "a URL that can be read" })
    .optional(),
  iconButtonColor: color.optional(),
  pulseColor: color.optional(),
  iconRadius: z
    .number({ error: "a number of percent, 0 to 50" })
    .min(0, { error: "a number of percent, 0 to 50" })
    .max(50, { error: "a number of percent, 0 to 50" })
    .optional(),
  buttonLabels: z.strictObject({ start: text.optional(), stop: text.optional(), waiting: text.optional() }).optional(),
  sendInputOn: z.enum(["change", "submit"]).optional(),
  tabs: z
    .array(
      z.strictObject({
        label: text,
        href: z.string().regex(/^(https?:\/\/|(?![a-z][a-z\d+.-]*:).)/i, { error: "a URL, relative or with http" }),
      }),
    )
    .optional(),
  modules: z
    .array(z.union([fileOfOwn, pathOfOwn], { error: moduleRule }))
    .max(MAX_MODULES)
    .optional(),
  remoteOpen: z.boolean().optional(),
});

/** What `new Stream` made of them. */
export type CheckedUiArgs = z.output<typeof uiArgsSchema>;

/** The same with its defaults, as the page is told it. */
export interface UiDescriptor {
  readonly title: string;
  readonly subtitle: string | { readonly html: string } | null;
  readonly hideTitle: boolean;
  readonly fullScreen: boolean;
  readonly variant: "wave" | "textbox";
  /** A URL. */
  readonly icon: string | null;
  readonly iconButtonColor: string | null;
  readonly pulseColor: string | null;
  /** Percent. */
  readonly iconRadius: number;
  readonly buttonLabels: {
    readonly start: string | null;
    readonly stop: string | null;
    readonly waiting: string | null;
  };
  readonly sendInputOn: "change" | "submit";
  readonly tabs: readonly { readonly label: string; readonly href: string }[];
  /** URLs, relative to the page. */
  readonly modules: readonly string[];
  readonly remoteOpen: boolean;
}

/** Fills in what was not said. */
export function describeUi(args: CheckedUiArgs): UiDescriptor {
  const { start = null, stop = null, waiting = null } = args.buttonLabels ?? {};
  return {
    title: args.title ?? "FastRTC",
    subtitle: args.subtitle ?? null,
    hideTitle: args.hideTitle ?? false,
    fullScreen: args.fullScreen ?? false,
    variant: args.variant ?? "wave",
    icon: args.icon === undefined ? null : iconUrl(args.icon),
    iconButtonColor: args.iconButtonColor ?? null,
    pulseColor: args.pulseColor ?? null,
    iconRadius: args.iconRadius ?? 50,
    buttonLabels: { start, stop, waiting },
    sendInputOn: args.sendInputOn ?? "change",
    tabs: args.tabs ?? [],
    modules: (args.modules ?? []).map((module, index) =>
      typeof module === "string" ? module : modulePath(module, index),
    ),
    remoteOpen: args.remoteOpen ?? false,
  };
}

/** The modules that the page serves itself, by their path below it. */
export function servedModules({ modules = [] }: CheckedUiArgs): ReadonlyMap<string, URL> {
  return new Map(
    modules.flatMap((module, index) =>
      typeof module === "string" ? [] : [[modulePath(module, index), module] as const],
    ),
  );
}

/** Where the page finds a file: by its name, with its place before it since two may have the same. */
function modulePath({ pathname }: URL, index: number): string {
  return `modules/${index + 1}/${pathname.replace(/^.*\//, "")}`;
}

/** Markup becomes a data URL: as a picture it can run no script. */
function iconUrl(icon: string): string {
  if (!icon.startsWith("<")) return icon;
  const named = /^<svg[^>]*\sxmlns=/.test(icon)
    ? icon
    : icon.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
  return `data:image/svg+xml,${encodeURIComponent(named)}`;
}
