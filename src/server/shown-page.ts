import { systemClock } from "../async/clock.ts";
import type { LaunchOptions, LaunchedServer } from "./launch.ts";
import { type OwnPage, ownPage } from "./own-page.ts";
import { type BuiltInPageOptions, builtInPage } from "./page-route.ts";
import type { StreamPage } from "./stream-page.ts";
import { nobodyWaits, WaitingPages } from "./waiting-pages.ts";

/** The built-in page, or one that takes its place. */
export interface StreamUi {
  /**
   * Serves the page and the routes on a server of their own and prints its address.
   * @throws {FastRtcError} `port_in_use`; `invalid_option` for an address that cannot be listened on.
   */
  launch(options?: LaunchOptions): Promise<LaunchedServer>;
}

export interface ShownPageOptions extends BuiltInPageOptions, StreamUi {
  /** Whether pages may wait for the server to start their stream. */
  readonly remoteOpen: boolean;
}

/** What a Stream shows and how it is launched: its own, until another is set. */
export class ShownPage {
  #ui: StreamUi;
  #page: StreamPage;
  readonly #waiting: WaitingPages | undefined;

  constructor(options: ShownPageOptions) {
    this.#waiting = options.remoteOpen ? new WaitingPages(systemClock) : undefined;
    this.#ui = { launch: (launchOptions) => options.launch(launchOptions) };
    this.#page = builtInPage(options);
  }

  get ui(): StreamUi {
    return this.#ui;
  }

  get page(): StreamPage {
    return this.#waiting?.beside(this.#page) ?? this.#page;
  }

  /** Starts the stream of pages that wait. @throws {FastRtcError} `invalid_argument` where none can. */
  open(visitor: string | undefined): number {
    return (this.#waiting ?? nobodyWaits()).open(visitor);
  }

  /** Sends the pages that wait away. */
  close(): void {
    this.#waiting?.close();
  }

  /** @throws {FastRtcError} `invalid_option` for a URL that is not of a file. */
  show(ui: StreamUi | OwnPage): void {
    if ("launch" in ui) this.#ui = ui;
    else this.#page = ownPage(ui);
  }
}
