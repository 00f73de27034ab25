/** What is shown where no route lies: the built-in page, or one that takes its place. */
export interface StreamPage {
  /** Finds out whether it can be served. @throws {FastRtcError} `invalid_option` with what is missing. */
  prepare(): Promise<void>;
  /** Whether it has something at a path, as far as that can be told before it is asked. @default whatever the path */
  covers?(path: string): Promise<boolean>;
  /**
   * Answers a GET or HEAD request; undefined where the page has nothing.
   * @param path what follows the prefix, decoded by nobody yet: "" for the page itself
   */
  respond(path: string, request: Request): Promise<Response | undefined>;
}
