import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { ReplyOnPause, Stream } from "../../src/index.ts";
import type { LaunchOptions } from "../../src/index.ts";
import { Coturn } from "../support/coturn.ts";
import { NativeClient } from "../support/native-client.ts";
import { NetworkNamespace } from "../support/network-namespace.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { appFolder, CliProcess } from "./cli-process.ts";
import { typed } from "./typed.ts";

vi.setConfig({ testTimeout: 120_000 });

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

type Options = Omit<ConstructorParameters<typeof Stream>[0], "handler" | "modality">;

async function serve(options: Partial<Options> = {}, launch: LaunchOptions = {}) {
  const stream = new Stream({
    handler: (frame) => frame,
    modality: "video",
    logger: new RecordingLogger(),
    ...(options as object),
  });
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false, ...launch });
  cleanups.push(() => server.close());
  return { stream, server };
}

/** The findings at these levels, as the terminal shows them. */
const lines = (printed: string, pattern = /^(PROBLEM|warning) /): readonly string[] =>
  printed.split("\n").filter((line) => pattern.test(line));

test("finds nothing wrong with a server on this machine, and leaves its place free", async () => {
  const { stream, server } = await serve();
  const { code, printed } = await typed(`doctor ${server.url}`);
  expect({ code, problems: lines(printed) }).toEqual({ code: 0, problems: [] });
  expect(printed).toMatch(/^ok {7}WebRTC: A call connected over UDP, \d+ ms after its offer\.$/m);
  expect(printed).toContain("ok       codecs: The server speaks H264 with this client.");
  expect(printed.split("\n").at(-1)).toBe("Nothing found that would stop a client.");
  await expect.poll(() => stream.health().sessions).toBe(0);
});

test("asks a voice agent for Opus, and whether WebSockets come through", async () => {
  const stream = new Stream({
    handler: new ReplyOnPause((audio) => audio),
    modality: "audio",
    logger: new RecordingLogger(),
  });
  const server = await stream.ui.launch({ port: 0, printUrl: false, handleSignals: false });
  cleanups.push(() => server.close());
  const { code, printed } = await typed(`doctor ${server.url}`);
  expect({ code, problems: lines(printed) }).toEqual({ code: 0, problems: [] });
  expect(printed).toContain("ok       WebSocket: WebSockets come through to /websocket/offer.");
  expect(printed).toMatch(/The server speaks opus with this client/i);
});

test("says that all places are taken", async () => {
  const { stream, server } = await serve({ concurrencyLimit: 1 });
  const client = new NativeClient();
  await client.connect(stream);
  const { code, printed } = await typed(`doctor ${server.url}`);
  client.close();
  expect({ code, problems: lines(printed) }).toEqual({
    code: 1,
    problems: [
      "PROBLEM  limits: All places are taken (1 of 1): new clients are refused until one leaves. Raise concurrencyLimit, set a " +
        "timeLimit, or run more servers.",
      "PROBLEM  offer: A client is refused: all 1 places are taken. Raise concurrencyLimit, set a timeLimit, or run more servers.",
    ],
  });
});

test("says that a server is draining", async () => {
  const { stream, server } = await serve();
  await stream.drain();
  const { code, printed } = await typed(`doctor ${server.url}`);
  expect({ code, problems: lines(printed) }).toEqual({
    code: 1,
    problems: [
      "PROBLEM  limits: The server is draining: it is about to stop and takes no new clients. Ask its successor.",
      "PROBLEM  offer: A client is refused: the server is draining, that is, about to stop.",
    ],
  });
});

