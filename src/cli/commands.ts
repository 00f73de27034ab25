import type { Command } from "./command.ts";
import { benchCommand } from "./bench/bench-command.ts";
import { deployCommand } from "./deploy/deploy-command.ts";
import { devCommand } from "./dev/dev-command.ts";
import { doctorCommand } from "./doctor/doctor-command.ts";
import { initCommand } from "./init/init-command.ts";
import { serveCommand } from "./serve/serve-command.ts";

/** All commands, in the order in which the help lists them. */
export const commands: readonly Command[] = [
  initCommand,
  devCommand,
  serveCommand,
  doctorCommand,
  benchCommand,
  deployCommand,
];
