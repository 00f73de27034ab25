import { systemClock } from "../../async/clock.ts";
import { toError } from "../../errors.ts";
import { resolveHost } from "../../transports/webrtc/resolve-host.ts";
import { usableIceServers, type UdpIceServer } from "../../transports/webrtc/ice-servers.ts";
import { type Command, type CommandArguments, EXIT, UsageError } from "../command.ts";
import { flagOption, textOption, textOptions } from "../parse-arguments.ts";
import type { Terminal } from "../terminal.ts";
import { askHttp, type HttpAnswer } from "./ask-http.ts";
import { certificate, secureContext, unreachable } from "./check-address.ts";
import { checkCall } from "./check-call.ts";
import { checkIceServer } from "./check-ice-server.ts";
import { checkMachine } from "./check-machine.ts";
import { type IceServerOfPage, places, readPage, webSocket } from "./check-server.ts";
import { type Finding, ok, problem } from "./finding.ts";
import { readHeaders, serverUrl } from "./server-options.ts";

/** `fastrtc doctor`: why clients cannot connect. */
export const doctorCommand: Command = {
  name: "doctor",
  usage: "[url] [options]",
  summary: "Finds what would stop a client from connecting, and says what to do",
  description: [
    "With the URL of a running server it goes the way of a client, from this machine: name, port, certificate, secure context,",
    "places, the STUN and TURN servers that the page uses (with their credentials), WebSockets, and a real call over UDP, which",
    "takes one place for a moment. Run it from where the clients are. Without a URL it looks at this machine as a server:",
    "Node, native parts, codecs, addresses, and the FASTRTC_… variables. Exit code 1 when something would stop a client.",
  ].join("\n"),
  examples: [
    "fastrtc doctor",
    "fastrtc doctor https://example.com/rtc",
    "fastrtc doctor https://example.com --ice-server turn:turn.example.com:3478 --username guest --credential secret",
  ],
  options: {
    "ice-server": {
      type: "string",
      multiple: true,
      value: "<url>",
      help: "A STUN or TURN server to ask as well, such as turn:host:3478; may be repeated",
    },
    username: { type: "string", value: "<name>", help: "The user name for --ice-server" },
    credential: {
      type: "string",
      value: "<password>",
      help: "Its password (default: TURN_CREDENTIAL, which other users cannot see)",
    },
    header: {
      type: "string",
      multiple: true,
      value: "<name: value>",
      help: "A header for every request, such as credentials; may be repeated",
    },
    json: { type: "boolean", help: "Prints the findings as JSON" },
  },
  words: [0, 1],
  async run(args, terminal) {
    const findings: Finding[] = [];
    const tell = (found: readonly Finding[]): void => {
      findings.push(...found);
      if (!flagOption(args, "json")) for (const finding of found) terminal.print(line(finding));
    };
    const [address] = args.positionals;
    const given = givenIceServers(args, terminal);
    const headers = readHeaders(args);
    const base = address === undefined ? undefined : serverUrl(address);
    if (base === undefined) tell(await checkMachine(terminal.environment));
    else await examine(base, headers, given, tell).catch((thrown: unknown) => tell([broken(thrown)]));
    for (const server of address === undefined ? given : []) tell(await checkIceServer(server));
    const problems = findings.filter(({ level }) => level === "problem").length;
    if (flagOption(args, "json")) terminal.print(JSON.stringify(findings, undefined, 2));
    else terminal.print(`\n${summary(problems)}`);
    return problems > 0 ? EXIT.failed : EXIT.done;
  },
};

/** What is found when a server that has answered does not go on to. */
function broken(thrown: unknown): Finding {
  return problem(
    "server",
    `The server answered at first, and then no more (${toError(thrown).message}): it may have stopped. Read its log, and ask again.`,
  );
}

/** Goes the way of a client, as far as it leads. */
async function examine(
  base: URL,
  headers: Readonly<Record<string, string>>,
  given: readonly IceServerOfPage[],
  tell: (found: readonly Finding[]) => void,
): Promise<void> {
  let health: HttpAnswer;
  try {
    health = await askHttp(new URL("healthz", base), { headers });
  } catch (thrown) {
    tell([unreachable(toError(thrown), base)]);
    return;
  }
  tell([ok("server", `${base.host} answers.`), ...certificate(health, base, systemClock.wallMs())]);
  const page = await readPage(base, headers);
  if (page?.mode !== "receive") tell([secureContext(base)]);
  tell(places(health));
  const iceServers = [...(page?.rtcConfiguration?.iceServers ?? []), ...given];
  for (const server of iceServers) tell(await checkIceServer(server));
  if (page !== undefined && page.modality !== "video") tell([await webSocket(base, headers)]);
  const media = page?.modality === "audio" ? "audio" : "video";
  tell(await checkCall({ base, headers, media, relay: await firstRelay(iceServers) }));
}

/** The first TURN server that this machine can use, over UDP, by its IP address. */
async function firstRelay(iceServers: readonly IceServerOfPage[]): Promise<UdpIceServer | undefined> {
  for (const server of iceServers) {
    const turn = usable(server).find(({ type }) => type === "turn");
    const host = turn && (await resolveHost(turn.host));
    if (host !== undefined) return { ...turn, host } as UdpIceServer;
  }
  return undefined;
}

function usable(server: IceServerOfPage): readonly UdpIceServer[] {
  try {
    return usableIceServers([server]).servers;
  } catch {
    return []; // Its own finding says what is wrong with it.
  }
}

function givenIceServers(args: CommandArguments, { environment }: Terminal): readonly IceServerOfPage[] {
  const username = textOption(args, "username");
  const credential = textOption(args, "credential") ?? environment["TURN_CREDENTIAL"];
  return textOptions(args, "ice-server").map((urls) => {
    if (/^turns?:/.test(urls) && (username === undefined || credential === undefined)) {
      throw new UsageError(`${urls} needs --username and --credential.`);
    }
    return { urls, ...(username !== undefined && { username }), ...(credential !== undefined && { credential }) };
  });
}

const MARKS = { ok: "ok      ", warning: "warning ", problem: "PROBLEM " } as const;

function line({ level, check, sentence }: Finding): string {
  return `${MARKS[level]} ${check}: ${sentence}`;
}

function summary(problems: number): string {
  if (problems === 0) return "Nothing found that would stop a client.";
  return problems === 1 ? "1 problem would stop clients." : `${problems} problems would stop clients.`;
}
