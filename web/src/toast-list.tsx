import type { VNode } from "preact";
import { Icon } from "./icons.tsx";
import type { Toast } from "./toasts.ts";

/** Notices over the page, until they are dismissed or the next recording starts. */
export function ToastList({ toasts, onDismiss }: { toasts: readonly Toast[]; onDismiss: (id: number) => void }): VNode {
  return (
    <div class="toasts">
      {toasts.map(({ id, tone, text, count }) => (
        <div key={id} class="toast" data-tone={tone} role="alert">
          <p>{text}</p>
          {count > 1 && (
            <span class="toast-count" aria-hidden="true">
              ×{count > 999 ? "999+" : count}
            </span>
          )}
          <button type="button" aria-label="Dismiss" onClick={() => onDismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
