export type EchoServerName = "fastrtc" | "python";
export interface EchoServer {
  readonly name: EchoServerName;
  readonly url: string;
  readonly pid: number;
  assertRunning(): void;
}
