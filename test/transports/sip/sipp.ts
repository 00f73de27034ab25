import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What sipp is asked for. */
export interface SippOptions {
  readonly args: readonly string[];
  /** A scenario of one's own. @default one that sipp has */
  readonly scenario?: string;
  /** A line for each call: what `[field0]` is in it. */
  readonly fields?: readonly string[];
}

/** A caller of 127.0.0.1 that leaves the sound to somebody else's port, and waits to be hung up on. */
export const CALLER = `<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
    INVITE sip:echo@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: sipp <sip:sipp@[local_ip]:[local_port]>;tag=[pid]SIPpTag00[call_number]
    To: <sip:echo@[remote_ip]:[remote_port]>
    Call-ID: [call_id]
    CSeq: 1 INVITE
    Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>
    Max-Forwards: 70
    Content-Type: application/sdp
    Content-Length: [len]

    v=0
    o=sipp 53655765 2353687637 IN IP4 127.0.0.1
    s=-
    c=IN IP4 127.0.0.1
    t=0 0
    m=audio [field0] RTP/AVP 0
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="200"/>
  <send><![CDATA[
    ACK sip:echo@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: sipp <sip:sipp@[local_ip]:[local_port]>;tag=[pid]SIPpTag00[call_number]
    To: <sip:echo@[remote_ip]:[remote_port]>[peer_tag_param]
    Call-ID: [call_id]
    CSeq: 1 ACK
    Max-Forwards: 70
    Content-Length: 0

  ]]></send>
  <recv request="BYE"/>
  <send><![CDATA[
    SIP/2.0 200 OK
    [last_Via:]
    [last_From:]
    [last_To:]
    [last_Call-ID:]
    [last_CSeq:]
    Content-Length: 0

  ]]></send>
</scenario>
`;

/** A run of sipp, the SIP tester. */
export class Sipp implements AsyncDisposable {
  readonly #folder: string;
  readonly #kill: () => void;
  /** Resolves when all calls went well; rejects with what it said when one did not. */
  readonly ended: Promise<void>;

  private constructor(folder: string, args: readonly string[]) {
    this.#folder = folder;
    const program = spawn("sipp", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    this.#kill = () => program.kill("SIGKILL");
    let output = "";
    for (const stream of [program.stdout, program.stderr]) {
      stream.on("data", (data: Buffer) => (output = (output + data.toString()).slice(-20_000)));
    }
    this.ended = new Promise((resolve, reject) => {
      program.once("error", reject);
      program.once("close", (code) =>
        code === 0 ? resolve() : reject(new Error(`sipp ended with ${String(code)}:\n${output}`)),
      );
    });
    this.ended.catch(() => {}); // Whoever waits for it is told; nobody has to.
  }

  static async start({ args, scenario, fields }: SippOptions): Promise<Sipp> {
    const folder = await mkdtemp(join(tmpdir(), "fastrtc-sipp-"));
    const files: string[] = [];
    if (scenario !== undefined) {
      await writeFile(join(folder, "scenario.xml"), scenario.replaceAll(/^ {4}/gm, ""));
      files.push("-sf", "scenario.xml");
    }
    if (fields) {
      await writeFile(join(folder, "fields.csv"), `SEQUENTIAL\n${fields.join("\n")}\n`);
      files.push("-inf", "fields.csv");
    }
    return new Sipp(folder, [...files, "-i", "127.0.0.1", "-nostdin", "-trace_err", ...args]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    await this.ended.catch(() => {});
    await rm(this.#folder, { recursive: true, force: true });
  }
}
