#!/usr/bin/env python3
"""Keeps the newest pictures of cameras: watch.py HOST:PORT TOKEN FOLDER COUNT CAMERA… (CA.pem from $GATEHOUSE_CA)"""
import os
import pathlib
import sys

import cameras_pb2
import cameras_pb2_grpc
from connect import connect


def main(address, token, folder, count, *cameras):
    wish = cameras_pb2.WatchFramesRequest(camera_ids=cameras)
    with connect(address, os.environ.get("GATEHOUSE_CA")) as channel:
        stub = cameras_pb2_grpc.CamerasStub(channel)
        call = stub.WatchFrames(wish, metadata=[("authorization", f"Bearer {token}")])
        for number, frame in enumerate(call, 1):
            if frame.kind == cameras_pb2.FRAME_KIND_JPEG:
                (pathlib.Path(folder) / f"{frame.camera_id}-{frame.number:010}.jpg").write_bytes(frame.data)
            print(f"{frame.camera_id} frame {frame.number}, {len(frame.data)} bytes")
            if number >= int(count):
                call.cancel()
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
