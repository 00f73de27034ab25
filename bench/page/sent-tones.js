/** A syllable lasts this long, in seconds, and the pause after it a third of that. */
const SYLLABLE_SECONDS = 0.24;

/** A sound track like a voice that speaks on and on: syllables of changing pitch. */
export class SentTones {
  #context = new AudioContext({ sampleRate: 48000 });
  #oscillator = this.#context.createOscillator();
  #loudness = this.#context.createGain();
  #destination = this.#context.createMediaStreamDestination();
  #timer;
  #syllable = 0;

  constructor() {
    this.#oscillator.type = "sawtooth";
    this.#oscillator.connect(this.#loudness).connect(this.#destination);
    this.#oscillator.start();
    this.#speak();
    this.#timer = setInterval(() => this.#speak(), SYLLABLE_SECONDS * 1000);
  }

  get track() {
    return this.#destination.stream.getAudioTracks()[0];
  }

  stop() {
    clearInterval(this.#timer);
    this.#oscillator.stop();
    void this.#context.close();
  }

  #speak() {
    const now = this.#context.currentTime;
    this.#oscillator.frequency.setValueAtTime(110 + 20 * (this.#syllable++ % 7), now);
    this.#loudness.gain.setTargetAtTime(0.5, now, 0.01);
    this.#loudness.gain.setTargetAtTime(0, now + 0.75 * SYLLABLE_SECONDS, 0.01);
  }
}
