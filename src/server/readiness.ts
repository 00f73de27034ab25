import type { Health } from "./stream-service.ts";

/** Whether peers can be served: not while what every peer needs is being loaded, and not where that failed. */
export class Readiness {
  #status: Exclude<Health["status"], "draining"> = "ok";

  /** Where nobody asked for anything in advance the first peer has it loaded. */
  get status(): Exclude<Health["status"], "draining"> {
    return this.#status;
  }

  /** Not ready until this has been done; rejects as it does. */
  async await(loading: Promise<void>): Promise<void> {
    this.#status = "starting";
    try {
      await loading;
      this.#status = "ok";
    } catch (thrown) {
      this.#status = "failed";
      throw thrown;
    }
  }
}
