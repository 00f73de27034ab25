import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ChatMessage, ComponentDescriptor } from "../../src/client/index.ts";
import { Chat } from "./fields/chat.tsx";
import type { TalkPlaces } from "./fields/field-values.ts";
import type { UsedFields } from "./fields/use-fields.ts";
import { Icon } from "./icons.tsx";
import { SoundPlayer } from "./sound-player.tsx";
import type { StageProps } from "./stage.tsx";
import { StageNotice } from "./stage-notice.tsx";
import { StageStatus } from "./stage-status.tsx";
import { buttonLabel } from "./stream-words.ts";
import { VoiceWave } from "./voice-wave.tsx";

interface TalkStageProps extends StageProps {
  fields: UsedFields;
  /** What of the inputs and outputs stands here instead of in a panel. */
  places: TalkPlaces;
  /** Something was typed and is on its way. */
  onType: (text: string) => void;
}

/** A conversation, and below it a line to type into with a button to speak. */
export function TalkStage(props: TalkStageProps): VNode {
  const { config, state, isMuted, speakerId, fields, places, onFirstPicture, onWayOut, onPress, onType } = props;
  const { phase, input, output } = state;
  const { ui, modality, mode } = config;
  const chatbot = places.output === undefined ? undefined : config.additionalOutputs[places.output]?.component;
  const isLive = phase.type === "live";
  const label = buttonLabel(ui, mode, phase);
  // The conversation stays when the stream is over; only what has to be said stands in its place.
  const messages = (places.output === undefined ? [] : fields.values.outputs[places.output]) as readonly ChatMessage[];
  const hasNotice =
    phase.type === "idle" ? phase.problem !== undefined || messages.length === 0 : !isLive && messages.length === 0;
  return (
    <section
      class="stage talk"
      data-phase={phase.type}
      data-shows={isLive}
      data-modality={modality}
      aria-label="Stream"
    >
      {output && <SoundPlayer stream={output} speakerId={speakerId} onFirstSound={onFirstPicture} />}
      <StageStatus phase={phase} timeLimit={config.timeLimit} stopWord={state.stopWord} />
      <div class="talk-body">
        {hasNotice ? (
          <StageNotice
            phase={phase}
            modality={modality}
            mode={mode}
            start={buttonLabel(ui, mode, { type: "idle", note: undefined, problem: undefined })}
            isBrief={false}
            waits={ui.remoteOpen}
            onWayOut={onWayOut}
          />
        ) : (
          chatbot?.type === "chatbot" &&
          messages.length > 0 && <Chat messages={messages} placeholder={chatbot.placeholder} />
        )}
        {phase.type === "idle" && !hasNotice && phase.note && (
          <p class="talk-note" role="status">
            {phase.note}
          </p>
        )}
        {isLive && messages.length === 0 && <VoiceWave input={input} output={output} isMuted={isMuted} />}
      </div>
      <Composer
        descriptor={places.input === undefined ? undefined : config.additionalInputs[places.input]}
        isRunning={phase.type !== "idle"}
        isBusy={phase.type === "connecting"}
        isDisabled={phase.type === "idle" && phase.problem?.wayOut === "none"}
        label={label}
        onPress={onPress}
        onSend={(text) => {
          if (places.input === undefined) return;
          fields.change(places.input, text, true);
          onType(text);
        }}
      />
    </section>
  );
}

interface ComposerProps {
  /** The text box that what is typed belongs to; undefined where the stream has none. */
  descriptor: ComponentDescriptor | undefined;
  isRunning: boolean;
  isBusy: boolean;
  isDisabled: boolean;
  label: string;
  onPress: () => void;
  onSend: (text: string) => void;
}

function Composer({ descriptor, isRunning, isBusy, isDisabled, label, onPress, onSend }: ComposerProps): VNode {
  const [draft, setDraft] = useState("");
  const send = (): void => {
    if (draft.trim() === "") return;
    onSend(draft);
    setDraft("");
  };
  const box = descriptor?.type === "textbox" ? descriptor : undefined;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <button
        type="button"
        class="composer-talk"
        data-running={isRunning}
        data-busy={isBusy}
        disabled={isDisabled}
        aria-label={label}
        title={label}
        onClick={onPress}
      >
        <Icon name={isRunning ? "stop" : "microphone"} />
      </button>
      {box ? (
        <>
          <textarea
            class="composer-text"
            rows={1}
            value={draft}
            aria-label={box.label ?? "Message"}
            placeholder={box.placeholder ?? "Type a message"}
            {...(box.maxLength !== null && { maxLength: box.maxLength })}
            onInput={({ currentTarget }) => setDraft(currentTarget.value)}
            onKeyDown={(event) => {
              // While an input method composes a word, Enter belongs to that.
              if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
              event.preventDefault();
              send();
            }}
          />
          <button type="submit" class="composer-send" aria-label="Send" disabled={draft.trim() === ""}>
            <Icon name="send" />
          </button>
        </>
      ) : (
        <span class="composer-label">{label}</span>
      )}
    </form>
  );
}
