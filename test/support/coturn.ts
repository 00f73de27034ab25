import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { NetworkNamespace } from "./network-namespace.ts";

/** How long it may take to start, in milliseconds. */
const START_TIMEOUT_MS = 15_000;

export interface CoturnOptions {
  /** Where it listens and relays. @default "127.0.0.1" */
  readonly address?: string;
  /** The machine that it runs on. @default this one */
  readonly namespace?: NetworkNamespace;
}

/** A real TURN server, coturn, of our own: over UDP, TCP and TLS, with a certificate that nobody has signed. */
export class Coturn implements AsyncDisposable {
  readonly username = "guest";
  readonly credential = "open-sesame";
  readonly port: number;
  readonly tlsPort: number;
  /** The SHA-256 of the certificate's key in base64, as Chromium wants it to trust it. */
  readonly keyHash: string;
  readonly #address: string;
  readonly #process: ChildProcess;
  readonly #folder: string;
  #log = "";

  private constructor(
    program: ChildProcess,
    {
      address,
      port,
      tlsPort,
      keyHash,
      folder,
    }: Record<"address" | "keyHash" | "folder", string> & Record<"port" | "tlsPort", number>,
  ) {
    this.#process = program;
    this.#address = address;
    this.#folder = folder;
    this.port = port;
    this.tlsPort = tlsPort;
    this.keyHash = keyHash;
    for (const stream of [program.stdout, program.stderr]) {
      stream?.on("data", (data: Buffer) => (this.#log = (this.#log + data.toString()).slice(-200_000)));
    }
  }

  static async start({ address = "127.0.0.1", namespace }: CoturnOptions = {}): Promise<Coturn> {
    const folder = await mkdtemp(join(tmpdir(), "fastrtc-coturn-"));
    const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
    await promisify(execFile)("openssl", [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=fastrtc.test".split(" "),
      ...["-addext", `subjectAltName=IP:${address}`, "-keyout", key, "-out", certificate],
    ]);
    const spki = new X509Certificate(await readFile(certificate)).publicKey.export({ type: "spki", format: "der" });
    const [port, tlsPort] = [await freeTcpPort(), await freeTcpPort()];
    const args = [
      ...["-n", "--no-cli", "--no-dtls", "--lt-cred-mech", "--fingerprint", "--allow-loopback-peers", "--verbose"],
      ...[
        `--listening-ip=${address}`,
        `--relay-ip=${address}`,
        `--listening-port=${port}`,
        `--tls-listening-port=${tlsPort}`,
      ],
      ...["--user=guest:open-sesame", "--realm=fastrtc.test", `--cert=${certificate}`, `--pkey=${key}`],
      ...[`--userdb=${join(folder, "users.db")}`, `--pidfile=${join(folder, "pid")}`, "--log-file=stdout"],
    ];
    const program = namespace ? await namespace.wrap("turnserver") : "turnserver";
    const coturn = new Coturn(spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] }), {
      address,
      port,
      tlsPort,
      folder,
      keyHash: createHash("sha256").update(spki).digest("base64"),
    });
    await coturn.logged(/TLS 1\.3 supported|listener opened on|IO method/, START_TIMEOUT_MS);
    await coturn.logged(new RegExp(`(TCP|TLS).*listener opened on.*:${tlsPort}`), START_TIMEOUT_MS);
    return coturn;
  }

  /** Its URL for one of the ways to reach it. */
  url(way: "udp" | "tcp" | "tls"): string {
    if (way === "tls") return `turns:${this.#address}:${this.tlsPort}?transport=tcp`;
    return `turn:${this.#address}:${this.port}?transport=${way}`;
  }

  /** The server, as an RTCConfiguration has it. */
  iceServer(way: "udp" | "tcp" | "tls"): { urls: string; username: string; credential: string } {
    return { urls: this.url(way), username: this.username, credential: this.credential };
  }

  /** What it wrote so far. */
  get log(): string {
    return this.#log;
  }

  /** Resolves when its log holds something that matches. */
  async logged(pattern: RegExp, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!pattern.test(this.#log)) {
      if (this.#process.exitCode !== null || performance.now() > deadline) {
        throw new Error(`coturn did not log ${String(pattern)}:\n${this.#log.slice(-3000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = new Promise((resolve) => this.#process.once("exit", resolve));
      this.#process.kill("SIGKILL");
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function freeTcpPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
