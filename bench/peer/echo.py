"""Audio echo over WebSockets on Python's FastRTC, as its users write it, for `npm run bench -- --only websocket`."""

import asyncio
import os

import uvicorn
from fastapi import FastAPI
from fastrtc import AsyncStreamHandler, Stream


class Echo(AsyncStreamHandler):
    def __init__(self):
        super().__init__(input_sample_rate=8000, output_sample_rate=8000)
        self.frames = asyncio.Queue()

    async def receive(self, frame):
        self.frames.put_nowait(frame)

    async def emit(self):
        return await self.frames.get()

    def copy(self):
        return Echo()


stream = Stream(
    handler=Echo(),
    modality="audio",
    mode="send-receive",
    concurrency_limit=int(os.environ.get("CONCURRENCY_LIMIT", "10")),
    verbose=False,
)

app = FastAPI()
stream.mount(app)


@app.get("/healthz")
def healthz():
    return {"status": "ok", "sessions": len(stream.connections)}


if __name__ == "__main__":
    uvicorn.run(app, host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ["PORT"]), log_level="warning")
