import { readFile } from "node:fs/promises";
import { invariant } from "../../errors.ts";
import { version } from "../../version.ts";

/** What `fastrtc init` can make. */
export const TEMPLATES = {
  video: "a camera, whose pictures come back mirrored and with a caption",
  voice: "a voice that answers when one pauses; it needs no key and no download",
  phone: "the same on the telephone, by Twilio",
} as const;

export type TemplateName = keyof typeof TEMPLATES;

/** The files of a new app, by their path in its folder. */
export async function templateFiles(
  template: TemplateName,
  { name, packageSpec }: { readonly name: string; readonly packageSpec: string | undefined },
): Promise<ReadonlyMap<string, string>> {
  const [app, dockerfile, dockerignore] = await Promise.all(
    [`${template}/app.ts`, "shared/Dockerfile", "shared/dockerignore"].map((path) =>
      readFile(new URL(`../../../templates/${path}`, import.meta.url), "utf8"),
    ),
  );
  invariant(app !== undefined && dockerfile !== undefined && dockerignore !== undefined, "three files were read");
  return new Map([
    ["app.ts", app],
    ["Dockerfile", dockerfile],
    [".dockerignore", dockerignore],
    ["package.json", `${JSON.stringify(packageJson(name, packageSpec), undefined, 2)}\n`],
    ["tsconfig.json", `${JSON.stringify(TSCONFIG, undefined, 2)}\n`],
    [".gitignore", "node_modules/\n.env\n"],
    ["README.md", readme(name, template)],
  ]);
}

function packageJson(name: string, packageSpec = `^${version}`): object {
  return {
    name,
    private: true,
    type: "module",
    scripts: {
      dev: "fastrtc dev app.ts",
      start: "fastrtc serve app.ts --host 0.0.0.0",
      doctor: "fastrtc doctor",
    },
    dependencies: { fastrtc: packageSpec },
    engines: { node: ">=20.19.0" },
  };
}

const TSCONFIG = {
  compilerOptions: {
    target: "ES2023",
    module: "NodeNext",
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
};

function readme(name: string, template: TemplateName): string {
  const steps = [
    `# ${name}`,
    "",
    "    npm install",
    "    npm run dev",
    "",
    "and open http://localhost:7860. Change app.ts, and the page follows. `npm start` serves it in production.",
  ];
  if (template === "phone") {
    steps.push(
      "",
      "By telephone: make port 7860 reachable by https, set TWILIO_AUTH_TOKEN in the environment, and let your number's",
      '"A call comes in" in Twilio\'s console be the webhook https://your-host/telephone/incoming (POST).',
    );
  }
  return `${steps.join("\n")}\n`;
}
