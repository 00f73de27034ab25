import { type Socket, createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { decodeMuLaw, encodeMuLaw } from "../../../src/media/g711.ts";
import { parseRtpPacket, serializeRtpPacket } from "../../../src/rtp/packet.ts";
import { loudest, sine } from "../../support/tones.ts";
import { Baresip } from "./baresip.ts";
import { CALLER, Sipp } from "./sipp.ts";
import { sipServer } from "./sip-server.ts";

const CALLS = 20;
/** Half a second of echo is judged. */
const JUDGED_SAMPLES = 4000;
const soon = async (read: () => unknown, value: unknown): Promise<void> => {
  await expect.poll(read, { interval: 10, timeout: 50_000 }).toEqual(value);
};

/** The sound of one call of sipp's: a tone, sent at the pace at which packets come, and what comes back. */
class ToneCaller {
  readonly #socket: Socket;
  readonly echo: number[] = [];
  #count = 0;

  private constructor(socket: Socket, frequency: number) {
    this.#socket = socket;
    socket.on("message", (bytes, { port, address }) => {
      const packet = parseRtpPacket(bytes);
      if (packet?.payloadType !== 0) return;
      const samples = decodeMuLaw(packet.payload);
      if (this.echo.length > 0 || samples.some((sample) => Math.abs(sample) > 1000)) this.echo.push(...samples);
      const tone = sine(frequency, { sampleRate: 8000, length: 160, begin: this.#count * 160 }).toInt16();
      const rtp = { payloadType: 0, ssrc: port, sequenceNumber: this.#count, timestamp: this.#count * 160 };
      socket.send(serializeRtpPacket({ ...rtp, payload: encodeMuLaw(tone) }), port, address);
      this.#count += 1;
    });
  }

  static async open(frequency: number): Promise<ToneCaller> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new ToneCaller(socket, frequency);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** The loudest frequency of the echo, in hertz. */
  get heardFrequency(): number {
    return Math.round(
      loudest(
        this.echo.slice(400, 400 + JUDGED_SAMPLES).map((sample) => sample / 32_768),
        8000,
      ).frequency,
    );
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

/** One that is free for UDP; for TCP, which baresip wants as well, it most likely is, too. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

describe("sipp", { timeout: 60_000 }, () => {
  it.each([
    ["UDP", "u1"],
    ["TCP", "t1"],
  ])("gets the echo of 20 calls of 20 over %s, each of its own tone", async (_name, transport) => {
    await using server = await sipServer();
    const { peers, port } = server;
    const frequencies = Array.from({ length: CALLS }, (_, index) => 400 + 50 * index);
    const callers = await Promise.all(frequencies.map((frequency) => ToneCaller.open(frequency)));
    await using sipp = await Sipp.start({
      scenario: CALLER,
      fields: callers.map((caller) => String(caller.port)),
      args: [`127.0.0.1:${port}`, "-t", transport, "-m", String(CALLS), "-l", String(CALLS), "-r", String(CALLS)],
    });
    await soon(() => callers.filter(({ echo }) => echo.length >= 400 + JUDGED_SAMPLES).length, CALLS);
    for (const session of [...peers.registry.sessions]) void session.end("application-closed");
    await sipp.ended;
    // A machine that stumbles leaves gaps, which shift what is measured by some hertz; the next tone is 50 away.
    expect(callers.map(({ heardFrequency }) => Math.round(heardFrequency / 50) * 50)).toEqual(frequencies);
    expect(peers.registry.size).toBe(0);
    await Promise.all(callers.map((caller) => caller.close()));
  });

  it("hangs up 20 calls of its own scenario", async () => {
    await using server = await sipServer();
    const { peers, port } = server;
    await using sipp = await Sipp.start({
      args: ["-sn", "uac", `127.0.0.1:${port}`, "-m", String(CALLS), "-r", String(CALLS), "-d", "100"],
    });
    await sipp.ended;
    expect(peers.registry.size).toBe(0);
  });

  it("is called, and hung up on", async () => {
    await using server = await sipServer();
    const { endpoint, peers } = server;
    const port = await freePort();
    await using sipp = await Sipp.start({ args: ["-sn", "uas", "-p", String(port), "-m", "1"] });
    // Until it listens our INVITE is sent again.
    const call = await endpoint.call(`sip:service@127.0.0.1:${port}`);
    expect(peers.get(call.webrtcId).state).toBe("connected");
    await call.hangUp();
    await sipp.ended;
  });
});

describe("baresip", { timeout: 60_000 }, () => {
  it("calls, is heard, presses keys and hangs up; is called, and hung up on", async () => {
    await using server = await sipServer();
    const { endpoint, peers, port, heard, keys } = server;
    const [own, controlPort] = [await freePort(), await freePort()];
    await using baresip = await Baresip.start({ port: own, controlPort, frequency: 700 });
    baresip.command("dial", `sip:echo@127.0.0.1:${port}`);
    await soon(() => heard.length > 50, true);
    const samples = heard.flatMap((frame) => [...frame.samples]).slice(-4800);
    const { frequency } = loudest(
      samples.map((sample) => sample / 32_768),
      8000,
    );
    expect(Math.abs(frequency - 700)).toBeLessThan(20);
    for (const digit of ["1", "#"]) baresip.command("sndcode", digit);
    await soon(() => keys, ["1", "#"]);
    baresip.command("hangup");
    await soon(() => peers.registry.size, 0);

    const call = await endpoint.call(`sip:ann@127.0.0.1:${own}`);
    const before = heard.length;
    await soon(() => heard.length > before + 50, true);
    await call.hangUp();
    expect(peers.registry.size).toBe(0);
  });
});
