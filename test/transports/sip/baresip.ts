import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type Socket, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { writeWav } from "../../../src/media/wav.ts";
import { sine } from "../../support/tones.ts";

/** A telephone program of others, as Debian has it: it says a tone, and answers by itself when it is called. */
export class Baresip implements AsyncDisposable {
  readonly #folder: string;
  readonly #program: ChildProcess;
  readonly port: number;
  #control: Socket | undefined;
  #output = "";
  #onOutput: () => void = () => {};

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
    this.#program = spawn("baresip", ["-f", folder], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#program.stdout, this.#program.stderr]) {
      stream?.on("data", (data: Buffer) => {
        this.#output = (this.#output + data.toString()).slice(-50_000);
        this.#onOutput();
      });
    }
    this.#program.once("close", () => this.#onOutput());
  }

  /** @param frequency of its tone, in hertz. */
  static async start({
    port,
    controlPort,
    frequency,
  }: {
    port: number;
    controlPort: number;
    frequency: number;
  }): Promise<Baresip> {
    const folder = await mkdtemp(join(tmpdir(), "fastrtc-baresip-"));
    const tone = join(folder, "tone.wav");
    await writeFile(tone, writeWav(sine(frequency, { sampleRate: 8000, length: 8000 * 60 })));
    const config = [
      "poll_method epoll",
      `sip_listen 127.0.0.1:${port}`,
      "audio_player aubridge,nowhere",
      `audio_source aufile,${tone}`,
      "ausrc_srate 8000",
      "auplay_srate 8000",
      "ausrc_channels 1",
      "auplay_channels 1",
      "module_path /usr/lib/baresip/modules",
      "module g711.so",
      "module aufile.so",
      "module aubridge.so",
      "module_app account.so",
      "module_app menu.so",
      "module_app ctrl_tcp.so",
      `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
    ];
    await writeFile(join(folder, "config"), `${config.join("\n")}\n`);
    await writeFile(
      join(folder, "accounts"),
      `<sip:ann@127.0.0.1:${port}>;regint=0;answermode=auto;audio_codecs=PCMA\n`,
    );
    await writeFile(join(folder, "contacts"), "\n");
    const baresip = new Baresip(folder, port);
    await baresip.#said("baresip is ready");
    const control = connect(controlPort, "127.0.0.1");
    await once(control, "connect");
    control.resume();
    baresip.#control = control;
    return baresip;
  }

  /** Gives a command, such as "dial" with an address. */
  command(command: string, params = ""): void {
    const text = JSON.stringify({ command, params });
    this.#control?.write(`${text.length}:${text},`);
  }

  async #said(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      if (this.#program.exitCode !== null) throw new Error(`baresip ended:\n${this.#output}`);
      await new Promise<void>((resolve) => (this.#onOutput = resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#control?.destroy();
    if (this.#program.exitCode === null) {
      const ended = once(this.#program, "close");
      this.#program.kill("SIGKILL");
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
