/** What the Python file for Modal is made from. */
export interface ModalAppOptions {
  /** The app's name on Modal. */
  readonly name: string;
  /** The app's module, relative to the folder of the file. */
  readonly app: string;
  /** Calls at a time, per container. */
  readonly concurrencyLimit: number;
  /** Seconds per call. */
  readonly timeLimitS: number;
}

/** The longest that Modal keeps an idle container, in seconds. */
export const MAX_SCALEDOWN_S = 3600;
/** What stands at the beginning of each file that was written by the command, and may be overwritten by it. */
export const MODAL_APP_MARK = "# Written by `fastrtc deploy modal`";

/** The Python file that Modal runs: an image with Node, and `fastrtc serve` behind its web server. */
export function modalApp({ name, app, concurrencyLimit, timeLimitS }: ModalAppOptions): string {
  return `${MODAL_APP_MARK} from the limits of ${app}; written anew each time. Change those, not this.
import subprocess
from pathlib import Path

import modal

MAX_CONCURRENT_STREAMS = ${concurrencyLimit}  # Calls per container: concurrencyLimit.
TIME_LIMIT = ${timeLimitS}  # Seconds per call: timeLimit.
MINUTES = 60  # Seconds.
PORT = 7860

HERE = Path(__file__).parent

image = (
    modal.Image.from_registry("node:22-bookworm-slim", add_python="3.12")
    .workdir("/app")
    .add_local_file(HERE / "package.json", "/app/package.json", copy=True)
    .run_commands("npm install --omit=dev --ignore-scripts --no-audit --no-fund")
    # At each start of a container, so that \`modal serve\` follows what you write.
    .add_local_dir(HERE, "/app", ignore=["node_modules", ".git", ".env", "package.json", "**/__pycache__"])
)

app = modal.App(${pythonText(name)}, image=image)


@app.function(
    # A client's candidates have to reach the container that has its offer.
    max_containers=1,
    # Media go past Modal's web server: to it a container with nothing but calls is idle. So it may be idle as long as
    # a call lasts, and a minute more.
    scaledown_window=min(TIME_LIMIT + 1 * MINUTES, ${MAX_SCALEDOWN_S}),
)
# Requests per container at a time: a client has its offer, its candidates and perhaps a stream of events open.
@modal.concurrent(max_inputs=4 * MAX_CONCURRENT_STREAMS)
@modal.web_server(PORT, startup_timeout=60)
def serve():
    subprocess.Popen(
        ["node", "node_modules/fastrtc/dist/cli/fastrtc.js", "serve", ${pythonText(app)}, "--host", "0.0.0.0", "--port", str(PORT)],
        cwd="/app",
    )
`;
}

/** A text as Python writes it; JSON's form is also Python's. */
function pythonText(text: string): string {
  return JSON.stringify(text);
}
