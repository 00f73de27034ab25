import { expect, test } from "vitest";
import { version } from "../../src/version.ts";
import { commands } from "../../src/cli/commands.ts";
import { typed } from "./typed.ts";

test.each([
  ["serv app.ts", "fastrtc has no command serv. Did you mean serve?"],
  ["dance", `fastrtc has no command dance. There are ${commands.map(({ name }) => name).join(", ")}.`],
  ["app.ts", "What shall happen with app.ts? Try: fastrtc dev app.ts"],
  ["serve", "fastrtc serve needs more: fastrtc serve <app.ts> [options]."],
  ["serve a.ts b.ts", 'fastrtc serve does not know what to do with "b.ts": fastrtc serve <app.ts> [options].'],
  ["serve a.ts --prot 1", "fastrtc serve has no option --prot. Did you mean --port?"],
  ["serve a.ts --drain 1", "fastrtc serve has no option --drain. Did you mean --drain-timeout?"],
  ["serve a.ts --colour", "fastrtc serve has no option --colour. It has --port, --host, --drain-timeout, --help."],
  ["serve a.ts --port", "--port needs a value: --port <port>."],
  ["serve a.ts --port --host", "--port needs a value: --port <port>."],
  ["serve a.ts --help=yes", '--help takes no value; leave "yes" out.'],
  ["init --template vidoe", 'There is no template "vidoe". Did you mean video?'],
  ["init --template chess", 'There is no template "chess". There are video, voice, phone.'],
  ["deploy modla app.ts", "fastrtc deploy knows modal, not modla. Did you mean modal?"],
  ["deploy heroku app.ts", "fastrtc deploy knows modal, not heroku. There are pages for others in docs/deploy/."],
  ["serve gone.ts", "There is no gone.ts in /nowhere. `fastrtc init` makes an app to begin with."],
])("fastrtc %s is answered with a sentence and exit code 2", async (line, sentence) => {
  expect(await typed(line, { folder: "/nowhere" })).toEqual({ code: 2, printed: "", complained: sentence });
});

test.each([
  [["--port", "x"], {}, '--port takes a whole number from 0 to 65535, not "x".'],
  [["--port", "70000"], {}, '--port takes a whole number from 0 to 65535, not "70000".'],
  [["--drain-timeout", "-1"], {}, '--drain-timeout takes a number from 0 to 86400, not "-1".'],
  [[], { PORT: "http" }, 'The variable PORT takes a whole number from 0 to 65535, not "http".'],
])("a number that is none is refused before anything runs: %j %j", async (options, environment, sentence) => {
  const line = ["serve", import.meta.filename, ...options];
  expect(await typed(line, { environment })).toEqual({ code: 2, printed: "", complained: sentence });
});

test.each(commands.map(({ name }) => name))(
  "fastrtc %s --help teaches the command, each of its options in a line",
  async (name) => {
    const { code, printed } = await typed(`${name} --help`);
    const command = commands.find((candidate) => candidate.name === name);
    expect(code).toBe(0);
    expect(printed).toMatch(new RegExp(`^Usage: fastrtc ${name} `));
    for (const option of Object.keys(command?.options ?? {}))
      expect(printed).toMatch(new RegExp(`^ +(-., )?--${option}\\b.* [A-Z0-9]`, "m"));
    expect(printed.split("\n").filter((line) => line.length > 130)).toEqual([]);
    expect(await typed(`help ${name}`)).toEqual({ code: 0, printed, complained: "" });
  },
);

test("fastrtc alone lists the commands, and --version tells the version", async () => {
  const { code, printed } = await typed("");
  expect(code).toBe(2);
  for (const { summary } of commands) expect(printed).toContain(summary);
  expect(await typed("--version")).toEqual({ code: 0, printed: version, complained: "" });
});