test("says that http on an address of the local network is no secure context, and what blocks UDP", async () => {
  await using namespace = await NetworkNamespace.create();
  await namespace.cable(["10.213.41.2/24"], { there: ["10.213.41.1/24"] });
  await namespace.run("nft add table inet closed");
  await namespace.run("nft add chain inet closed output { type filter hook output priority 0 ; }");
  await namespace.run("nft add rule inet closed output meta l4proto udp drop");
  const { server } = await serve({ network: { bindAddress: "10.213.41.1" } }, { host: "10.213.41.1" });
  await using folder = await appFolder({});
  const program = await namespace.wrap(process.execPath);
  await using cli = new CliProcess(["doctor", server.url], { cwd: folder.path, program });
  const { code, printed } = await cli.ended();
  const [insecure, blocked, ...others] = lines(printed);
  expect(insecure).toBe(
    `PROBLEM  secure context: ${server.url} is no secure context: browsers give the camera and microphone only to pages on https ` +
      "or on localhost. Put a server that speaks https in front, such as Caddy or nginx.",
  );
  expect(blocked).toMatch(
    /^PROBLEM {2}WebRTC: The offer was answered, but no UDP comes through between this machine and 10\.213\.41\.1 \(it offers 10\.213\.41\.1:\d+\)\. Open its UDP ports \(FASTRTC_UDP_PORT makes it one\), tell its public address with FASTRTC_PUBLIC_ADDRESSES where it is behind NAT or in a container, or give clients a TURN server, or FASTRTC_TCP_PORT\.$/,
  );
  expect({ code, others, end: printed.trimEnd().split("\n").at(-1) }).toEqual({
    code: 1,
    others: [],
    end: "2 problems would stop clients.",
  });
});

test("asks coturn for a relay with the page's credentials, and says that a password is wrong", async () => {
  await using coturn = await Coturn.start();
  const ways = ["udp", "tcp"] as const;
  const good = ways.map((way) => coturn.iceServer(way));
  const { server } = await serve({
    rtcConfiguration: { iceServers: [...good, { ...coturn.iceServer("udp"), credential: "open-saysme" }] },
    serverRtcConfiguration: { iceServers: [] },
  });
  const { code, printed } = await typed(`doctor ${server.url}`);
  for (const way of ways) {
    expect(printed).toMatch(
      new RegExp(`^ok {7}${escapeRegExp(coturn.url(way))}: The TURN server relays, at 127\\.0\\.0\\.1:\\d+\\.$`, "m"),
    );
  }
  expect({ code, problems: lines(printed) }).toEqual({
    code: 1,
    problems: [
      `PROBLEM  ${coturn.url("udp")}: The TURN server refuses the user name "guest" with its password. Credentials of TURN services ` +
        "expire: fetch new ones, and give rtcConfiguration as a function that does so for each client.",
    ],
  });
  expect(printed).not.toContain("open-s"); // No password is printed.
  await coturn.logged(/refreshed.*lifetime=0/, 10_000); // What was lent was given back.
});

test("asks STUN servers that it is told of, and says that one is silent", async () => {
  await using coturn = await Coturn.start();
  const port = await unusedUdpPort();
  const { code, printed } = await typed(
    `doctor --ice-server stun:127.0.0.1:${coturn.port} --ice-server stun:127.0.0.1:${port} --ice-server stun:no-such-name.invalid`,
  );
  expect(printed).toMatch(/^ok {7}stun:127\.0\.0\.1:\d+: The STUN server sees this machine as 127\.0\.0\.1:\d+\.$/m);
  expect({ code, problems: lines(printed) }).toEqual({
    code: 1,
    problems: [
      `PROBLEM  stun:127.0.0.1:${port}: The STUN server cannot be reached over UDP (nothing listens there). Is it running, and does a ` +
        "firewall let UDP through, here and there?",
      "PROBLEM  stun:no-such-name.invalid: No name server knows no-such-name.invalid. Check the name of the STUN server.",
    ],
  });
});

