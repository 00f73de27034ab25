/** One notice at the edge of the page. */
export interface Toast {
  readonly id: number;
  readonly tone: "error" | "warning";
  readonly text: string;
  /** How often it was said since it appeared. */
  readonly count: number;
}

/** How many stand at once; when one more comes, the oldest goes. */
const MAX_TOASTS = 3;

/** Adds a notice, or counts it when it stands there already: a handler that throws for every frame fills one line. */
export function addToast(toasts: readonly Toast[], tone: Toast["tone"], text: string): readonly Toast[] {
  if (toasts.some((toast) => isSame(toast, tone, text))) {
    return toasts.map((toast) => (isSame(toast, tone, text) ? { ...toast, count: toast.count + 1 } : toast));
  }
  const id = 1 + Math.max(0, ...toasts.map((toast) => toast.id));
  return [...toasts, { id, tone, text, count: 1 }].slice(-MAX_TOASTS);
}

export function removeToast(toasts: readonly Toast[], id: number): readonly Toast[] {
  return toasts.filter((toast) => toast.id !== id);
}

function isSame(toast: Toast, tone: Toast["tone"], text: string): boolean {
  return toast.tone === tone && toast.text === text;
}
