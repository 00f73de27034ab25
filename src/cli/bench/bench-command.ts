import { systemClock } from "../../async/clock.ts";
import { toError } from "../../errors.ts";
import { type Command, type CommandArguments, EXIT, UsageError } from "../command.ts";
import { unreachable } from "../doctor/check-address.ts";
import { readPage } from "../doctor/check-server.ts";
import { readHeaders, serverUrl } from "../doctor/server-options.ts";
import { flagOption, numberOption, textOption } from "../parse-arguments.ts";
import { type LoadCallResult, loadCall } from "./load-call.ts";
import { sampleAudio, sampleVideo } from "./sample-media.ts";

/** `fastrtc bench`: what a server bears. */
export const benchCommand: Command = {
  name: "bench",
  usage: "<url> [options]",
  summary: "Makes many calls to a server at once, and tells how it bears them",
  description: [
    "Connects by WebRTC to any server that speaks FastRTC's protocol, sends each call a camera's picture (H.264, 640 x 480, 30 per",
    "second) or a tone (Opus), and counts what comes back. This machine works as well: run it elsewhere than the server, and",
    "believe no figure of a run in which it was busy. It asks for no lost packets again, and gives no feedback for congestion.",
    "Exit code 1 when a call was refused or did not last.",
  ].join("\n"),
  examples: [
    "fastrtc bench http://localhost:7860 --calls 10",
    "fastrtc bench https://example.com/rtc --calls 50 --seconds 60",
  ],
  options: {
    calls: { type: "string", short: "n", value: "<count>", help: "How many calls at once (default 5)" },
    seconds: {
      type: "string",
      value: "<seconds>",
      help: "How long they last, once the last one has begun (default 10)",
    },
    media: {
      type: "string",
      value: "<kind>",
      help: "What to send, video or audio (default: what the server's page says, or video)",
    },
    header: {
      type: "string",
      multiple: true,
      value: "<name: value>",
      help: "A header for every request; may be repeated",
    },
    json: { type: "boolean", help: "Prints the result of each call as JSON" },
  },
  words: [1, 1],
  async run(args, terminal) {
    const count = numberOption(args, "calls", { least: 1, most: 500, whole: true }) ?? 5;
    const seconds = numberOption(args, "seconds", { least: 1, most: 3600 }) ?? 10;
    const wanted = mediaOption(args);
    const headers = readHeaders(args);
    const base = serverUrl(args.positionals[0] ?? "");
    let media = wanted;
    try {
      const page = await readPage(base, headers);
      media ??= page?.modality === "audio" ? "audio" : "video";
    } catch (thrown) {
      terminal.complain(unreachable(toError(thrown), base).sentence);
      return EXIT.failed;
    }
    const sample = await (media === "video" ? sampleVideo() : sampleAudio());
    const end = new AbortController();
    const calls: Promise<LoadCallResult>[] = [];
    const options = { base, headers, media, sample, clock: systemClock };
    // One after the other: a crowd that comes in the same moment is another question.
    for (let index = 0; index < count && !terminal.signal.aborted; index += 1) {
      calls.push(loadCall(options, end.signal));
      await systemClock.sleep(BETWEEN_MS);
    }
    await systemClock.sleep(seconds * 1000, terminal.signal).catch(() => undefined); // Ctrl-C ends it early, with a report.
    end.abort();
    const results = await Promise.all(calls);
    terminal.print(flagOption(args, "json") ? JSON.stringify(results, undefined, 2) : report(results, media));
    return results.every((result) => result.type === "connected" && result.stayed) ? EXIT.done : EXIT.failed;
  },
};

const BETWEEN_MS = 50;

function mediaOption(args: CommandArguments): "video" | "audio" | undefined {
  const media = textOption(args, "media");
  if (media === undefined || media === "video" || media === "audio") return media;
  throw new UsageError(`--media takes video or audio, not "${media}".`);
}

function report(results: readonly LoadCallResult[], media: "video" | "audio"): string {
  const connected = results.filter((result) => result.type === "connected");
  const refused = results.filter((result) => result.type === "refused");
  const reasons = [...new Set(refused.map(({ why }) => why))].map(
    (why) => `${refused.filter((each) => each.why === why).length} x ${why}`,
  );
  const what = media === "video" ? "pictures" : "packets of sound";
  const row = (name: string, values: readonly number[], unit: string): string =>
    `${name.padEnd(34)} ${spread(values, unit)}`;
  return [
    `${connected.length} of ${results.length} calls connected, ${connected.filter(({ stayed }) => stayed).length} stayed to the end`,
    ...(reasons.length > 0 ? [`refused: ${reasons.join(", ")}`] : []),
    row(
      "offer to answer",
      connected.map(({ answerMs }) => answerMs),
      "ms",
    ),
    row(
      "offer to connection",
      connected.map(({ connectMs }) => connectMs),
      "ms",
    ),
    row(
      `first sent to first back`,
      connected.flatMap(({ firstMs }) => firstMs ?? []),
      "ms",
    ),
    row(
      `${what} back per second`,
      connected.map(({ perSecond }) => perSecond),
      "",
    ),
    row(
      `longest gap between ${what}`,
      connected.map(({ longestGapMs }) => longestGapMs),
      "ms",
    ),
  ].join("\n");
}

function spread(values: readonly number[], unit: string): string {
  if (values.length === 0) return "-";
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
  return `least ${at(0)}, middle ${at(0.5)}, 95 % ${at(0.95)}, most ${at(1)} ${unit}`.trimEnd();
}
