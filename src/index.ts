export { ItemQueue, type ItemQueueOptions } from "./async/item-queue.ts";
export { waitForItem, type WaitForItemOptions } from "./async/wait-for-item.ts";
export { type AudioFileFormat, type AudioFileOptions, audioToBytes, audioToFile } from "./codecs/audio-file.ts";
export { type JpegOptions, pictureToJpeg } from "./codecs/picture-to-jpeg.ts";
export { FastRtcError, type FastRtcErrorCode, WebRTCError } from "./errors.ts";
export { type CloudflaredTunnelOptions, cloudflaredTunnel } from "./fastphone/cloudflared-tunnel.ts";
export type { FastPhone } from "./fastphone/fastphone.ts";
export type { FastPhoneOptions } from "./fastphone/fastphone-options.ts";
export { type GradioTunnelOptions, gradioTunnel } from "./fastphone/gradio-tunnel.ts";
export { type NgrokTunnelOptions, ngrokTunnel } from "./fastphone/ngrok-tunnel.ts";
export type { PhoneNumber } from "./fastphone/phone-number-service.ts";
export type { ShareClientSource } from "./fastphone/share-client.ts";
export type { LocalServer, OpenTunnel, Tunnel } from "./fastphone/tunnel.ts";
export type { AudioSource } from "./handlers/audio-source.ts";
export { AsyncAudioVideoStreamHandler, AudioVideoStreamHandler } from "./handlers/audio-video-stream-handler.ts";
export type { EmittedAudio, EmittedSound, EmittedVideo } from "./handlers/emitted.ts";
export type { ExpectedHandler, HandlerFor } from "./handlers/handler-for.ts";
export {
  AsyncStreamHandler,
  type MessageChannel,
  StreamHandler,
  type StreamHandlerOptions,
} from "./handlers/stream-handler.ts";
export type { VideoFunction, VideoGenerator } from "./handlers/video-function.ts";
export type { VideoSource } from "./handlers/video-source.ts";
export { VideoStreamHandler, type VideoStreamHandlerOptions } from "./handlers/video-stream-handler.ts";
export { WorkerHandler } from "./handlers/worker-handler.ts";
export { aggregateBytesTo16Bit } from "./media/aggregate-bytes.ts";
export { audioToFloat32, audioToInt16 } from "./media/audio-conversion.ts";
export { AudioFrame, type AudioFrameInit, type AudioLayout, type AudioTuple } from "./media/audio-frame.ts";
export type { Samples } from "./media/convert-samples.ts";
export type { PixelFormat } from "./media/pixel-format.ts";
export { type PixelsInit, type Rotation, VideoFrame } from "./media/video-frame.ts";
export { makeCall } from "./phone-calls/make-call.ts";
export type {
  MadeCall,
  MakeCallOptions,
  PlivoCallOptions,
  TelnyxCallOptions,
  TwilioCallOptions,
  VonageCallOptions,
} from "./phone-calls/make-call-options.ts";
export type { OfferReply } from "./protocol/offer-reply.ts";
export type { RefusalBody, RefusalCode } from "./protocol/refusal.ts";
export type { AccessOptions, RateLimits } from "./server/access/access-options.ts";
export type { Authenticate, ConnectionRequest } from "./server/access/connection-request.ts";
export type { RateLimit } from "./server/access/rate-limiter.ts";
export type { LaunchOptions, LaunchedServer } from "./server/launch.ts";
export type { OwnPage, PageHandler } from "./server/own-page.ts";
export type { StreamUi } from "./server/shown-page.ts";
export type { RequestHeaders } from "./server/request-headers.ts";
export type { CallRouteOptions, MountOptions, OfferOptions, VisitorOptions } from "./server/route-options.ts";
export type { Health } from "./server/stream-service.ts";
export { AdditionalOutputs } from "./session/additional-outputs.ts";
export type { CarrierOptions } from "./session/carrier-options.ts";
export { CloseStream } from "./session/close-stream.ts";
export { getCurrentContext, warning } from "./session/context.ts";
export type { DrainOptions } from "./session/drain.ts";
export type { Identity } from "./session/identity.ts";
export type { Logger, StructuredLogger } from "./session/logger.ts";
export type { NumberConstraint, RtpParams, StringConstraint, TrackConstraints } from "./session/media-options.ts";
export type { Modality, Mode } from "./session/modality.ts";
export type { NetworkOptions } from "./session/network-options.ts";
export { perSession } from "./session/per-session.ts";
export type { IceServerInput, RtcConfigurationInput, RtcConfigurationSource } from "./session/rtc-configuration.ts";
export type { SessionContext } from "./session/session-context.ts";
export type {
  InboundAudioStats,
  InboundVideoStats,
  OutboundAudioStats,
  OutboundVideoStats,
  ProcessingStats,
  SessionStats,
} from "./session/session-stats.ts";
export type { Timing } from "./session/timing-window.ts";
export type {
  AudioChunk,
  EndOfTurnModel,
  ModelAudio,
  ModelOptions,
  PauseDetectionModel,
  SpeechToText,
  SpokenText,
  TextToSpeech,
  TextToSpeechOptions,
  VoiceActivityDetector,
  VoiceActivityStream,
} from "./session/voice-models.ts";
export type { ModelPrecision, ModelProgress, ModelSource } from "./speech/model-source.ts";
export { SentenceSplitter } from "./speech/sentence-splitter.ts";
export { getSileroModel } from "./speech/silero/get-silero-model.ts";
export type { SileroVadModel, SileroVadStream } from "./speech/silero/silero-vad-model.ts";
export type { SileroVadOptions } from "./speech/silero/silero-vad-options.ts";
export { getSmartTurnModel } from "./speech/smart-turn/get-smart-turn-model.ts";
export type { SmartTurnModel, SmartTurnOptions } from "./speech/smart-turn/smart-turn-model.ts";
export { getSttModel, type SttModelName } from "./speech/stt/get-stt-model.ts";
export type { MoonshineModel, SttOptions } from "./speech/stt/moonshine-model.ts";
export { sttForChunks } from "./speech/stt/stt-for-chunks.ts";
export type { CartesiaTtsOptions } from "./speech/tts/cartesia-voice.ts";
export type { EspeakTtsOptions } from "./speech/tts/espeak-voice.ts";
export {
  type CartesiaModelOptions,
  type EspeakModelOptions,
  getTtsModel,
  type KokoroModelOptions,
  type TtsModelName,
} from "./speech/tts/get-tts-model.ts";
export type { KokoroTtsOptions } from "./speech/tts/kokoro-voice.ts";
export type { TextToSpeechModel } from "./speech/tts/text-to-speech-model.ts";
export { Stream } from "./stream.ts";
export type {
  AdditionalOutputsHandler,
  CommonStreamOptions,
  StreamOptions,
  StreamOptionsFor,
} from "./stream-options.ts";
export { type SipCallHandle, SipEndpoint } from "./transports/sip/sip-endpoint.ts";
export type { SipCallOptions, SipOptions, SipRegisterOptions } from "./transports/sip/sip-options.ts";
export { type CloudflareTurnOptions, getCloudflareTurnCredentials } from "./turn-credentials/cloudflare.ts";
export { getTurnCredentials, type TurnServiceOptions } from "./turn-credentials/get-turn-credentials.ts";
export { getHfTurnCredentials, type HfTurnOptions } from "./turn-credentials/hugging-face.ts";
export { reuseTurnCredentials, type ReuseTurnCredentialsOptions } from "./turn-credentials/reuse-turn-credentials.ts";
export type {
  TurnCredentials,
  TurnCredentialsServer,
  TurnRequestOptions,
} from "./turn-credentials/turn-credentials.ts";
export { getTwilioTurnCredentials, type TwilioTurnOptions } from "./turn-credentials/twilio.ts";
export type { AlgoOptions, Duplex, TurnOptions } from "./turns/algo-options.ts";
export { AppState } from "./turns/app-state.ts";
export { type CurrentReply, ReplyInterruption, getCurrentReply } from "./turns/current-reply.ts";
export type { VoiceModel } from "./turns/pause-model-detector.ts";
export type { ReplyFunction, ReplyResult, StartupFunction } from "./turns/reply-function.ts";
export { ReplyOnPause } from "./turns/reply-on-pause.ts";
export type { ConversationEvent, InterruptedReply, ReplyOnPauseOptions } from "./turns/reply-on-pause-options.ts";
export { ReplyOnStopWords, type ReplyOnStopWordsOptions } from "./turns/reply-on-stop-words.ts";
export type { ReplyCancelCause } from "./turns/turn-state.ts";
export type { AdditionalInput, InputArguments, InputValues } from "./ui/additional-input.ts";
export type { AdditionalOutput, OutputArguments, OutputValues } from "./ui/additional-output.ts";
export { audio } from "./ui/audio.ts";
export { button } from "./ui/button.ts";
export { chatbot } from "./ui/chatbot.ts";
export { checkbox } from "./ui/checkbox.ts";
export { code } from "./ui/code.ts";
export { Component } from "./ui/component.ts";
export type { ChatMessage } from "./ui/descriptor.ts";
export { dropdown } from "./ui/dropdown.ts";
export { element } from "./ui/element.ts";
export { file } from "./ui/file.ts";
export { type FileData } from "./ui/file-data.ts";
export { gallery } from "./ui/gallery.ts";
export { html } from "./ui/html.ts";
export { image } from "./ui/image.ts";
export { json } from "./ui/json.ts";
export { label } from "./ui/label.ts";
export { markdown } from "./ui/markdown.ts";
export { number } from "./ui/number.ts";
export { plot } from "./ui/plot.ts";
export { radio } from "./ui/radio.ts";
export { slider } from "./ui/slider.ts";
export { state } from "./ui/state.ts";
export { textbox } from "./ui/textbox.ts";
export type { UiArgs } from "./ui/ui-args.ts";
