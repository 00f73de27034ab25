import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { toError } from "../../errors.ts";
import { networkFromEnvironment } from "../../session/network-options.ts";
import { warmUp } from "../../transports/webrtc/warm-up.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** Whether a Stream could be served from this machine. */
export async function checkMachine(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  return [node(), await codecs(), network(environment), addresses(), ...(await udpPort(environment))];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok("Node", `Node ${process.versions.node} is new enough.`);
  return problem("Node", `Node ${process.versions.node} is too old: install 20.19 or newer.`);
}

async function codecs(): Promise<Finding> {
  try {
    await warmUp();
    return ok("codecs", "WebRTC, H.264 and Opus work on this machine.");
  } catch (thrown) {
    return problem(
      "codecs",
      `The native parts do not work here: ${toError(thrown).message} Alpine has no build; use a Debian image.`,
    );
  }
}

function network(environment: Readonly<Record<string, string | undefined>>): Finding {
  try {
    const given = Object.keys(networkFromEnvironment(environment));
    const which = given.length === 0 ? "none are set; any UDP port is used" : given.join(", ");
    return ok("environment", `The FASTRTC_… variables for the network can be used: ${which}.`);
  } catch (thrown) {
    return problem("environment", toError(thrown).message);
  }
}

function addresses(): Finding {
  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address);
  if (own.length === 0)
    return warning("addresses", "This machine has no network but itself: only pages on it can connect.");
  const isPublic = own.some(
    (address) =>
      !/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(address),
  );
  if (isPublic) return ok("addresses", `This machine has a public address (${own.join(", ")}).`);
  return ok(
    "addresses",
    `This machine has private addresses (${own.join(", ")}): for clients elsewhere map UDP ports onto it and set FASTRTC_PUBLIC_ADDRESSES, or use TURN.`,
  );
}

async function udpPort(environment: Readonly<Record<string, string | undefined>>): Promise<readonly Finding[]> {
  const text = environment["FASTRTC_UDP_PORT"];
  if (text === undefined || !/^\d+$/.test(text)) return [];
  const socket = createSocket("udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(Number(text), resolve);
    });
    return [ok("UDP", `The UDP port ${text} is free.`)];
  } catch (thrown) {
    return [
      problem(
        "UDP",
        `The UDP port ${text} cannot be used: ${toError(thrown).message}. Stop what uses it, or choose another FASTRTC_UDP_PORT.`,
      ),
    ];
  } finally {
    socket.close();
  }
}
