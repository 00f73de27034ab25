/** The path below which the command itself answers, and no app. */
export const DEV_PATH = "/__fastrtc_dev/";
export const SCRIPT_PATH = `${DEV_PATH}page.js`;
export const EVENTS_PATH = `${DEV_PATH}events`;

/** What a page is told of the app. */
export type DevEvent =
  | { readonly type: "starting" }
  /** A page of another run is out of date. */
  | { readonly type: "running"; readonly run: number }
  | { readonly type: "failed"; readonly text: string };

/** The element that brings the script into a page. */
function scriptElement(run: number): string {
  return `<script src="${SCRIPT_PATH}" data-run="${run}"></script>`;
}

/** HTML with the script in it. */
export function withScript(html: string, run: number): string {
  const element = scriptElement(run);
  const end = html.lastIndexOf("</body>");
  return end < 0 ? html + element : html.slice(0, end) + element + html.slice(end);
}

/** What is shown in place of the app's page while there is none; the script says why. */
export function placeholderPage(run: number): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>fastrtc dev</title><body>${scriptElement(run)}</body></html>`;
}

/**
 * What runs in every page: it loads the page anew when the app has been started anew, presses the button again of a call
 * that ran until then, and shows why an app does not start. Without innerHTML and style elements, for pages that forbid them.
 */
export const DEV_SCRIPT = `(() => {
  const run = Number(document.currentScript.dataset.run);
  const KEY = "fastrtc-dev-call";
  const START = "button.record, button.composer-talk, button.voice-icon";
  const goesOn = sessionStorage.getItem(KEY) !== null;
  sessionStorage.removeItem(KEY);
  let overlay, hadCall = false;
  const hasCall = () => {
    const parts = [...document.querySelectorAll("[data-phase]")];
    return parts.length === 0 ? goesOn : parts.some(({ dataset }) => dataset.phase !== "idle");
  };
  const show = (text) => {
    if (!overlay) {
      overlay = document.createElement("pre");
      overlay.id = "fastrtc-dev-error";
      overlay.setAttribute("role", "alert");
      Object.assign(overlay.style, {
        position: "fixed", inset: "0", zIndex: "2147483647", margin: "0", padding: "2rem", overflow: "auto",
        background: "rgba(20, 16, 16, 0.95)", color: "#ffb4a9", whiteSpace: "pre-wrap",
        font: "14px/1.5 ui-monospace, monospace",
      });
      document.body.append(overlay);
    }
    overlay.textContent = "The app does not run.\\n\\n" + text + "\\n\\nThis page comes back when that is mended.";
  };
  const events = new EventSource("${EVENTS_PATH}");
  events.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.type === "starting") hadCall ||= hasCall();
    if (event.type === "failed") show(event.text);
    if (event.type === "running" && event.run !== run) {
      if (hadCall) sessionStorage.setItem(KEY, "true");
      location.reload();
    }
  };
  addEventListener("pagehide", () => events.close());
  if (!goesOn) return;
  const press = () => {
    const button = document.querySelector(START);
    if (button && !button.disabled) button.click();
    return Boolean(button);
  };
  addEventListener("load", () => {
    if (press()) return;
    const waiting = new MutationObserver(() => press() && waiting.disconnect());
    waiting.observe(document.body, { childList: true, subtree: true });
  });
})();
`;
