"""Offers a moving picture, a tone and a data channel to a server, as aiortc does it: no trickle, candidates in the offer."""

import asyncio
import fractions
import math
import sys
import urllib.request

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from av import AudioFrame, VideoFrame


class MovingPicture(VideoStreamTrack):
    async def recv(self):
        pts, time_base = await self.next_timestamp()
        step = pts // 3000
        frame = VideoFrame(640, 480, "yuv420p")
        row = bytes((x + 4 * step) % 256 for x in range(640))
        frame.planes[0].update(b"".join(row[y % 64 :] + row[: y % 64] for y in range(480)))
        frame.planes[1].update(bytes([(step * 2) % 256]) * (320 * 240))
        frame.planes[2].update(bytes([128]) * (320 * 240))
        frame.pts = pts
        frame.time_base = time_base
        return frame


class Tone(AudioStreamTrack):
    async def recv(self):
        silent = await super().recv()
        frame = AudioFrame(format="s16", layout="mono", samples=silent.samples)
        wave = (int(8000 * math.sin(2 * math.pi * 440 * (silent.pts + n) / 8000)) for n in range(silent.samples))
        frame.planes[0].update(b"".join(value.to_bytes(2, "little", signed=True) for value in wave))
        frame.pts = silent.pts
        frame.sample_rate = silent.sample_rate
        frame.time_base = fractions.Fraction(1, silent.sample_rate)
        return frame


async def main(url: str, seconds: float) -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    channel = connection.createDataChannel("text")
    heard = []
    channel.on("open", lambda: channel.send("handshake"))
    channel.on("message", heard.append)
    connection.addTrack(MovingPicture())
    connection.addTrack(Tone())
    frames = 0

    @connection.on("track")
    def on_track(track):
        async def count():
            nonlocal frames
            try:
                while True:
                    await track.recv()
                    frames += track.kind == "video"
            except MediaStreamError:
                pass  # The track has ended.

        asyncio.ensure_future(count())

    await connection.setLocalDescription(await connection.createOffer())
    offer = connection.localDescription.sdp.encode()
    answer = await asyncio.to_thread(lambda: urllib.request.urlopen(url + "offer", data=offer).read().decode())
    await connection.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
    await asyncio.sleep(seconds)
    print("state", connection.connectionState, "frames", frames, "heard", heard, file=sys.stderr)
    await connection.close()


asyncio.run(main(sys.argv[1], float(sys.argv[2])))
