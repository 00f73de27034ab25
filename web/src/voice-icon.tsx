import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type UiDescriptor, watchAudioLevel } from "../../src/client/index.ts";

interface VoiceIconProps {
  ui: UiDescriptor;
  icon: string;
  input: MediaStream | undefined;
  output: MediaStream | undefined;
  isRunning: boolean;
  isBusy: boolean;
  isDisabled: boolean;
  /** What the button says. */
  label: string;
  onPress: () => void;
}

/** The stream's own icon as the button that starts and ends it; around it pulse what comes back and, within that, one's own voice. */
export function VoiceIcon(props: VoiceIconProps): VNode {
  const { ui, icon, input, output, isRunning, isBusy, isDisabled, label, onPress } = props;
  const element = useRef<HTMLButtonElement>(null);
  useLevel(element, "--own-level", input);
  useLevel(element, "--reply-level", output);
  return (
    <button
      ref={element}
      type="button"
      class="voice-icon"
      data-running={isRunning}
      data-busy={isBusy}
      disabled={isDisabled}
      style={{
        ...(ui.iconButtonColor && { "--icon-button-color": ui.iconButtonColor }),
        ...(ui.pulseColor && { "--pulse-color": ui.pulseColor }),
        "--icon-radius": `${ui.iconRadius}%`,
      }}
      onClick={onPress}
    >
      <span class="voice-icon-face">
        <span class="voice-icon-pulse" aria-hidden="true" />
        <span class="voice-icon-pulse voice-icon-own" aria-hidden="true" />
        <img src={icon} alt="" />
      </span>
      <span class="voice-icon-label">{label}</span>
    </button>
  );
}

/** Written straight into the element: fifteen times a second is no state of the page. */
function useLevel(
  element: { readonly current: HTMLElement | null },
  property: string,
  stream: MediaStream | undefined,
): void {
  useEffect(() => {
    if (!stream) return undefined;
    const abort = new AbortController();
    watchAudioLevel(stream, (level) => element.current?.style.setProperty(property, level.toFixed(2)), abort.signal);
    return () => {
      abort.abort();
      element.current?.style.removeProperty(property);
    };
  }, [element, property, stream]);
}
