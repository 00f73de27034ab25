import { render } from "preact";
import { App } from "./app.tsx";
import { readPageConfig } from "./page-config.ts";

const root = document.querySelector("#app");
if (root) {
  const config = readPageConfig();
  document.title = config.ui.title;
  render(<App config={config} />, root);
}
