"""A film over RTSP by GStreamer's server (Debian: gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-good, python3-gi).

rtsp-server.py FILM [--port N] [--user U --password P --scheme basic|digest]
Prints the port, serves /film from its beginning to whoever asks, and ends when its input does.
"""

import argparse
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("film")
parser.add_argument("--port", default="0")
parser.add_argument("--user")
parser.add_argument("--password")
parser.add_argument("--scheme", default="digest", choices=["basic", "digest"])
asked = parser.parse_args()

Gst.init(None)
server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1")
server.set_service(asked.port)
factory = GstRtspServer.RTSPMediaFactory.new()
factory.set_launch(f'( filesrc location="{asked.film}" ! qtdemux ! rtph264pay name=pay0 pt=96 config-interval=1 )')

if asked.user:
    factory.add_role_from_structure(
        Gst.Structure.new_from_string("user,media.factory.access=(boolean)true,media.factory.construct=(boolean)true")
    )
    token = GstRtspServer.RTSPToken.new()
    token.set_string("media.factory.role", "user")
    auth = GstRtspServer.RTSPAuth.new()
    if asked.scheme == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(asked.user, asked.password, token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(asked.user, asked.password), token)
    server.set_auth(auth)

server.get_mount_points().add_factory("/film", factory)
if server.attach(None) == 0:
    sys.exit(f"nothing can listen on port {asked.port}")
print(server.get_bound_port(), flush=True)
loop = GLib.MainLoop()
threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
loop.run()
