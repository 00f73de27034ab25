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

  /**
   * What this side uses: the client's servers where none of its own are given. That the client is to use relays only says
   * nothing about this side. Never rejects either.
   */
  async server(): Promise<RtcConfiguration | null> {
    const { rtcConfiguration, serverRtcConfiguration } = this.#options;
    if (serverRtcConfiguration) return this.#resolve("server", serverRtcConfiguration);
    const shared = await this.#resolve("server", rtcConfiguration);
    return shared && { iceServers: shared.iceServers };
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
