"""The flip-webcam example on Python's FastRTC, as its users write it, for `npm run bench -- --peer fastrtc`."""

import os

import cv2
import uvicorn
from fastapi import FastAPI
from fastrtc import Stream
from fastrtc.stream import Body

GREEN = (127, 238, 100)


def flip_vertically(image):
    image = cv2.flip(image, 0)
    return with_caption(image, "Hello from FastRTC!")


def with_caption(image, text, scale=0.8, thickness=2, margin=10):
    font = cv2.FONT_HERSHEY_SIMPLEX
    (width, _height), _baseline = cv2.getTextSize(text, font, scale, thickness)
    position = (image.shape[1] - width - margin, image.shape[0] - margin)
    return cv2.putText(image, text, position, font, scale, GREEN, thickness)


class FlipStream(Stream):
    """Starts the handler at once: without additional inputs FastRTC returns the picture untouched until set_input is called,
    which its own page does as soon as it is connected."""

    async def offer(self, body: Body):
        answer = await super().offer(body)
        self.set_input(body.webrtc_id, None)
        return answer


stream = FlipStream(
    handler=flip_vertically,
    modality="video",
    mode="send-receive",
    concurrency_limit=int(os.environ.get("CONCURRENCY_LIMIT", "10")),
    time_limit=600,
    rtc_configuration={"iceServers": []},
    server_rtc_configuration={"iceServers": []},
    verbose=False,
)

app = FastAPI()
stream.mount(app)


@app.get("/healthz")
def healthz():
    return {"status": "ok", "sessions": len(stream.pcs)}


if __name__ == "__main__":
    uvicorn.run(app, host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ["PORT"]), log_level="warning")
