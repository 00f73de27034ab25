import { defineConfig } from "vite";

/** Where `npm run dev` finds a running stream; the built page is served by the stream itself. */
const DEV_SERVER = "http://localhost:7860";

export default defineConfig({
  base: "./", // The page may be mounted under any prefix.
  // Never the JSX of development: whoever builds with another NODE_ENV, as a test runner does, gets the same page.
  oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
  server: { proxy: { "/webrtc": DEV_SERVER, "/healthz": DEV_SERVER } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // A data: URL would need a hole in the page's content security policy.
  },
});
