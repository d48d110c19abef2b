#!/usr/bin/python3
"""Verifies a clip, or a bundle of clips. Written from docs/verify.md and docs/recordings.md alone.

    verify_clip.py FILE.zip [--fingerprint "885a 76f8 …"]

Prints one JSON object: ok, log (as of verify_ledger.py), clips [{folder, camera, problems [{kind, segment, frame}]}] and
problems [{kind, file}] of the bundle. Exit codes as of verify_ledger.py.
"""
import argparse, json, re, sys, zipfile
from collections import Counter, namedtuple

import verify_ledger as ledger
from verify_ledger import H, attempt, require

Manifest = namedtuple("Manifest", "said note sha256")
ID, HASH = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "[0-9a-f]{64}"
MEMBERS = {"v", "camera", "segment", "firstMs", "lastMs", "deviceFirstMs", "deviceLastMs", "codec", "frames",
           "framesRoot", "sealedBytes", "sealedSha256", "previous"}

def tree(digests):
    return ledger.root_from_blocks([(0, H(b"\x00", digest)) for digest in digests])
def vouched(text, by, title, lines):
    """The lines behind the title, the last of them a key; None when `by` has not signed."""
    note = ledger.parse_note(text)
    first, *rest = note.text.split("\n")
    require(first == title and len(rest) == lines + 1 and ledger.has_signed(note, by))
    return [*rest[: lines - 1], ledger.parse_key(rest[lines - 1])]

def read_signers(raw):
    """The key of recordings, and of each camera those that it vouches for."""
    keys = ledger.parse_plain(raw)
    (recorder,) = vouched(keys["recordings"], ledger.parse_key(keys["root"]), "gatehouse-recordings-key/v1", 1)
    cameras = {}
    for text in keys.get("cameras", [])[:128]:
        found = attempt(vouched, text, recorder, "gatehouse-camera-key/v1", 2)
        if found:
            cameras.setdefault(found[0], []).append(found[1])
    return recorder, cameras

def read_manifest(raw):
    note = ledger.parse_note(raw.decode())
    title, text, end = note.text.split("\n")
    require(title == "gatehouse-segment/v1" and end == "" and ledger.is_canonical(text.encode()))
    said = ledger.parse_json(text.encode())
    require(said.keys() == MEMBERS and said["v"] == 1 and said["codec"] in ("jpeg", "h264-fmp4"))
    require(all(re.fullmatch(ID, said[name]) for name in ("camera", "segment")))
    require(all(re.fullmatch(HASH, said[name]) for name in ("framesRoot", "sealedSha256")))
    require(said["previous"] is None or re.fullmatch(HASH, said["previous"]))
    for name in ("firstMs", "lastMs", "frames", "sealedBytes"):
        ledger.whole(said[name])
    for name in ("deviceFirstMs", "deviceLastMs"):
        require(said[name] is None or ledger.whole(said[name]) >= 0)
    return Manifest(said, note, H(raw).hex())

def read_list(raw):
    clip = ledger.parse_json(raw)
    require(clip["v"] == 1 and isinstance(clip["camera"], str))
    for name in ("fromMs", "toMs"):
        ledger.whole(clip[name])
    for segment in clip["segments"]:
        ledger.whole(segment["startMs"])
        for kind, offset, device, length, sha256 in segment["frames"]:
            require(kind in (1, 2, 3, 4) and re.fullmatch(HASH, sha256))
            [ledger.whole(number) for number in (offset, device, length)]
    return clip

def is_found(raw):
    found = attempt(ledger.parse_json, raw)
    return isinstance(found, dict) and found.get("v") == 1 and isinstance(found.get("boxes"), list)

def contents(segment, frames, files):
    """The bytes of each frame in the order of the list; what is not listed comes behind."""
    names = sorted(name for name in files if name.startswith(f"frames/{segment}/"))
    film = files.get(f"video/{segment}.mp4")
    if film is None:
        return [files[name] for name in names]
    parts, left, at = [], set(names), 0
    for number, (kind, _, _, length, _) in enumerate(frames):
        name = f"frames/{segment}/{number:05}.json"
        if kind == 4:
            parts += [files[name]] if name in left else []
            left.discard(name)
        elif at < len(film):
            parts.append(film[at : at + int(length)])
            at += int(length)
    return parts + ([film[at:]] if at < len(film) else []) + [files[name] for name in sorted(left)]

