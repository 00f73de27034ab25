/** The server that a tunnel leads to, on this machine. */
export interface LocalServer {
  readonly host: string;
  readonly port: number;
}

/** A way from the internet to a server on this machine. */
export interface Tunnel {
  /** Its public address, such as "https://0123456789.gradio.live". */
  readonly url: string;
  /** Ends it. Harmless when repeated. */
  close(): Promise<void>;
  /** Resolves with what is known of the reason when it ends by itself. @default it is never told */
  readonly ended?: Promise<string>;
}

/** Opens a tunnel to a server. The signal aborts when nobody waits for it any more: what was begun is ended then. */
export type OpenTunnel = (server: LocalServer, signal: AbortSignal) => Promise<Tunnel>;
