import { readFile } from "node:fs/promises";
import { FastRtcError, invariant } from "../errors.ts";
import type { PageConfig } from "./page-config.ts";
import { pageFiles } from "./page-files.ts";
import type { StreamPage } from "./stream-page.ts";

/** Where the page's configuration goes in its HTML. */
const CONFIG_MARKER = "<!--fastrtc-config-->";

const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(self), microphone=(self), display-capture=(self)",
};

/** What the built-in page is made from. */
export interface BuiltInPageOptions {
  readonly config: () => Promise<PageConfig>;
  /** Modules of the application's own by their path below the page. */
  readonly modules: ReadonlyMap<string, URL>;
}

/** The page of this package. */
export function builtInPage({ config, modules }: BuiltInPageOptions): StreamPage {
  return {
    prepare: async () => {
      await Promise.all([pageFiles(), ...[...modules.values()].map(readModule)]);
    },
    covers: async (path) => modules.has(path) || (await pageFiles()).has(path === "" ? "index.html" : path),
    respond: async (path, request) => {
      const module = modules.get(path);
      return module ? moduleResponse(module) : pageResponse(path, request, config);
    },
  };
}

/** A module of the application's own, read anew each time, so that it can be worked on. */
async function moduleResponse(url: URL): Promise<Response> {
  const source = await readModule(url);
  return new Response(source, {
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache",
    },
  });
}

async function readModule(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(url));
  } catch (cause) {
    throw new FastRtcError("invalid_option", `uiArgs.modules names ${url.href}, which cannot be read.`, { cause });
  }
}

/** The page itself, for the path "", or one of its files; undefined for any other path. */
async function pageResponse(
  path: string,
  request: Request,
  config: () => Promise<PageConfig>,
): Promise<Response | undefined> {
  const files = await pageFiles();
  const file = files.get(path === "" ? "index.html" : path);
  if (!file) return undefined;
  if (path !== "") {
    const { gzipped } = file;
    const isGzipped = gzipped !== undefined && takesGzip(request.headers.get("accept-encoding"));
    return new Response(isGzipped ? gzipped : file.bytes, {
      headers: {
        "content-type": file.contentType,
        ...(gzipped && { vary: "accept-encoding" }),
        ...(isGzipped && { "content-encoding": "gzip" }),
        "x-content-type-options": "nosniff",
        // Hashed names change with their content.
        "cache-control": path.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      },
    });
  }
  const html = new TextDecoder().decode(file.bytes);
  invariant(html.includes(CONFIG_MARKER), "the page has a place for its configuration");
  const pageConfig = await config();
  const element = configElement(pageConfig);
  return new Response(
    html.replace(CONFIG_MARKER, () => element),
    {
      headers: {
        "content-type": file.contentType,
        "cache-control": "no-store",
        "content-security-policy": securityPolicy(pageConfig),
        ...SECURITY_HEADERS,
      },
    },
  );
}

/** Whether a browser reads gzip (RFC 9110, section 12.5.3); one that gives it the weight 0 does not. */
function takesGzip(accepted: string | null): boolean {
  const [, weight = "1"] = /(?:^|[\s,])gzip\s*(?:;\s*q=([\d.]+))?\s*(?:,|$)/i.exec(accepted ?? "") ?? [undefined, "0"];
  return Number(weight) > 0;
}

/** What the page may load: pictures and sounds from elsewhere only where there are inputs or outputs to hold them. */
function securityPolicy({ modality, mode, additionalInputs, additionalOutputs, ui }: PageConfig): string {
  const elsewhere = additionalInputs.length + additionalOutputs.length > 0 ? " https: http:" : "";
  const icon = ui.icon !== null && /^https?:/i.test(ui.icon) ? ` ${new URL(ui.icon).origin}` : "";
  // Where UDP is blocked the client plays sound in a thread of its own, whose script it makes itself.
  const scripts = modality === "audio" && mode === "send-receive" ? " script-src 'self' blob:;" : "";
  return (
    `default-src 'self';${scripts} img-src 'self' data: blob:${elsewhere || icon}; media-src 'self' data: blob: mediastream:${elsewhere}; ` +
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
  );
}

/** The configuration as a data block; `<` is escaped so that no title can close the element. */
function configElement(config: PageConfig): string {
  const json = JSON.stringify(config).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="fastrtc-config">${json}</script>`;
}
