import type { UiDescriptor, Mode } from "../../src/client/index.ts";
import type { Phase } from "./stream-state.ts";

/** What the button says that starts and ends the stream. */
export function buttonLabel({ buttonLabels }: UiDescriptor, mode: Mode, phase: Phase): string {
  switch (phase.type) {
    case "idle":
      return buttonLabels.start ?? (mode === "receive" ? "Play" : "Record");
    case "connecting":
      return buttonLabels.waiting ?? buttonLabels.stop ?? "Stop";
    case "live":
      return buttonLabels.stop ?? "Stop";
  }
}
