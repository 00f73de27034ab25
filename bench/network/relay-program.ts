import { constants, setPriority } from "node:os";
import { percentile } from "../report/statistics.ts";
import type { LinkCounts } from "./network-link.ts";
import type { RelayReply, RelayReport, RelayRequest } from "./relay-messages.ts";
import { type PathReport, RelayPath } from "./relay-path.ts";

/** The lossy relay as a process of its own, so that nothing else delays its packets; driven by messages from its parent. */
const paths: RelayPath[] = [];

try {
  setPriority(constants.priority.PRIORITY_HIGHEST);
} catch {
  // Only some users may go before the others; the report tells how late packets were.
}

process.on("message", (request: RelayRequest) => {
  handle(request).then(
    (reply) => process.send?.(reply),
    (error: unknown) =>
      process.send?.({ type: "failed", message: String(error), request: request.request } satisfies RelayReply),
  );
});
process.on("disconnect", () => process.exit(0));

async function handle(message: RelayRequest): Promise<RelayReply> {
  const { request } = message;
  switch (message.type) {
    case "open": {
      const path = await RelayPath.open(message.conditions, message.seed);
      paths.push(path);
      return {
        type: "opened",
        path: paths.length - 1,
        clientPort: path.clientPort,
        serverPort: path.serverPort,
        request,
      };
    }
    case "connect":
      paths[message.path]?.connect(message.server);
      return { type: "done", request };
    case "change":
      for (const path of paths) path.change(message.conditions);
      return { type: "done", request };
    case "report":
      return { type: "report", report: reportOf(paths.map((path) => path.takeReport())), request };
    case "close":
      await Promise.all(paths.splice(0).map((path) => path[Symbol.asyncDispose]()));
      return { type: "done", request };
  }
}

function reportOf(reports: readonly PathReport[]): RelayReport {
  const latenessMs = reports.flatMap((report) => report.latenessMs);
  return {
    toServer: total(reports.map(({ toServer }) => toServer)),
    toClient: total(reports.map(({ toClient }) => toClient)),
    queuedToServerP95Ms: percentile(
      reports.flatMap(({ queuedToServerMs }) => queuedToServerMs),
      0.95,
    ),
    queuedToClientP95Ms: percentile(
      reports.flatMap(({ queuedToClientMs }) => queuedToClientMs),
      0.95,
    ),
    latenessP50Ms: percentile(latenessMs, 0.5),
    latenessP99Ms: percentile(latenessMs, 0.99),
  };
}

function total(counts: readonly LinkCounts[]): LinkCounts {
  const sum = (name: keyof LinkCounts): number => counts.reduce((all, count) => all + count[name], 0);
  return {
    delivered: sum("delivered"),
    passedBytes: sum("passedBytes"),
    lost: sum("lost"),
    dropped: sum("dropped"),
  };
}