def match(listed, there):
    """Goes along list and files as check 6 goes along leaves and lines."""
    lack, surplus = Counter(listed), Counter(there)
    lack, surplus = lack - surplus, surplus - lack
    i = j = 0
    while i < len(listed) or j < len(there):
        one, other = listed[i] if i < len(listed) else None, there[j] if j < len(there) else None
        gone, extra = one != other and lack[one] > 0, one != other and surplus[other] > 0
        if gone:
            yield ("frame_changed" if extra else "frame_missing"), i
        elif extra:
            yield "frame_added", j
        elif one != other:
            yield "frame_moved", listed.index(other)
        lack[one] -= gone
        surplus[other] -= extra
        i, j = i + (gone or not extra), j + (extra or not gone)

class Clip:
    def __init__(self, files, signers, proven):
        self.files, self.signers, self.problems = files, signers, []
        self.entries, self.exported = {}, {}
        for line in proven:
            event = ledger.parse_json(line)
            subject, data = (event.get("subject") or {}).get("id"), event.get("data")
            if event.get("kind") == "recording.sealed":
                self.entries.setdefault(subject, data)
            if event.get("kind") == "recording.exported" and {"fromMs", "toMs"} <= data.keys():
                self.exported.setdefault(subject, []).append((data["fromMs"], data["toMs"]))
            if event.get("kind") == "case.exported":
                for camera, start, until in data.get("spans", []):
                    self.exported.setdefault(camera, []).append((start, until))
        self.list = attempt(read_list, files.get("clip.json", b""))
        if self.list is None:
            self.problem("clip_malformed")
            return
        if signers is None:
            self.problem("recorder_not_certified")
        previous = None
        for segment in self.list["segments"]:
            manifest = self.segment(segment, previous)
            previous = manifest.sha256 if manifest else previous
        known = {segment["segment"] for segment in self.list["segments"]}
        named = {name.split("/")[1][:36] for name in files if name.startswith(("frames/", "video/"))}
        for stranger in sorted(named - known):
            self.problem("frame_added", stranger)
        self.ends(known)

    def problem(self, kind, segment=None, frame=None):
        self.problems.append({"kind": kind, "segment": segment, "frame": frame})

    def segment(self, listed, previous):
        name, frames = listed["segment"], listed["frames"]
        raw, entry = self.files.get(f"manifests/{name}.txt"), self.entries.get(name)
        manifest = attempt(read_manifest, raw) if raw is not None else None
        if raw is None:
            if entry:
                self.problem("manifest_missing", name)
        elif not manifest:
            self.problem("manifest_malformed", name)
        else:
            self.signature(name, manifest)
            self.times(name, listed, manifest.said)
            self.logged(name, manifest, entry)
            if previous and manifest.said["previous"] != previous and name not in self.list.get("gaps", []):
                self.problem("segment_missing", name)
        hashes = [sha256 for *_, sha256 in frames]
        if manifest and len(frames) < manifest.said["frames"]:
            self.problem("frames_cut", name)
        elif manifest and tree([bytes.fromhex(one) for one in hashes]).hex() != manifest.said["framesRoot"]:
            self.problem("frames_differ", name)
        there = contents(name, frames, self.files)
        differences = list(match(hashes, [H(one).hex() for one in there]))
        for kind, number in differences:
            self.problem(kind, name, number)
        for number, (kind, *_) in enumerate(frames if not differences else ()):
            if (kind == 4) != is_found(there[number]):
                self.problem("frame_mislabelled", name, number)
        # One that cannot be read stands in the chain by its bytes.
        return manifest or (raw is not None and Manifest(None, None, H(raw).hex())) or None

    def signature(self, name, manifest):
        if self.signers is None:
            return
        recorder, cameras = self.signers
        keys = [recorder, *cameras.get(manifest.said["camera"], [])]
        if any(ledger.has_signed(manifest.note, key) for key in keys):
            return
        named = any(ledger.signatures_of(manifest.note, key) for key in keys)
        self.problem("manifest_changed" if named else "foreign_key", name)

    def times(self, name, listed, said):
        if said["camera"] != self.list["camera"]:
            self.problem("other_camera", name)
        if said["segment"] != name:
            self.problem("other_segment", name)
        frames, start = listed["frames"], listed["startMs"]
        offsets, device = [frame[1] for frame in frames] or [0], [frame[2] for frame in frames if frame[2]] or [None]
        as_signed = (
            [start + offsets[0], start + offsets[-1], device[0], device[-1]]
            == [said[key] for key in ("firstMs", "lastMs", "deviceFirstMs", "deviceLastMs")]
        )
        if offsets != sorted(offsets) or not (len(frames) < said["frames"] or as_signed):
            self.problem("back_dated", name)

    def logged(self, name, manifest, entry):
        if not entry:
            self.problem("not_logged", name)
        elif entry.get("manifestSha256") != manifest.sha256:
            self.problem("entry_differs", name)
            if any(entry.get(key) != manifest.said[key] for key in ("firstMs", "lastMs")):
                self.problem("back_dated", name)
            if entry.get("cameraId") != manifest.said["camera"]:
                self.problem("other_camera", name)

    def ends(self, known):
        begin, end, segments = self.list["fromMs"], self.list["toMs"], self.list["segments"]
        first = segments[0]["startMs"] if segments else begin
        last = segments[-1]["startMs"] + (segments[-1]["frames"] or [[0, 0]])[-1][1] if segments else begin
        for name, data in self.entries.items():
            inside = data.get("cameraId") == self.list["camera"] and data["firstMs"] < end and data["lastMs"] > begin
            if name in known or not inside:
                continue
            if data["firstMs"] >= last:
                self.problem("tail_missing", name)
            elif data["lastMs"] <= first:
                self.problem("segment_missing", name)
        spans = self.exported.get(self.list["camera"], [])
        if (begin, end) not in spans and any(start <= begin and until > end for start, until in spans):
            self.problem("tail_missing")

