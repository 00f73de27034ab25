import type { VNode } from "preact";
import type { Modality, Mode } from "../../src/client/index.ts";
import { Icon, type IconName } from "./icons.tsx";
import type { Problem } from "./problem.ts";
import type { Phase } from "./stream-state.ts";

interface StageNoticeProps {
  phase: Phase;
  modality: Modality;
  mode: Mode;
  /** What the button says that starts the stream. */
  start: string;
  /** Whether the notice stands below a button with an icon of its own, and says only what that does not. */
  isBrief: boolean;
  /** Whether the server may start the stream as well. */
  waits: boolean;
  onWayOut: (relaxed: boolean) => void;
}

/** What stands on the stage while there is nothing to see. */
export function StageNotice(props: StageNoticeProps): VNode | null {
  const { phase, modality, mode, start, isBrief, waits, onWayOut } = props;
  switch (phase.type) {
    case "idle":
      if (phase.problem) return <ProblemNotice problem={phase.problem} modality={modality} onWayOut={onWayOut} />;
      if (isBrief) {
        const title = phase.note ?? (waits ? REMOTE_OPEN : undefined);
        return title === undefined ? null : <Notice title={title} />;
      }
      return (
        <Notice icon={idleIcon(modality, mode)} title={phase.note ?? "Ready when you are"}>
          {phase.note ? `Press ${inWords(start)} to start again.` : invitation(modality, mode, inWords(start))}
          {waits && ` ${REMOTE_OPEN}`}
        </Notice>
      );
    case "connecting":
      if (phase.isSlow && phase.step !== "media") {
        return (
          <Notice busy={!isBrief} title="Taking a while to connect">
            A VPN, a firewall or a mobile network may be in the way. If it never connects, the server may need a TURN
            server to reach you.
          </Notice>
        );
      }
      return phase.step === "media" ? (
        <Notice busy={!isBrief} title={STARTING[modality]}>
          Allow it if your browser asks.
        </Notice>
      ) : (
        <Notice busy={!isBrief} title="Connecting" />
      );
    case "live":
      return <Notice busy title="Waiting for the first picture" />;
  }
}

interface ProblemNoticeProps extends Pick<StageNoticeProps, "modality" | "onWayOut"> {
  problem: Problem;
}

function ProblemNotice({ problem, modality, onWayOut }: ProblemNoticeProps): VNode {
  return (
    <Notice icon={modality === "audio" ? "microphone-off" : "blocked"} title={problem.title} isAlert>
      {problem.text}
      {problem.steps && (
        <ol class="notice-steps">
          {problem.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
      {problem.wayOut !== "none" && (
        <button type="button" class="way-out" onClick={() => onWayOut(problem.wayOut === "relax")}>
          {problem.wayOut === "relax" ? "Use the closest it can do" : "Try again"}
        </button>
      )}
    </Notice>
  );
}

interface NoticeProps {
  icon?: IconName;
  busy?: boolean;
  isAlert?: boolean;
  title: string;
  children?: preact.ComponentChildren;
}

function Notice({ icon, busy = false, isAlert = false, title, children }: NoticeProps): VNode {
  return (
    <div class="notice" role={isAlert ? "alert" : "status"}>
      {(busy || icon) && <span class={busy ? "notice-spinner" : "notice-icon"}>{icon && <Icon name={icon} />}</span>}
      <h2>{title}</h2>
      {children && <div class="notice-text">{children}</div>}
    </div>
  );
}

function idleIcon(modality: Modality, mode: Mode): IconName {
  if (mode === "receive") return "play";
  return modality === "audio" ? "microphone" : "camera";
}

function invitation(modality: Modality, mode: Mode, start: string): string {
  if (mode === "receive") return `Press ${start} to ${modality === "audio" ? "hear" : "see"} what the server sends.`;
  const device = { video: "camera", audio: "microphone", "audio-video": "camera and microphone" }[modality];
  return mode === "send"
    ? `Press ${start} to send your ${device} to the server.`
    : `Press ${start} to send your ${device} and get the answer back live.`;
}

/** The usual words as part of a sentence, a stream's own as they are written. */
function inWords(start: string): string {
  return start === "Record" || start === "Play" ? start.toLowerCase() : `“${start}”`;
}

const REMOTE_OPEN = "The server may start it as well.";

const STARTING: Readonly<Record<Modality, string>> = {
  video: "Starting the camera",
  audio: "Starting the microphone",
  "audio-video": "Starting camera and microphone",
};
