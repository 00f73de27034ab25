import { render } from "preact";
import { App } from "./app.tsx";
import { readPageConfig } from "./page-config.ts";
import "./styles/tokens.css";
import "./styles/page.css";
import "./styles/stage.css";
import "./styles/controls.css";
import "./styles/toasts.css";

const root = document.querySelector("#app");
if (root) {
  const config = readPageConfig();
  document.title = config.title;
  render(<App config={config} />, root);
}
