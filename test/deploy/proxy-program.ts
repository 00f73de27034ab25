import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectFile } from "../support/source-tree.ts";

const START_TIMEOUT_MS = 30_000;

/** A real proxy with the configuration that deploy/ has for it, told of other ports and of a certificate that nobody has signed. */
export class ProxyProgram implements AsyncDisposable {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(program: ChildProcess, folder: string, url: string) {
    this.#process = program;
    this.#folder = folder;
    this.url = url;
  }

  static async start(name: "nginx" | "caddy", appPort: number): Promise<ProxyProgram> {
    const folder = await mkdtemp(join(tmpdir(), `fastrtc-${name}-`));
    const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
    await promisify(execFile)("openssl", [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost".split(" "),
      ...["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
    ]);
    const port = await freeTcpPort();
    const start = name === "nginx" ? startNginx : startCaddy;
    const program = await start({ folder, certificate, key, port, appPort });
    let log = "";
    for (const stream of [program.stdout, program.stderr]) {
      stream?.on("data", (data: Buffer) => (log = (log + data.toString()).slice(-10_000)));
    }
    const started = new ProxyProgram(program, folder, `https://localhost:${port}`);
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!(await listens(port))) {
      if (program.exitCode === null && performance.now() < deadline) continue;
      await started[Symbol.asyncDispose]();
      throw new Error(`${name} did not start:\n${log}`);
    }
    return started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface ProxyPlace {
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
  readonly port: number;
  readonly appPort: number;
}

async function startNginx({ folder, certificate, key, port, appPort }: ProxyPlace): Promise<ChildProcess> {
  const site = replaceAll(await readFile(projectFile("deploy/nginx.conf"), "utf8"), [
    ["listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`],
    ["server_name example.com;", "server_name localhost;"],
    ["/etc/letsencrypt/live/example.com/fullchain.pem", certificate],
    ["/etc/letsencrypt/live/example.com/privkey.pem", key],
    ["http://127.0.0.1:7860", `http://127.0.0.1:${appPort}`],
  ]);
  await writeFile(join(folder, "site.conf"), site);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (what) => `${what}_temp_path ${folder}/${what};`,
  );
  await writeFile(
    join(folder, "nginx.conf"),
    `user root; pid ${folder}/pid; events {} http { access_log off; ${temporary.join(" ")} include ${folder}/site.conf; }`,
  );
  // One process, so that ending it ends all.
  return spawn("nginx", ["-e", "stderr", "-p", folder, "-c", "nginx.conf", "-g", "daemon off; master_process off;"]);
}

async function startCaddy({ folder, certificate, key, port, appPort }: ProxyPlace): Promise<ChildProcess> {
  const site = replaceAll(await readFile(projectFile("deploy/Caddyfile"), "utf8"), [
    ["example.com {", `https://localhost:${port} {\n\ttls ${certificate} ${key}\n\tbind 127.0.0.1`],
    ["127.0.0.1:7860", `127.0.0.1:${appPort}`],
  ]);
  await writeFile(join(folder, "Caddyfile"), `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
  return spawn("caddy", ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"], {
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
}

/** @throws {Error} for a text that is not there: then the configuration has changed. */
function replaceAll(text: string, replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((changed, [old, next]) => {
    if (!changed.includes(old)) throw new Error(`the configuration has no "${old}"`);
    return changed.replaceAll(old, next);
  }, text);
}

async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => setTimeout(() => resolve(false), 20));
  });
}
