export { makeFilm, missingForRtsp, type RtspServer, startRtspServer } from "./rtsp-server.ts";
