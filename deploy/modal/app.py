# Written by `fastrtc deploy modal` from the limits of app.ts; written anew each time. Change those, not this.
import subprocess
from pathlib import Path

import modal

MAX_CONCURRENT_STREAMS = 10  # Calls per container: concurrencyLimit.
TIME_LIMIT = 600  # Seconds per call: timeLimit.
MINUTES = 60  # Seconds.
PORT = 7860

HERE = Path(__file__).parent

image = (
    modal.Image.from_registry("node:22-bookworm-slim", add_python="3.12")
    .workdir("/app")
    .add_local_file(HERE / "package.json", "/app/package.json", copy=True)
    .run_commands("npm install --omit=dev --ignore-scripts --no-audit --no-fund")
    # At each start of a container, so that `modal serve` follows what you write.
    .add_local_dir(HERE, "/app", ignore=["node_modules", ".git", ".env", "package.json", "**/__pycache__"])
)

app = modal.App("fastrtc-mirror", image=image)


@app.function(
    # A client's candidates have to reach the container that has its offer.
    max_containers=1,
    # Media go past Modal's web server: to it a container with nothing but calls is idle. So it may be idle as long as
    # a call lasts, and a minute more.
    scaledown_window=min(TIME_LIMIT + 1 * MINUTES, 3600),
)
# Requests per container at a time: a client has its offer, its candidates and perhaps a stream of events open.
@modal.concurrent(max_inputs=4 * MAX_CONCURRENT_STREAMS)
@modal.web_server(PORT, startup_timeout=60)
def serve():
    subprocess.Popen(
        ["node", "node_modules/fastrtc/dist/cli/fastrtc.js", "serve", "app.ts", "--host", "0.0.0.0", "--port", str(PORT)],
        cwd="/app",
    )
