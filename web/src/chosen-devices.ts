/** The devices that the visitor chose, by their ids; what is absent is the browser's choice. */
export interface ChosenDevices {
  readonly camera?: string;
  readonly microphone?: string;
  readonly speaker?: string;
}

export type DeviceRole = keyof ChosenDevices;

const KEY = "fastrtc.devices";

/** Where choices are kept from visit to visit: `localStorage`, which a browser may refuse to hand out. */
export type ChoiceStorage = Pick<Storage, "getItem" | "setItem">;

/** What was chosen on an earlier visit. */
export function rememberedDevices(storage: () => ChoiceStorage = () => localStorage): ChosenDevices {
  try {
    const found: unknown = JSON.parse(storage().getItem(KEY) ?? "{}");
    if (typeof found !== "object" || found === null) return {};
    const fields = found as Readonly<Record<string, unknown>>;
    const known = (["camera", "microphone", "speaker"] as const).flatMap((role) => {
      const id = fields[role];
      return typeof id === "string" ? [[role, id] as const] : [];
    });
    return Object.fromEntries(known);
  } catch {
    return {}; // Storage is switched off, or holds what somebody else wrote: then the browser chooses.
  }
}

/** Keeps what was chosen, where the browser lets it. */
export function rememberDevices(chosen: ChosenDevices, storage: () => ChoiceStorage = () => localStorage): void {
  try {
    storage().setItem(KEY, JSON.stringify(chosen));
  } catch {
    // Storage is full or switched off: the choice holds for this visit.
  }
}
