import type { VNode } from "preact";

/** The page's icons, drawn with the colour of the text around them. */
const PATHS = {
  camera:
    "M4 7.5A2.5 2.5 0 0 1 6.5 5h7A2.5 2.5 0 0 1 16 7.5v9a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 4 16.5zM16 10.5l4.5-2.6v8.2L16 13.5",
  microphone: "M12 4a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3zM6 11.5a6 6 0 0 0 12 0M12 17.5V21",
  "microphone-off":
    "M4.500 4.500l15 15M9 9v3a3 3 0 0 0 4.800 2.400M15 11.500V7a3 3 0 0 0-5.700-1.300M6 11.500a6 6 0 0 0 9.700 4.700M17.700 13.500a6 6 0 0 0 .3-2M12 17.500V21",
  speaker: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  screen: "M3.500 5.500h17v11h-17zM9 20h6M12 16.500V20M12 14V8.500M9.500 11L12 8.500l2.500 2.500",
  send: "M4.500 12L20 4.500 15.500 20l-3.500-6zM12 14l8-9.500",
  stop: "M7.500 7.500h9v9h-9z",
  play: "M8 5.5v13l10.5-6.5z",
  blocked:
    "M4.5 4.5l15 15M8 5h5.500A2.500 2.500 0 0 1 16 7.500v3l4.500-2.600v8.200M4.600 6a2.500 2.500 0 0 0-.6 1.500v9A2.500 2.500 0 0 0 6.500 19h7a2.500 2.500 0 0 0 2.200-1.300",
  close: "M6.500 6.500l11 11M17.500 6.500l-11 11",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500a7.500 7.500 0 0 1 15 0",
  chevron: "M7 10l5 5 5-5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
