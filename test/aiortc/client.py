"""Python's aiortc against the conformance server: connects, sends and receives media, and meets every refusal.

Usage: client.py http://127.0.0.1:7870  (prints one line per check; exits with 1 when one has failed)
"""

import asyncio
import fractions
import json
import math
import sys
import time
import urllib.error
import urllib.request
import uuid

import numpy
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from av import AudioFrame, AudioResampler, VideoFrame

URL = sys.argv[1]
ONLY = sys.argv[2:]
LONG = 15  # Seconds that anything may take.


class RedAboveBlue(VideoStreamTrack):
    async def recv(self):
        pts, time_base = await self.next_timestamp()
        pixels = numpy.zeros((480, 640, 3), numpy.uint8)
        pixels[:240, :, 0] = 255
        pixels[240:, :, 2] = 255
        frame = VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(AudioStreamTrack):
    """1000 Hz at 48 kHz."""

    rate, at, began = 48_000, 0, None

    async def recv(self):
        self.began = self.began or time.time()
        await asyncio.sleep(max(0, self.began + self.at / self.rate - time.time()))
        samples = numpy.arange(self.at, self.at + 960) * (2 * math.pi * 1000 / self.rate)
        frame = AudioFrame.from_ndarray((8000 * numpy.sin(samples)).astype(numpy.int16)[None, :], layout="mono")
        frame.pts, frame.sample_rate = self.at, self.rate
        frame.time_base = fractions.Fraction(1, self.rate)
        self.at += 960
        return frame


