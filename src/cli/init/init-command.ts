import { access, mkdir, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { nearestName } from "../../session/option-names.ts";
import { type Command, EXIT, UsageError } from "../command.ts";
import { textOption } from "../parse-arguments.ts";
import { ownTarball } from "./own-tarball.ts";
import { TEMPLATES, type TemplateName, templateFiles } from "./templates.ts";

const NAMES = Object.keys(TEMPLATES) as readonly TemplateName[];

/** `fastrtc init`: a new app. */
export const initCommand: Command = {
  name: "init",
  usage: "[folder] [options]",
  summary: "Makes a new app: video, voice or phone",
  description: [
    "Makes a folder with an app that runs as it is. Nothing that is there already is overwritten. Templates:",
    "",
    ...NAMES.map((name) => `  ${name.padEnd(6)} ${TEMPLATES[name]}`),
  ].join("\n"),
  examples: ["fastrtc init my-app", "fastrtc init voice", "fastrtc init my-agent --template voice"],
  options: {
    template: {
      type: "string",
      short: "t",
      value: "<name>",
      help: `One of ${NAMES.join(", ")} (default: the folder's name where it is one of these, else video)`,
    },
    fastrtc: {
      type: "string",
      value: "<version>",
      help: "What package.json says for fastrtc: a version or a packed .tgz (default: where this one came from)",
    },
  },
  words: [0, 1],
  async run(args, terminal) {
    const [typedFolder = "."] = args.positionals;
    // `fastrtc init voice` means the template of that name.
    const template = templateOf(textOption(args, "template") ?? (isTemplate(typedFolder) ? typedFolder : "video"));
    const folder = resolve(terminal.folder, typedFolder);
    const name = packageName(basename(folder));
    const files = await templateFiles(template, {
      name,
      packageSpec: packageSpec(args, terminal.folder) ?? (await ownTarball()),
    });
    for (const file of files.keys()) {
      if (!(await exists(join(folder, file)))) continue;
      throw new UsageError(`${folder} has its own ${file} already; nothing was written. Choose another folder.`);
    }
    await mkdir(folder, { recursive: true });
    for (const [file, text] of files) await writeFile(join(folder, file), text, { flag: "wx" });
    const place = relative(terminal.folder, folder);
    terminal.print(`Made ${[...files.keys()].join(", ")}. Now:\n`);
    if (place !== "") terminal.print(`  cd ${place}`);
    terminal.print("  npm install\n  npm run dev");
    return EXIT.done;
  },
};

function templateOf(name: string): TemplateName {
  if (isTemplate(name)) return name;
  const meant = nearestName(name, NAMES);
  throw new UsageError(
    `There is no template "${name}". ${meant ? `Did you mean ${meant}?` : `There are ${NAMES.join(", ")}.`}`,
  );
}

function isTemplate(name: string): name is TemplateName {
  return NAMES.some((known) => known === name);
}

/** The path of a tarball has to be told as a file, whatever folder npm is run in. */
function packageSpec(args: Parameters<Command["run"]>[0], folder: string): string | undefined {
  const given = textOption(args, "fastrtc");
  return given?.endsWith(".tgz") === true ? `file:${resolve(folder, given)}` : given;
}

/** A folder's name as npm allows it. */
function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/^[._-]+|[._-]+$/g, "");
  return name === "" || name === "fastrtc" ? "my-app" : name;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
