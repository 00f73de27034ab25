import type { VNode } from "preact";

/** The page's icons, drawn with the colour of the text around them. */
const PATHS = {
  camera:
    "M4 7.5A2.5 2.5 0 0 1 6.5 5h7A2.5 2.5 0 0 1 16 7.5v9a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 4 16.5zM16 10.5l4.5-2.6v8.2L16 13.5",
  microphone: "M12 4a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3zM6 11.5a6 6 0 0 0 12 0M12 17.5V21",
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
