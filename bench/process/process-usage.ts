import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

/** What a process and its children have used. */
export interface ProcessUsage {
  /** User and system time of all threads since the start, in milliseconds. */
  readonly cpuMs: number;
  readonly residentBytes: number;
  readonly atMs: number;
}

/** Linux counts CPU time for other processes in ticks of 10 ms. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

/** Reads a process tree's usage, from /proc where there is one and by `ps` elsewhere. */
export function readProcessUsage(pid: number): ProcessUsage {
  let cpuMs = 0;
  let residentBytes = 0;
  for (const member of processTree(pid)) {
    const usage = process.platform === "linux" ? fromProc(member) : fromPs(member);
    cpuMs += usage.cpuMs;
    residentBytes += usage.residentBytes;
  }
  return { cpuMs, residentBytes, atMs: performance.now() };
}

/** CPU milliseconds per second of wall time between two readings. */
export function cpuMsPerSecond(before: ProcessUsage, after: ProcessUsage): number {
  return ((after.cpuMs - before.cpuMs) / (after.atMs - before.atMs)) * 1000;
}

/** A process and its descendants, by id. */
export function processTree(root: number): number[] {
  if (process.platform !== "linux") return [root];
  const members = [root];
  for (const pid of members) {
    try {
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        const children = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8");
        members.push(...children.split(" ").filter(Boolean).map(Number));
      }
    } catch {
      continue; // It ended while it was being listed.
    }
  }
  return members;
}

function fromProc(pid: number): Pick<ProcessUsage, "cpuMs" | "residentBytes"> {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold spaces: count fields from behind it. utime and stime are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS, residentBytes: pages * PAGE_BYTES };
  } catch {
    return { cpuMs: 0, residentBytes: 0 }; // It ended; what it used shows as a loss, never as a gain.
  }
}

function fromPs(pid: number): Pick<ProcessUsage, "cpuMs" | "residentBytes"> {
  const [cpu = "0", kilobytes = "0"] = execFileSync("ps", ["-o", "time=,rss=", "-p", String(pid)], { encoding: "utf8" })
    .trim()
    .split(/\s+/);
  const seconds = cpu.split(/[-:]/).reduce((total, part) => total * 60 + Number(part), 0);
  return { cpuMs: seconds * 1000, residentBytes: Number(kilobytes) * 1024 };
}
