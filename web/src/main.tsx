import { render } from "preact";
import { App } from "./app.tsx";
import { loadOwnModules } from "./own-modules.ts";
import { readPageConfig } from "./page-config.ts";

const root = document.querySelector("#app");
if (root) {
  const config = readPageConfig();
  document.title = config.ui.title;
  void loadOwnModules(config.ui.modules);
  render(<App config={config} />, root);
}
