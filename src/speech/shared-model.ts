/** Loads something once for all who ask, and again when it failed. */
export class SharedModel<Model> {
  readonly #load: () => Promise<Model>;
  #loading: Promise<Model> | undefined;

  constructor(load: () => Promise<Model>) {
    this.#load = load;
  }

  get(): Promise<Model> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined; // What was missing may be there the next time.
      throw error;
    });
    return this.#loading;
  }
}
