#!/usr/bin/env node
// The `fastrtc` command.
import { commands } from "./commands.ts";
import { runCli } from "./run-cli.ts";
import { processTerminal } from "./terminal.ts";

// Not process.exitCode: what an app opened and did not close must not keep a command from ending.
process.exit(await runCli(process.argv.slice(2), commands, processTerminal()));