test("says what is wrong with a certificate, and goes on", async () => {
  const { stream } = await serve();
  const { certificate, key } = await selfSigned();
  const server = createHttpsServer({ cert: certificate, key });
  stream.mount(server, { page: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const { code, printed } = await typed(`doctor https://127.0.0.1:${port}`);
  server.closeAllConnections();
  expect({ code, problems: lines(printed) }).toEqual({
    code: 1,
    problems: [
      "PROBLEM  certificate: The certificate of 127.0.0.1 is signed by itself: browsers warn, and programs refuse. Get one of Let's " +
        "Encrypt, as Caddy does by itself.",
    ],
  });
  expect(printed).toContain("A call connected over UDP");
});

test.each([
  [
    404,
    "Nobody takes offers at http://127.0.0.1:PORT/webrtc/offer. Where the Stream is mounted below a path, say so: fastrtc doctor http://127.0.0.1:PORT/rtc",
  ],
  [502, "A proxy answers with 502: the server behind it does not run, or is too slow."],
  [401, 'A client is refused without credentials. Pass them: --header "authorization: Bearer …".'],
])("says what an answer of %i to the offer means", async (status, sentence) => {
  const server = createHttpServer((_request, response) => response.writeHead(status).end("No."));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const { code, printed } = await typed(`doctor 127.0.0.1:${port}`);
  server.closeAllConnections();
  expect({ code, problems: lines(printed) }).toEqual({
    code: 1,
    problems: [`PROBLEM  offer: ${sentence.replaceAll("PORT", String(port))}`],
  });
});

test("says that nobody listens, or that a name is unknown", async () => {
  const server = createHttpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(lines((await typed(`doctor 127.0.0.1:${port}`)).printed)).toEqual([
    `PROBLEM  server: Nothing listens at 127.0.0.1:${port}. Start the server; where it runs, let it listen on more than localhost with ` +
      "--host 0.0.0.0.",
  ]);
  expect(lines((await typed("doctor https://no-such-name.invalid")).printed)).toEqual([
    "PROBLEM  server: No name server knows no-such-name.invalid. Check the name, and the network of this machine.",
  ]);
});

test("says that a server answered and then no more", async () => {
  const server = createHttpServer((request, response) => {
    if (request.url === "/healthz") response.end("{}");
    else request.socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  const { code, printed } = await typed(`doctor 127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.closeAllConnections();
  expect({ code, problems: lines(printed) }).toEqual({
    code: 1,
    problems: [
      "PROBLEM  server: The server answered at first, and then no more (socket hang up): it may have stopped. Read its log, and ask again.",
    ],
  });
});

test("without a URL looks at this machine as a server, and at the variables that its network is told by", async () => {
  const good = await typed("doctor");
  expect({ code: good.code, problems: lines(good.printed, /^PROBLEM/) }).toEqual({ code: 0, problems: [] });
  const bad = await typed("doctor --json", { environment: { FASTRTC_UDP_PORT: "99999" } });
  const findings = JSON.parse(bad.printed) as { level: string; check: string; sentence: string }[];
  expect(bad.code).toBe(1);
  expect(findings.find(({ check }) => check === "environment")).toMatchObject({ level: "problem" });
  expect(findings.find(({ check }) => check === "environment")?.sentence).toContain("udpPort is at most 65535");
});

test.each([
  [
    "doctor ftp://example.com",
    '"ftp://example.com" is no address of a server. Write it as https://example.com or http://localhost:7860.',
  ],
  ["doctor --ice-server turn:host", "turn:host needs --username and --credential."],
  ["doctor --header nonsense", '--header takes "name: value", not "nonsense".'],
])("%s is answered with a sentence and exit code 2", async (line, complained) => {
  const url = line.includes("--header") ? " http://localhost" : "";
  expect(await typed(line + url)).toEqual({ code: 2, printed: "", complained });
});

async function selfSigned(): Promise<{ certificate: Buffer; key: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), "fastrtc-certificate-"));
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  await promisify(execFile)("openssl", [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=fastrtc.test".split(" "),
    ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
  ]);
  const read = { certificate: await readFile(certificate), key: await readFile(key) };
  await rm(folder, { recursive: true });
  return read;
}

async function unusedUdpPort(): Promise<number> {
  const { createSocket } = await import("node:dgram");
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.?+*()[\]{}^$|\\]/g, String.raw`\$&`);
}
