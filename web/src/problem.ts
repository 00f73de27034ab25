import type { ClientError, ServerRefusal } from "../../src/client/index.ts";

/** What keeps the camera or microphone from starting, and the way out of it. */
export interface Problem {
  readonly title: string;
  readonly text: string;
  /** What to do about it, one after the other. */
  readonly steps?: readonly string[];
  /** What the button under it does: try the same again, or with constraints that nothing can fail. */
  readonly wayOut: "retry" | "relax" | "none";
}

/** Undefined when the error is not about a device: then it is a toast's affair. */
export function deviceProblem(
  error: ClientError,
  device: "camera" | "microphone",
  constraints: MediaTrackConstraints,
): Problem | undefined {
  switch (error.code) {
    case "insecure_context":
      return insecureProblem(device);
    case "permission_denied":
      return {
        title: `The ${device} is blocked`,
        text: `This page may not use it. Here is the way out:`,
        steps: [
          `Open the icon beside the address, or the page's settings on a phone.`,
          `Set ${device === "camera" ? "Camera" : "Microphone"} to “Allow”.`,
          `Press “Try again”. If it is still blocked, allow your browser the ${device} in the privacy settings of your system.`,
        ],
        wayOut: "retry",
      };
    case "no_device":
      return {
        title: `No ${device} found`,
        text: `Connect a ${device} or switch it on, then try again.`,
        wayOut: "retry",
      };
    case "device_busy":
      return {
        title: `The ${device} is in use`,
        text: `Another app or tab seems to hold it. Close it there, then try again.`,
        wayOut: "retry",
      };
    case "overconstrained":
      return {
        title: `This ${device} cannot do what the stream asks for`,
        text: `The stream asks for ${describeDemands(constraints, error.constraint)}.`,
        wayOut: "relax",
      };
    case "browser_failed":
    case "refused":
    case "server_unreachable":
    case "connection_lost":
      return undefined;
  }
}

export function insecureProblem(device: "camera" | "microphone"): Problem {
  return {
    title: "This page needs https or localhost",
    text: `Browsers give the ${device} to secure pages only. Open this page with https, or with http://localhost on the computer that runs it.`,
    wayOut: "none",
  };
}

/** A sentence for a toast. */
export function describeError(error: ClientError): string {
  if (error.refusal) return describeRefusal(error.refusal);
  if (error.code === "connection_lost") {
    return `${error.message} A VPN, a firewall or a mobile network may be in the way; a TURN server gets around it.`;
  }
  return error.message;
}

function describeRefusal({ code, limit, message }: ServerRefusal): string {
  switch (code) {
    case "concurrency_limit_reached":
      if (limit === 1) return "The only place is taken. Try again in a moment.";
      return limit === undefined
        ? "All places are taken. Try again in a moment."
        : `All ${limit} places are taken. Try again in a moment.`;
    case "connection_already_exists":
      return "The server knows this connection already. Press record once more.";
    case "unknown_connection":
    case "connection_closed":
      return "The server has closed this connection. Press record to start anew.";
    default:
      return message ?? `The server refused: ${code}.`;
  }
}

/** The demands that a device can fail, in words: the one the browser names, or all of them. */
export function describeDemands(constraints: MediaTrackConstraints, failed: string | undefined): string {
  const demands = Object.entries(constraints).filter(([, wish]) => isDemand(wish));
  const named = demands.filter(([name]) => name === failed);
  const phrases = (named.length > 0 ? named : demands).map(([name, wish]) => describeDemand(name, wish));
  if (phrases.length === 0) return failed ? `something special about "${failed}"` : "something special";
  return new Intl.ListFormat("en").format(phrases);
}

/** What the browser's constraints are made of. */
type Bound = string | number | boolean | readonly string[];

function isDemand(wish: unknown): boolean {
  return typeof wish === "object" && wish !== null && ("exact" in wish || "min" in wish || "max" in wish);
}

function describeDemand(name: string, wish: unknown): string {
  const { exact, min, max } = wish as Readonly<Record<"exact" | "min" | "max", Bound | undefined>>;
  const unit = UNITS[name] ?? "";
  const bounds = [
    ...(exact === undefined ? [] : [`exactly ${exact.toString()}`]),
    ...(min === undefined ? [] : [`at least ${min.toString()}`]),
    ...(max === undefined ? [] : [`at most ${max.toString()}`]),
  ].join(" and ");
  return unit ? `${bounds} ${unit}` : `${name} of ${bounds}`;
}

const UNITS: Readonly<Record<string, string>> = {
  width: "pixels across",
  height: "pixels down",
  frameRate: "frames per second",
  sampleRate: "samples per second",
  channelCount: "channels",
};
