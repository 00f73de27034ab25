import type { ColorSpaceCode, HeaderExtensionMap, PlayoutDelay } from "./header-extensions.ts";
import { RtpHeaderTemplate } from "./header-template.ts";

export interface VideoHeadersOptions {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly extensions: HeaderExtensionMap;
  /** The m-line's identification, sent with each packet if the extension was negotiated. */
  readonly mid?: string;
}

/** What the packets of a picture say beside it, where the extensions for it were negotiated. */
export interface VideoHeaderContent {
  readonly playoutDelay?: PlayoutDelay | undefined;
  readonly colorSpace?: ColorSpaceCode | undefined;
}

/** The headers (RFC 3550 §5.1, RFC 8285) that a sent video stream puts in front of its packets, each made once. They differ in length. */
export class VideoHeaders {
  readonly #options: VideoHeadersOptions;
  readonly #made = new Map<string, RtpHeaderTemplate>();

  constructor(options: VideoHeadersOptions) {
    this.#options = options;
  }

  /** The header for these values; there should be few of them. */
  templateFor({ playoutDelay, colorSpace }: VideoHeaderContent): RtpHeaderTemplate {
    const key = `${playoutDelay?.minimumMs} ${playoutDelay?.maximumMs} ${colorSpace?.matrix} ${colorSpace?.range}`;
    const known = this.#made.get(key);
    if (known) return known;
    const { ssrc, payloadType, extensions, mid } = this.#options;
    const template = new RtpHeaderTemplate({
      ssrc,
      payloadType,
      extensions: [
        ...(mid === undefined ? [] : extensions.elements("mid", mid)),
        ...(playoutDelay === undefined ? [] : extensions.elements("playoutDelay", playoutDelay)),
        ...(colorSpace === undefined ? [] : extensions.elements("colorSpace", colorSpace)),
        ...extensions.elements("absSendTime", 0),
        ...extensions.elements("transportSequenceNumber", 0),
      ],
    });
    this.#made.set(key, template);
    return template;
  }
}