def post(path, body):
    """The status and the JSON of what the server answers."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=data, headers={"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=LONG) as response:
            status, text = response.status, response.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    return status, json.loads(text or b"null")


async def posted(path, body):
    return await asyncio.to_thread(post, path, body)


class Call:
    def __init__(self, path, video=False, audio=False, receive=()):
        self.path, self.id = path, uuid.uuid4().hex
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.pictures, self.sound, self.messages = [], [], []
        self.ended = asyncio.Event()
        self.channel = self.connection.createDataChannel("text")
        self.channel.on("open", lambda: self.channel.send("handshake"))
        self.channel.on("message", lambda text: self.messages.append(json.loads(text)))
        if video:
            self.connection.addTrack(RedAboveBlue())
        if audio:
            self.connection.addTrack(Tone())
        for kind in receive:
            self.connection.addTransceiver(kind, direction="recvonly")
        self.connection.on("track", lambda track: asyncio.ensure_future(self.read(track)))
        self.connection.on("connectionstatechange", self.changed)

    def changed(self):
        if self.connection.connectionState in ("closed", "failed"):
            self.ended.set()

    async def read(self, track):
        try:
            while True:
                (self.pictures if track.kind == "video" else self.sound).append(await track.recv())
                del self.pictures[:-100]
        except MediaStreamError:
            pass  # The track has ended.

    async def offer(self):
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return {"sdp": self.connection.localDescription.sdp, "type": "offer", "webrtc_id": self.id}

    async def connect(self):
        _status, answer = await posted(f"{self.path}/webrtc/offer", await self.offer())
        assert answer.get("type") == "answer", answer
        await self.connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))

    async def __aenter__(self):
        await self.connect()
        return self

    async def __aexit__(self, *_):
        await self.connection.close()

    def heard(self, type):
        return [message for message in self.messages if message["type"] == type]


async def until(claim, what):
    deadline = time.monotonic() + LONG
    while not claim():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.02)


def pixel(frame, x, y):
    return frame.to_ndarray(format="rgb24")[y, x].astype(int)


def is_color(found, wanted):
    return max(abs(found - numpy.array(wanted))) < 60


def frequency(frames):
    """The strongest frequency of the last second of what was heard, in Hz."""
    resampler = AudioResampler(format="s16", layout="mono", rate=48_000)
    samples = numpy.concatenate([part.to_ndarray()[0] for frame in frames[-50:] for part in resampler.resample(frame)])
    assert abs(samples.astype(int)).max() > 500, "there is only silence"
    spectrum = abs(numpy.fft.rfft(samples * numpy.hanning(len(samples))))
    return spectrum.argmax() * 48_000 / len(samples)


async def flip():
    async with Call("/flip", video=True) as call:
        await until(lambda: call.pictures and is_color(pixel(call.pictures[-1], 320, 60), (0, 0, 255)), "blue on top")
        assert is_color(pixel(call.pictures[-1], 320, 420), (255, 0, 0))
        await until(lambda: call.heard("log"), "the answer to the handshake")
        assert call.heard("log")[0]["data"] == "Server received: handshake", call.messages


async def video_same():
    async with Call("/video-same", video=True) as call:
        await until(lambda: call.pictures and is_color(pixel(call.pictures[-1], 320, 60), (255, 0, 0)), "red on top")
        assert is_color(pixel(call.pictures[-1], 320, 420), (0, 0, 255))


async def video_receive():
    async with Call("/video-receive", receive=["video"]) as call:
        await until(lambda: len(call.pictures) > 10, "pictures")
        assert is_color(pixel(call.pictures[-1], 320, 60), (0, 0, 255))
        await until(lambda: call.heard("end_stream") or call.ended.is_set(), "the end of the stream")


async def video_send():
    async with Call("/video-send", video=True) as call:
        await until(lambda: len(call.heard("fetch_output")) > 5, "word of outputs")


async def audio_echo():
    async with Call("/audio-echo", audio=True) as call:
        await until(lambda: len(call.sound) > 100, "sound")
        assert abs(frequency(call.sound) - 1000) < 10, frequency(call.sound)


async def audio_receive():
    async with Call("/audio-receive", receive=["audio"]) as call:
        await until(lambda: len(call.sound) > 75, "sound")
        assert abs(frequency(call.sound) - 440) < 10, frequency(call.sound)


async def audio_video_echo():
    async with Call("/av-echo", video=True, audio=True) as call:
        await until(lambda: len(call.sound) > 100 and len(call.pictures) > 10, "sound and pictures")
        assert abs(frequency(call.sound) - 1000) < 10, frequency(call.sound)
        assert is_color(pixel(call.pictures[-1], 320, 60), (255, 0, 0))


async def audio_send():
    async with Call("/audio-send", audio=True) as call:
        await until(lambda: len(call.heard("fetch_output")) > 5, "word of outputs")
        request = urllib.request.Request(f"{URL}/outputs?stream=/audio-send&webrtc_id={call.id}")
        response = await asyncio.to_thread(urllib.request.urlopen, request, timeout=LONG)
        lines = await asyncio.to_thread(lambda: [response.readline().decode() for _ in range(20)])
        counts = [json.loads(line[5:])[0] for line in lines if line.startswith("data:")]
        assert counts and counts == sorted(set(counts)), lines


async def audio_boom():
    async with Call("/audio-boom", audio=True) as call:
        await until(lambda: len({message["message"] for message in call.heard("error")}) == 2, "both errors")
        error = call.heard("error")[0]
        assert error["message"] == error["data"], error


async def inputs():
    async with Call("/inputs", video=True) as call:
        await until(lambda: call.pictures, "pictures")
        request = urllib.request.Request(f"{URL}/outputs?stream=/inputs&webrtc_id={call.id}")
        response = await asyncio.to_thread(urllib.request.urlopen, request, timeout=LONG)
        status, _ = await posted("/input_hook", {"stream": "/inputs", "webrtc_id": call.id, "inputs": ["from Python"]})
        assert status == 204, status
        lines = await asyncio.to_thread(lambda: [response.readline().decode() for _ in range(60)])
        assert 'data: ["from Python"]\n' in lines, lines[-4:]


async def boom():
    async with Call("/boom", video=True) as call:
        await until(lambda: call.heard("error"), "the error")
        assert call.heard("error")[0]["message"] == "This handler throws on every picture.", call.messages


async def time_limit():
    async with Call("/time5", video=True) as call:
        began = time.monotonic()
        await until(lambda: call.heard("end_stream"), "the end of the stream")
        assert 4 < time.monotonic() - began < 8, time.monotonic() - began


async def refusals():
    async with Call("/limit2", video=True) as first, Call("/limit2", video=True):
        third = Call("/limit2", video=True)
        status, answer = await posted("/limit2/webrtc/offer", await third.offer())
        assert (status, answer["status"]) == (200, "failed"), answer
        assert (answer["meta"]["error"], answer["meta"]["limit"]) == ("concurrency_limit_reached", 2), answer
        status, answer = await posted("/limit2/webrtc/offer", {**await third.offer(), "webrtc_id": first.id})
        assert (status, answer["meta"]["error"]) == (200, "connection_already_exists"), answer
        candidate = {"type": "ice-candidate", "webrtc_id": first.id, "candidate": {"candidate": "nonsense"}}
        status, answer = await posted("/limit2/webrtc/offer", candidate)
        assert (status, answer["meta"]["error"]) == (200, "invalid_candidate_format"), answer
        await third.connection.close()
    candidate = {"type": "ice-candidate", "webrtc_id": "nobody", "candidate": {"candidate": ""}}
    status, answer = await posted("/flip/webrtc/offer", candidate)
    assert (status, answer["meta"]["error"]) == (200, "unknown_connection"), answer


async def audio_refusals():
    """The limit of sound alone, by WebRTC."""
    async with Call("/audio-limit2", audio=True), Call("/audio-limit2", audio=True) as second:
        await until(lambda: second.sound, "sound")
        third = Call("/audio-limit2", audio=True)
        status, answer = await posted("/audio-limit2/webrtc/offer", await third.offer())
        assert (status, answer["meta"]["error"], answer["meta"]["limit"]) == (200, "concurrency_limit_reached", 2), answer
        await second.connection.close()
        await until(lambda: json.load(urllib.request.urlopen(URL + "/audio-limit2/healthz"))["sessions"] == 1, "a place")
        await third.connection.close()


async def closed_connection():
    async with Call("/flip", video=True) as call:
        await until(lambda: call.pictures, "pictures")
    await until(lambda: json.load(urllib.request.urlopen(URL + "/flip/healthz"))["sessions"] == 0, "the end")
    candidate = {"type": "ice-candidate", "webrtc_id": call.id, "candidate": {"candidate": ""}}
    status, answer = await posted("/flip/webrtc/offer", candidate)
    assert (status, answer["status"], answer["meta"]["error"]) == (200, "failed", "connection_closed"), answer


async def bad_requests():
    for body in (b"", b"{", {}, [], {"type": "offer"}, {"type": "offer", "sdp": 1, "webrtc_id": "a"},
                 {"type": "offer", "sdp": "no SDP", "webrtc_id": "a"}, {"type": "offer", "sdp": "v=0"}, b"x" * 10_000_000):
        status, answer = await posted("/flip/webrtc/offer", body)
        assert 400 <= status < 500, (str(body)[:40], status, answer)
        assert answer["status"] == "failed" and answer["meta"]["message"], (str(body)[:40], answer)
    with urllib.request.urlopen(URL + "/flip/healthz") as response:
        assert json.load(response)["sessions"] == 0


async def free_again():
    """A place is free again soon after its peer has closed."""
    for _ in range(2):
        async with Call("/limit2", video=True) as first, Call("/limit2", video=True) as second:
            await until(lambda: first.pictures and second.pictures, "pictures")
        await until(lambda: json.load(urllib.request.urlopen(URL + "/limit2/healthz"))["sessions"] == 0, "free places")


CHECKS = [flip, video_same, video_receive, video_send, audio_echo, audio_send, audio_receive, audio_video_echo, inputs, boom,
          audio_boom, time_limit, free_again, refusals, audio_refusals, closed_connection, bad_requests]


async def main():
    failures = 0
    for check in CHECKS:
        if ONLY and check.__name__ not in ONLY:
            continue
        began = time.monotonic()
        try:
            await asyncio.wait_for(check(), 4 * LONG)
            print(f"ok     {check.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception as error:  # Whatever it is, the next check is run.
            failures += 1
            print(f"FAILED {check.__name__}: {type(error).__name__} {error}", flush=True)
    sys.exit(1 if failures else 0)


asyncio.run(main())
