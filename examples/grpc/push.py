#!/usr/bin/env python3
"""Sends a folder's JPEG pictures to Gatehouse as a camera: push.py HOST:PORT KEY FOLDER [FPS] [CA.pem]"""
import pathlib
import sys
import time

import cameras_pb2
import cameras_pb2_grpc
from connect import connect


def frames(folder, fps):
    for number, path in enumerate(sorted(pathlib.Path(folder).glob("*.jpg"))):
        if number > 0:
            time.sleep(1 / fps)
        yield cameras_pb2.PushFramesRequest(
            kind=cameras_pb2.FRAME_KIND_JPEG,
            captured_ms=int(time.time() * 1000),
            data=path.read_bytes(),
        )


def main(address, key, folder, fps="5", ca=None):
    with connect(address, ca) as channel:
        stub = cameras_pb2_grpc.CamerasStub(channel)
        answer = stub.PushFrames(frames(folder, float(fps)), metadata=[("authorization", f"Bearer {key}")])
    print(f"{answer.taken} taken, {dict(answer.refused)} refused")


if __name__ == "__main__":
    main(*sys.argv[1:])
