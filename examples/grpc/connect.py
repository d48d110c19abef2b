"""A connection to Gatehouse: with TLS and its CA, or plain to this machine."""
import pathlib

import grpc


def connect(address, ca=None):
    if ca is None:
        return grpc.insecure_channel(address)
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(pathlib.Path(ca).read_bytes()))
