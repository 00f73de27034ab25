import { toError } from "../errors.ts";
import type { Logger } from "./logger.ts";
import {
  type GivenRtcConfiguration,
  type IceServer,
  type RtcConfiguration,
  resolveRtcConfiguration,
} from "./rtc-configuration.ts";

export interface RtcConfigurationsOptions {
  readonly rtcConfiguration?: GivenRtcConfiguration;
  readonly serverRtcConfiguration?: GivenRtcConfiguration;
  readonly logger: Logger;
}

/** The STUN and TURN servers of both sides of a Stream's connections. */
export class RtcConfigurations {
  readonly #options: RtcConfigurationsOptions;
  #namesTurnOverTcp = false;

  constructor(options: RtcConfigurationsOptions) {
    this.#options = options;
  }

  /** Whether a configuration that was asked for so far has a TURN server that is reached over TCP or TLS. */
  get namesTurnOverTcp(): boolean {
    return this.#namesTurnOverTcp;
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
      const configuration = await resolveRtcConfiguration(source);
      this.#namesTurnOverTcp ||= configuration?.iceServers.some(isTurnOverTcp) ?? false;
      return configuration;
    } catch (thrown) {
      this.#options.logger.error(
        `no STUN or TURN server can be used, since the ${side}'s rtcConfiguration failed:`,
        toError(thrown),
      );
      return null;
    }
  }
}

function isTurnOverTcp({ urls }: IceServer): boolean {
  return [urls].flat().some((url) => /^turns:/i.test(url) || /^turn:.*[?&]transport=tcp/i.test(url));
}
