export type { CaptureConstraints } from "./capture.ts";
export { ClientError, type ClientErrorCode, type ServerRefusal } from "./client-error.ts";
export { connect } from "./connect.ts";
export type { CommonConnectOptions, ConnectOptions } from "./connect-options.ts";
export type { Modality, Mode, TransportKind } from "./modality.ts";
export type { Connection } from "./connection.ts";
export type { ConnectionEvents } from "./connection-events.ts";
export type { CloseReason, ConnectionState } from "./connection-state.ts";
export type { CustomMessage } from "./incoming.ts";
export { type CaptureDevice, listDevices, onDevicesChange } from "./devices.ts";
export type { MediaKind } from "./input-media.ts";
export type { LiveStats } from "./live-stats.ts";
export type { ServerStats } from "../protocol/server-stats.ts";
export type { OutputDescriptor } from "../ui/describe.ts";
export type * from "../ui/descriptor.ts";
export type { FileData } from "../ui/file-data.ts";
export type { UiDescriptor } from "../ui/ui-args.ts";
export type { Progress, ProtocolMessage, Transcript } from "../protocol/server-message.ts";
export type { SoundRates } from "./sound/sound-format.ts";
export { soundWorkletSource } from "./sound/sound-worklet.ts";
export type {
  StreamInputs,
  StreamMessages,
  StreamModality,
  StreamMode,
  StreamOutputs,
  StreamTypes,
  TypedStream,
  WithMessages,
} from "./stream-types.ts";
export { watchAudioLevel } from "./audio-level.ts";
