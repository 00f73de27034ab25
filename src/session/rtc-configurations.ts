import { toError } from "../errors.ts";
import type { Logger } from "./logger.ts";
import { type GivenRtcConfiguration, type RtcConfiguration, resolveRtcConfiguration } from "./rtc-configuration.ts";

export interface RtcConfigurationsOptions {
  readonly rtcConfiguration?: GivenRtcConfiguration;
  readonly serverRtcConfiguration?: GivenRtcConfiguration;
  readonly logger: Logger;
}

/** The STUN and TURN servers of both sides of a Stream's connections. */
export class RtcConfigurations {
  readonly #options: RtcConfigurationsOptions;

  constructor(options: RtcConfigurationsOptions) {
    this.#options = options;
  }

  /** What a browser is told; null for nothing. Never rejects: without servers the connection is tried all the same. */
  client(): Promise<RtcConfiguration | null> {
    return this.#resolve("client", this.#options.rtcConfiguration);
  }

  /** What this side uses: the client's where none of its own is given. Never rejects either. */
  server(): Promise<RtcConfiguration | null> {
    return this.#resolve("server", this.#options.serverRtcConfiguration ?? this.#options.rtcConfiguration);
  }

  async #resolve(side: "client" | "server", source: GivenRtcConfiguration): Promise<RtcConfiguration | null> {
    try {
      return await resolveRtcConfiguration(source);
    } catch (thrown) {
      this.#options.logger.error(
        `no STUN or TURN server can be used, since the ${side}'s rtcConfiguration failed:`,
        toError(thrown),
      );
      return null;
    }
  }
}
