"""Python's FastRTC as its users write it, with the page of examples/browser: for `npm run test:python-server`."""

import asyncio
import os
import sys

import cv2
import numpy as np
import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastrtc import AsyncStreamHandler, Stream
from pydantic import BaseModel

PAGE, CLIENT = sys.argv[1:3]


class Echo(AsyncStreamHandler):
    def __init__(self):
        super().__init__(input_sample_rate=24000, output_sample_rate=24000)
        self.frames = asyncio.Queue()

    async def receive(self, frame):
        self.frames.put_nowait(frame)

    async def emit(self):
        return await self.frames.get()

    def copy(self):
        return Echo()


def brighten(image, value):
    return cv2.flip(np.clip(image.astype(int) + int(value or 0), 0, 255).astype(np.uint8), 0)


options = {"mode": "send-receive", "concurrency_limit": 10, "verbose": False}
no_servers = {"rtc_configuration": {"iceServers": []}, "server_rtc_configuration": {"iceServers": []}}
audio = Stream(handler=Echo(), modality="audio", **options, **no_servers)
video = Stream(handler=brighten, modality="video", **options, **no_servers)

app = FastAPI()
audio.mount(app, path="/audio")
video.mount(app, path="/video")
received = []


class InputData(BaseModel):
    webrtc_id: str
    value: float


@app.post("/input_hook")
async def input_hook(body: InputData):
    received.append(body.value)
    video.set_input(body.webrtc_id, None, body.value)  # The first stands for the picture, in release 0.0.33.
    return {}


@app.get("/healthz")
def healthz():
    return {"received": received}


@app.get("/")
def page():
    return FileResponse(PAGE)


@app.get("/client.js")
def client():
    return FileResponse(CLIENT, media_type="text/javascript")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
