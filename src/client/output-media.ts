/** What the server sends back: one track of each kind, the newest. */
export class OutputMedia {
  readonly #create: () => MediaStream;
  readonly #onChange: (stream: MediaStream) => void;
  #stream: MediaStream | undefined;

  constructor(create: () => MediaStream, onChange: (stream: MediaStream) => void) {
    this.#create = create;
    this.#onChange = onChange;
  }

  /** Adds a track, in place of the one of its kind; told where it is the first of all, or replaces one. */
  add(track: MediaStreamTrack): void {
    const before = this.#stream;
    const stream = before ?? this.#create();
    this.#stream = stream;
    const replaced = stream.getTracks().filter(({ kind }) => kind === track.kind);
    for (const old of replaced) stream.removeTrack(old);
    stream.addTrack(track);
    if (!before || replaced.length > 0) this.#onChange(stream);
  }
}
