import type { Command } from "./command.ts";
import { devCommand } from "./dev/dev-command.ts";
import { serveCommand } from "./serve/serve-command.ts";

/** All commands, in the order in which the help lists them. */
export const commands: readonly Command[] = [devCommand, serveCommand];
