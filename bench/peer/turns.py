"""Python's FastRTC taking turns, frame by frame and without waiting, for `npm run bench -- --only turns`.

`ReplyOnPause` is FastRTC's own, and so is the way from probabilities to pieces of speech. Its model has to be downloaded from
huggingface.co: the probabilities are asked of the bench, line by line, so that both listen by the same detector.
"""

import asyncio
import base64
import json
import sys
import threading
from collections import deque

import numpy as np
from fastrtc import ReplyOnPause
from fastrtc.pause_detection.silero import SileroVADModel

RATE = 48_000
FRAME = RATE // 50
REPLY_MS = 4000
TONE = (8000 * np.sin(2 * np.pi * 440 * np.arange(REPLY_MS * RATE // 1000) / RATE)).astype(np.int16)


def tell(message):
    sys.__stdout__.write(json.dumps(message) + "\n")
    sys.__stdout__.flush()


def told():
    line = sys.stdin.readline()
    if not line:
        raise SystemExit(0)
    return json.loads(line)


class Detector(SileroVADModel):
    """FastRTC's detector, but for the network's answers."""

    def __init__(self):
        self.probabilities = iter(())

    def get_speech_timestamps(self, audio, vad_options, **kwargs):
        samples = base64.b64encode(np.ascontiguousarray(audio, dtype="<f4").tobytes()).decode()
        tell({"type": "block", "samples": samples, "windowSamples": vad_options.window_size_samples})
        self.probabilities = iter(told()["probabilities"])
        return super().get_speech_timestamps(audio, vad_options, **kwargs)

    def __call__(self, x, state, sr):
        return next(self.probabilities), state


class Caller:
    """One connection: what is said goes in by frames of 20 ms, what is answered is played by the same clock."""

    def __init__(self, loop):
        self.now_ms = 0
        self.calls = []
        self.sounds = []
        self.queue = deque()
        self.rest = np.zeros(0, np.int16)
        self.handler = ReplyOnPause(self.reply, model=Detector(), output_sample_rate=RATE, input_sample_rate=RATE)
        self.handler._loop = loop
        self.handler._clear_queue = self.queue.clear

    def reply(self, audio):
        rate, samples = audio
        self.calls.append({"atMs": self.now_ms, "audioMs": samples.size * 1000 / rate})
        yield RATE, TONE.reshape(1, -1)

    def hear(self, samples):
        samples = np.concatenate((self.rest, samples))
        whole = len(samples) - len(samples) % FRAME
        self.rest = samples[whole:]
        for at in range(0, whole, FRAME):
            self.play()
            self.now_ms += 20
            self.handler.receive((RATE, samples[at : at + FRAME].reshape(1, -1)))
            while (output := self.handler.emit()) is not None:
                sound = output[1].reshape(-1)
                self.queue.extend(sound[start : start + FRAME] for start in range(0, len(sound), FRAME))

    def play(self):
        if not self.queue:
            return
        self.queue.popleft()
        if self.sounds and self.sounds[-1]["toMs"] == self.now_ms:
            self.sounds[-1]["toMs"] += 20
        else:
            self.sounds.append({"fromMs": self.now_ms, "toMs": self.now_ms + 20})


def main():
    sys.stdout = sys.stderr  # What FastRTC prints must not be taken for an answer.
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    caller = Caller(loop)
    tell({"type": "ready"})
    while True:
        message = told()
        if message["type"] == "begin":
            caller = Caller(loop)
        else:
            caller.hear(np.frombuffer(base64.b64decode(message["samples"]), dtype="<i2"))
        tell({"type": "heard", "nowMs": caller.now_ms, "calls": caller.calls, "sounds": caller.sounds})


main()
