import type { VNode } from "preact";
import type { UiDescriptor } from "../../src/client/index.ts";
import { SafeHtml } from "./safe-html.tsx";

/** The tabs of the application's streams, the title, and what stands below it. */
export function PageHeader({ ui }: { ui: UiDescriptor }): VNode {
  return (
    <header class="page-header">
      {ui.tabs.length > 0 && (
        <nav class="tabs" aria-label="Streams">
          {ui.tabs.map(({ label, href }) => (
            <a key={href} href={href} {...(isHere(href) && { "aria-current": "page" as const })}>
              {label}
            </a>
          ))}
        </nav>
      )}
      <h1 class={ui.hideTitle ? "visually-hidden" : ""}>{ui.title}</h1>
      {!ui.hideTitle && ui.subtitle !== null && <Subtitle subtitle={ui.subtitle} />}
    </header>
  );
}

function Subtitle({ subtitle }: { subtitle: NonNullable<UiDescriptor["subtitle"]> }): VNode {
  if (typeof subtitle === "string") return <p class="subtitle">{subtitle}</p>;
  return <SafeHtml class="subtitle" markup={subtitle.html} />;
}

/** Whether a tab leads to the page it stands on. */
function isHere(href: string): boolean {
  const { origin, pathname } = new URL(href, location.href);
  return origin === location.origin && pathname === location.pathname;
}
