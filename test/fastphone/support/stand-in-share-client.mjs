#!/usr/bin/env node
// Stands for Gradio's frpc: takes the same parameters, prints the same line, and carries what comes in to the local server.
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";

const parameters = process.argv.slice(2);
const after = (name) => parameters[parameters.indexOf(name) + 1];
if (parameters[0] !== "http" || !parameters.includes("--tls_enable"))
  throw new Error(`unknown: ${parameters.join(" ")}`);
if (!readFileSync(after("--tls_trusted_ca_file"), "utf8").includes("BEGIN CERTIFICATE"))
  throw new Error("no authority");
if (after("-n").length < 40) throw new Error("a share token that can be guessed");
if (process.env.HF_TOKEN !== undefined) throw new Error("it was told the token");

const server = createServer((outside) => {
  const inside = connect(Number(after("-l")), after("-i"));
  for (const socket of [outside, inside]) socket.on("error", () => outside.destroy(inside.destroy()));
  outside.pipe(inside).pipe(outside);
});
server.listen(0, "127.0.0.1", () => {
  const from = "2026/11/21 18:00:00 [I]";
  console.log(`${from} [service.go:301] [0123456789abcdef] login to server success, get run id [0123456789abcdef]`);
  if (after("--server_addr").startsWith("refuses")) {
    console.log(`${from} [service.go:127] login to server failed: EOF`);
    return;
  }
  console.log(
    `${from} [control.go:181] [0123456789abcdef] start proxy success: https://127.0.0.1:${server.address().port}`,
  );
});
