import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { systemClock } from "../../src/async/clock.ts";
import type { FastPhoneOptions } from "../../src/fastphone/fastphone-options.ts";
import { gradioTunnel } from "../../src/fastphone/gradio-tunnel.ts";
import type { Tunnel } from "../../src/fastphone/tunnel.ts";
import { StreamHandler } from "../../src/handlers/stream-handler.ts";
import type { AudioFrame } from "../../src/media/audio-frame.ts";
import { Stream } from "../../src/stream.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { SimulatedTwilio } from "../support/simulated-twilio.ts";
import { projectFile } from "../support/source-tree.ts";
import { StandInServices } from "./support/stand-in-services.ts";

const TOKEN = "hf_SecretOfTheTest";

class Echo extends StreamHandler {
  readonly #frames: AudioFrame[] = [];
  receive(frame: AudioFrame): void {
    this.#frames.push(frame);
  }
  emit(): AudioFrame | null {
    return this.#frames.shift() ?? null;
  }
  copy(): Echo {
    return new Echo({ inputSampleRate: 8000, outputSampleRate: 8000 });
  }
}

let services: StandInServices;
let folder: string;
const logger = new RecordingLogger();

beforeEach(async () => {
  services = await StandInServices.start();
  folder = await mkdtemp(join(tmpdir(), "fastrtc-test-"));
  logger.lines.length = 0;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await services[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function echoStream(): Stream {
  return new Stream({ handler: new Echo(), modality: "audio", logger, twilioAuthToken: null });
}

function options(more: FastPhoneOptions = {}): FastPhoneOptions {
  const tunnel = gradioTunnel(services.tunnelOptions(folder));
  return { token: TOKEN, port: 0, tunnel, serviceUrl: services.url, handleSignals: false, ...more };
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message;
}

describe("stream.fastphone()", () => {
  test("registers its public address, tells number, code and minutes, is called, and gives the number back", async () => {
    const printed = vi.spyOn(console, "log").mockImplementation(() => {});
    const phone = await echoStream().fastphone(options());
    const host = new URL(phone.publicUrl).host;
    expect({ ...phone, server: undefined, close: undefined }).toMatchObject({
      phone: "+1 877-713-4471",
      code: "530574",
      timeRemainingS: 1799.6,
      resetDate: "2026-12-01",
    });
    expect(services.requests).toEqual([
      { path: "/register", authorization: TOKEN, body: JSON.stringify({ url: host }) },
    ]);
    expect(printed.mock.calls.flat().join("\n").split("\n")).toEqual([
      "Call +1 877-713-4471 and type in the code 530574: this stream answers.",
      `29:59 minutes are left until 2026-12-01. The page is on ${phone.server.url}; Ctrl-C gives the number back.`,
    ]);

    // What FastPhone does with a call: the webhook, then the WebSocket, both through the tunnel.
    const webhook = await fetch(`http://${host}/telephone/incoming`, { method: "POST", body: new URLSearchParams() });
    expect(await webhook.text()).toContain(`wss://${host}/telephone/handler`);
    const socket = new WebSocket(`ws://${host}/telephone/handler`);
    const twilio = new SimulatedTwilio({ clock: systemClock, send: (text) => socket.send(text) });
    await once(socket, "open");
    twilio.start();
    twilio.speak((sample) => 8000 * Math.sin(sample / 3));
    await new Promise<void>((resolve) =>
      socket.on("message", (data: Buffer) => {
        twilio.receive(data.toString());
        if (twilio.heardMs >= 100) resolve();
      }),
    );
    twilio.silence();
    expect(twilio.violations).toEqual([]);
    socket.terminate();

    await phone.close();
    await phone.close();
    expect(services.requests.slice(1)).toEqual([
      { path: "/unregister", authorization: TOKEN, body: JSON.stringify({ url: host, code: "530574" }) },
    ]);
    for (const url of [`http://${host}`, phone.server.url]) await expect(fetch(url)).rejects.toThrow("fetch failed");
    expect(JSON.stringify(logger.lines)).not.toContain(TOKEN);
  });

  test("takes the token from HF_TOKEN, or from the file that hf auth login writes", async () => {
    vi.stubEnv("HF_HOME", folder);
    vi.stubEnv("HF_TOKEN", "");
    vi.stubEnv("HF_TOKEN_PATH", "");
    const { token: _, ...without } = options({ printNumber: false });
    expect(await failureOf(echoStream().fastphone(without))).toBe(
      "fastphone() needs a token of Hugging Face. Make one (type: read) at https://huggingface.co/settings/tokens and pass it as " +
        `token, or set HF_TOKEN, or run "hf auth login", which writes ${join(folder, "token")}.`,
    );
    await writeFile(join(folder, "token"), "hf_ofTheFile\n");
    await (await echoStream().fastphone(without)).close();
    vi.stubEnv("HF_TOKEN", "hf_ofTheEnvironment");
    await (await echoStream().fastphone(without)).close();
    expect(registrations().map(({ authorization }) => authorization)).toEqual(["hf_ofTheFile", "hf_ofTheEnvironment"]);
    expect(await failureOf(echoStream().fastphone(options({ token: "hf_two lines\nof it" })))).toBe(
      "The token of Hugging Face has characters that no token has. Is it whole?",
    );
  });

  test.each([
    [
      202,
      { reset_date: "2026-12-01" },
      "FastPhone's minutes of this Hugging Face account are used up. They come back on 2026-12-01.",
    ],
    [202, null, "FastPhone's minutes of this Hugging Face account are used up. They come back every month."],
    [
      401,
      {},
      "FastPhone does not know this token of Hugging Face. Check it at https://huggingface.co/settings/tokens.",
    ],
    [503, TOKEN, "FastPhone (SERVICE) answered 503. Try again later."],
    [200, { phone: 7 }, "SERVICE answered something that holds no telephone number."],
  ])("the answer %d %j is one sentence, and nothing is left open", async (status, body, sentence) => {
    services.reply = { status, body };
    const closed: string[] = [];
    const openTunnel = async (): Promise<Tunnel> => ({
      url: "https://phone.example.com",
      close: async () => void closed.push("tunnel"),
    });
    const port = await freePort();
    const message = await failureOf(echoStream().fastphone(options({ tunnel: openTunnel, port })));
    expect(message.replace(services.url, "SERVICE")).toBe(sentence);
    expect(closed).toEqual(["tunnel"]);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow("fetch failed");
  });

  test("asks FastRTC's other service when the first does not answer, and says what is the matter without a network", async () => {
    const asked: unknown[] = [];
    vi.spyOn(globalThis, "fetch").mockImplementation(async (url) => {
      asked.push(url);
      throw new TypeError("fetch failed", { cause: new Error(`getaddrinfo ENOTFOUND for ${TOKEN}`) });
    });
    const { serviceUrl: _, ...plain } = options({ tunnel: "https://phone.example.com" });
    expect(await failureOf(echoStream().fastphone(plain))).toBe(
      "FastPhone (https://api.fastrtc.org) could not be reached: getaddrinfo ENOTFOUND for [hidden]. Is this machine connected to the " +
        "internet?",
    );
    expect(asked).toEqual(["https://api.fastrtc.org/register", "https://fastrtc-fastphone.hf.space/register"]);
  });

  test("refuses streams that nobody could call, and options that are none", async () => {
    const video = new Stream({ handler: (frame) => frame, modality: "video" });
    expect(await failureOf(video.fastphone(options()))).toBe(
      'This Stream has no audio, its modality is "video": nobody can call it.',
    );
    const signed = new Stream({ handler: new Echo(), modality: "audio", twilioAuthToken: "mine" });
    expect(await failureOf(signed.fastphone(options()))).toContain("make the Stream with twilioAuthToken: null");
    for (const [wrong, sentence] of [
      [{ tunnel: "https://example.com/path" }, "tunnel is"],
      [{ tunnel: "toString" }, "tunnel is"],
      [{ tunel: "gradio" }, 'has no option "tunel". Did you mean tunnel?'],
      [{ serviceUrl: "nowhere" }, "serviceUrl has to be an address"],
      [{ port: -1 }, "-1 is not a port"],
    ] as const) {
      expect(await failureOf(echoStream().fastphone({ ...options(), ...wrong } as FastPhoneOptions))).toContain(
        sentence,
      );
    }
    expect(services.requests).toEqual([]);
  });

  test("a tunnel that ends by itself is told to the log", async () => {
    let end: (reason: string) => void = () => {};
    const ended = new Promise<string>((resolve) => (end = resolve));
    const openTunnel = async (): Promise<Tunnel> => ({ url: "https://a.example.com", close: async () => {}, ended });
    const phone = await echoStream().fastphone(options({ tunnel: openTunnel, printNumber: false }));
    end("The tunnel is over.");
    await ended;
    await phone.close();
    expect(logger.at("error")).toEqual(["nobody can call any more, start fastphone() again: The tunnel is over."]);
  });

  test("given up while the tunnel opens, it leaves neither program nor server", async () => {
    const giveUp = new AbortController();
    const closed: string[] = [];
    const openTunnel = async (): Promise<Tunnel> => {
      giveUp.abort(new Error("Enough."));
      return { url: "https://a.example.com", close: async () => void closed.push("tunnel") };
    };
    const port = await freePort();
    const starting = echoStream().fastphone(options({ tunnel: openTunnel, port, signal: giveUp.signal }));
    expect(await failureOf(starting)).toBe("Enough.");
    expect([closed, services.requests]).toEqual([["tunnel"], []]);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow("fetch failed");
  });

  test("Ctrl-C gives the number back and ends the tunnel's program", async () => {
    const program = spawn(
      process.execPath,
      ["--import", "tsx", projectFile("test/fastphone/support/fastphone-program.ts"), services.url, folder],
      { env: { ...process.env, HF_TOKEN: TOKEN }, stdio: ["ignore", "pipe", "pipe"] },
    );
    let printed = "";
    for (const output of [program.stdout, program.stderr]) output.on("data", (text: Buffer) => (printed += text));
    const { url: host } = JSON.parse((await services.asked("/register")).body) as { url: string };
    while (!printed.includes("Ctrl-C")) await once(program.stdout, "data");
    expect((await fetch(`http://${host}/healthz`)).status).toBe(200);
    program.kill("SIGINT");
    const [code] = (await once(program, "exit")) as [number | null];
    expect([code, services.requests.map(({ path }) => path)]).toEqual([0, ["/register", "/unregister"]]);
    expect(printed).not.toContain(TOKEN);
    await expect(fetch(`http://${host}/healthz`)).rejects.toThrow("fetch failed");
  });
});

function registrations() {
  return services.requests.filter(({ path }) => path === "/register");
}

async function freePort(): Promise<number> {
  const server = await new Stream({ handler: (frame) => frame, modality: "video", logger }).ui.launch({
    port: 0,
    printUrl: false,
    handleSignals: false,
  });
  await server.close();
  return server.port;
}
