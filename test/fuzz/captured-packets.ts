import { readFileSync, readdirSync } from "node:fs";
import { demultiplex } from "../../src/rtp/demultiplex.ts";
import { fromHex } from "../rtp/support/hex.ts";

const FOLDER = new URL("../captures/", import.meta.url);
/** So many of each kind from each capture: a corpus wants variety, not length. */
const PER_CAPTURE = 40;

/** Packets of real browsers and of aiortc, from the captures. */
export function capturedPackets(): { readonly rtp: readonly Uint8Array[]; readonly rtcp: readonly Uint8Array[] } {
  const rtp: Uint8Array[] = [];
  const rtcp: Uint8Array[] = [];
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith(".jsonl"))) {
    const datagrams = readFileSync(new URL(name, FOLDER), "utf8")
      .trimEnd()
      .split("\n")
      .slice(1)
      .flatMap((line) => {
        const { hex } = JSON.parse(line) as { hex?: string };
        return hex === undefined ? [] : [fromHex(hex)];
      });
    rtp.push(...spread(datagrams.filter((bytes) => demultiplex(bytes) === "rtp")));
    rtcp.push(...spread(datagrams.filter((bytes) => demultiplex(bytes) === "rtcp")));
  }
  return { rtp, rtcp };
}

function spread<Item>(items: readonly Item[]): readonly Item[] {
  const step = Math.max(1, Math.floor(items.length / PER_CAPTURE));
  return items.filter((_, index) => index % step === 0);
}