def check_bundle(files, problem):
    """Whether files are those that case.json names; nobody vouches for that list."""
    listed = attempt(lambda: ledger.parse_json(files["case.json"])["files"].items())
    if listed is None:
        problem("case_malformed", None)
    for name, sha256 in listed or ():
        if name not in files:
            problem("file_missing", name)
        elif H(files[name]).hex() != sha256:
            problem("file_differs", name)

def verify(path, fingerprint=None):
    of_log = ledger.read_export(path)
    with zipfile.ZipFile(path) as archive:
        files = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    proven, problems = [], []
    report = ledger.verify(of_log, fingerprint, (), proven)
    signers = attempt(read_signers, files["keys.json"])
    folders = {"": files}
    if "case.json" in files:
        check_bundle(files, lambda kind, name: problems.append({"kind": kind, "file": name}))
        names = sorted({name[:9] for name in files if re.match(r"clips/\d\d/", name)})
        folders = {at: {name[9:]: raw for name, raw in files.items() if name.startswith(at)} for at in names}
    clips = []
    for folder, parts in folders.items():
        clip = Clip(parts, signers, proven)
        clips.append({"folder": folder, "camera": clip.list and clip.list["camera"], "problems": clip.problems})
    ok = report["ok"] and not problems and not any(clip["problems"] for clip in clips)
    return {"ok": ok, "log": report, "clips": clips, "problems": problems}

def main():
    parser = argparse.ArgumentParser(description="Verifies a clip, or a bundle of clips.")
    parser.error = lambda message: parser.exit(64, f"{parser.format_usage()}{message}\n")
    parser.add_argument("file")
    parser.add_argument("--fingerprint", type=ledger.fingerprint_argument)
    arguments = parser.parse_args()
    try:
        report = verify(arguments.file, arguments.fingerprint)
    except ledger.NoExport as cause:
        parser.exit(2, f"{cause}\n")
    print(json.dumps(report))
    sys.exit(0 if report["ok"] else 1)

if __name__ == "__main__":
    main()
