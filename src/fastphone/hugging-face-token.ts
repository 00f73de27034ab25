import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { FastRtcError } from "../errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The token of Hugging Face: the one that was passed, else HF_TOKEN, else the file in which `hf auth login` keeps it (HF_TOKEN_PATH, or
 * `token` below HF_HOME, which is "~/.cache/huggingface").
 * @throws {FastRtcError} `invalid_argument` when there is none, or what there is can be no token.
 */
export async function huggingFaceToken(passed: string | undefined, environment: Environment): Promise<string> {
  const path = tokenPath(environment);
  const token =
    passed ?? (environment["HF_TOKEN"]?.trim() || environment["HUGGING_FACE_HUB_TOKEN"]?.trim() || (await read(path)));
  if (token === undefined || token === "") {
    throw new FastRtcError(
      "invalid_argument",
      `fastphone() needs a token of Hugging Face. Make one (type: read) at https://huggingface.co/settings/tokens and pass it as token, ` +
        `or set HF_TOKEN, or run "hf auth login", which writes ${path}.`,
    );
  }
  // What HTTP's headers cannot carry is no token, and the error of that would show it.
  if (/^[\w.~+/=-]{1,512}$/.test(token)) return token;
  throw new FastRtcError(
    "invalid_argument",
    "The token of Hugging Face has characters that no token has. Is it whole?",
  );
}

function tokenPath(environment: Environment): string {
  const cache = environment["XDG_CACHE_HOME"]?.trim() || join(homedir(), ".cache");
  const home = environment["HF_HOME"]?.trim() || join(cache, "huggingface");
  return environment["HF_TOKEN_PATH"]?.trim() || join(home, "token");
}

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new FastRtcError("invalid_argument", `The token of Hugging Face in ${path} cannot be read.`, {
      cause: error,
    });
  }
}
