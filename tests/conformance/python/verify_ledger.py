#!/usr/bin/python3
"""Verifies an export of the audit log. Written from docs/verify.md alone; only the test that calls it was read besides.

    verify_ledger.py FILE.zip [--fingerprint "885a 76f8 …"] [--witness KEY,KEY]

Needs Python 3.9 and Debian's python3-cryptography; uses no network. Prints one JSON object: ok, pinned, origin, size,
proven, revealed, witnesses [{name, state, known, own_machine}], sightings [(size, name, time)], seams [{ended, size, begun, time, acknowledged}] and problems [{kind, index, line}], lines counted from 1.
Exit codes: 0 nothing contradicts anything, 1 something is wrong, 2 this is no export, 64 bad command line.
A fingerprint is 32 hex digits here; the twelve words need a list that the page does not have.
"""
import argparse, base64, hashlib, hmac, json, math, re, struct, sys, unicodedata, zipfile, zlib
from collections import Counter, namedtuple
from datetime import datetime, timedelta
from decimal import Decimal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAX_SAFE, MAX_EVENTS, MAX_EVENT_BYTES, MAX_DEPTH = 2**53, 1_000_000, 16_384, 32
NOTE, COSIGNATURE = 1, 4  # types of keys
Key = namedtuple("Key", "name id type public")
Note = namedtuple("Note", "text signatures")
Checkpoint = namedtuple("Checkpoint", "note origin size root")
Proofs = namedtuple("Proofs", "holds leaves wrong")  # leaves: (index, hash) of each line; wrong: indexes

class NoExport(Exception):
    """The file is not an export at all."""
def require(condition):
    if not condition:
        raise ValueError("not in the form that the page gives it")
def attempt(read, *args):
    """What `read` gives, or None where the part is malformed."""
    try:
        return read(*args)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None

# The rules
def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()
def node(left, right):
    return H(b"\x01", left, right)

def from_base64(text):
    """Strictly: what is decoded has to encode to the same text."""
    decoded = base64.b64decode(text, validate=True)
    require(base64.b64encode(decoded).decode() == text)
    return decoded
def from_decimal(text):
    require(re.fullmatch("0|[1-9][0-9]{0,15}", text) and int(text) < MAX_SAFE)
    return int(text)

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
def usable(public):
    """Canonical and not of small order. y = ±1 has order 1 or 2 and y = 0 order 4; a point of order 8 doubles to y = 0,
    so x² = −y², and the equation of the curve becomes d·y⁴ + 2y² − 1 = 0."""
    y = int.from_bytes(public, "little") % 2**255
    return y < P and y * (y * y - 1) * (D * y**4 + 2 * y * y - 1) % P != 0
def ed25519(key, signature, message):
    """OpenSSL computes [s]B − [k]A without the cofactor and compares its encoding with R; it refuses s ≥ L."""
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False

# Events and leaves: the canonical text
def parse_json(raw):
    """Every number is a double, as in ECMAScript."""
    return json.loads(raw.decode("utf-8"), parse_int=float, parse_float=float, parse_constant=lambda _: require(False))
def number_text(value):
    """Number::toString of ECMAScript. repr gives the shortest digits that are read back as the same double."""
    require(math.isfinite(value))
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    n = len(digits) + exponent  # the point stands behind n digits
    digits = "".join(map(str, digits)).rstrip("0")
    if not digits:
        return "0"
    if 0 < n <= 21:
        text = digits.ljust(n, "0") if len(digits) <= n else f"{digits[:n]}.{digits[n:]}"
    elif -6 < n <= 0:
        text = "0." + "0" * -n + digits
    else:
        text = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "") + f"e{n - 1:+d}"
    return "-" * sign + text

def canonical(value, depth=1):
    require(depth <= MAX_DEPTH or not isinstance(value, (dict, list)))
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name], depth + 1) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, depth + 1) for item in value) + "]"
    return number_text(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
def parse_plain(raw):
    """JSON in whatever form that could be written canonically: not too deep, no lone surrogate, numbers finite."""
    value = parse_json(raw)
    canonical(value).encode("utf-8")
    return value
def is_canonical(line):
    """A lone surrogate is refused because it has no UTF-8."""
    return len(line) <= MAX_EVENT_BYTES and attempt(lambda: canonical(parse_json(line)).encode("utf-8")) == line

# Notes and keys
def is_name(text):
    bad = any(c in "+\ufeff" or c.isspace() or unicodedata.category(c) == "Cc" for c in text)
    return 1 <= len(text.encode("utf-16-le")) // 2 <= 255 and not bad

def parse_key(text):
    name, key_id, encoded = text.split("+", 2)
    raw = from_base64(encoded)
    require(is_name(name) and len(raw) == 33 and raw[0] in (NOTE, COSIGNATURE) and usable(raw[1:]))
    require(H(name.encode(), b"\n", raw)[:4].hex() == key_id)
    return Key(name, bytes.fromhex(key_id), raw[0], raw[1:])

def parse_note(note):
    require(len(note.encode("utf-16-le")) // 2 <= 65_536)
    require(not any(c != "\n" and c < " " for c in note))
    end = note.rindex("\n\n")
    lines = note[end + 2 :].split("\n")
    require(lines.pop() == "" and 1 <= len(lines) <= 128)
    parts = [(dash, name, from_base64(encoded)) for dash, name, encoded in (line.split(" ") for line in lines)]
    require(all(dash == "—" and is_name(name) and len(raw) > 4 for dash, name, raw in parts))
    return Note(note[: end + 1], [(name, raw[:4], raw[4:]) for _, name, raw in parts])

def signatures_of(note, key):
    return [signature for name, key_id, signature in note.signatures if (name, key_id) == (key.name, key.id)]
def has_signed(note, key):
    """It has a line, and all its lines hold."""
    lines = signatures_of(note, key) if key.type == NOTE else []
    return bool(lines) and all(ed25519(key, line, note.text.encode()) for line in lines)
def cosigned_at(note, key):
    """The time of the last cosignature, or "missing", or "wrong"."""
    times = []
    for line in signatures_of(note, key) if key.type == COSIGNATURE else ():
        times.append(int.from_bytes(line[:8], "big"))
        message = f"cosignature/v1\ntime {times[-1]}\n{note.text}".encode()
        if not (0 < times[-1] < MAX_SAFE and ed25519(key, line[8:], message)):
            return "wrong"
    return max(times, default="missing")

def parse_checkpoint(raw):
    note = parse_note(raw.decode("utf-8"))
    lines = note.text.split("\n")[:-1]
    require(3 <= len(lines) <= 3 + 16 and all(lines) and is_name(lines[0]))
    (root,) = hashes(lines[2])
    return Checkpoint(note, lines[0], from_decimal(lines[1]), root)
def parse_certificate(text, root):
    """The log's key and its text; None when the root has not signed, and then the text means nothing."""
    note = parse_note(text)
    if not has_signed(note, root):
        return None
    title, log, end = note.text.split("\n")
    require(title == "gatehouse-ledger-key/v1" and end == "")
    key = parse_key(log)
    require(key.type == NOTE)
    return key, log

# Proofs
def inclusion_holds(index, size, leaf, proof, root):
    if index >= size:
        return False
    f, s, r = index, size - 1, leaf
    for p in proof:
        if s == 0:
            return False
        if f % 2 == 1 or f == s:
            r = node(p, r)
            while f % 2 == 0 and f > 0:
                f, s = f // 2, s // 2
        else:
            r = node(r, p)
        f, s = f // 2, s // 2
    return s == 0 and r == root
def block_levels(start, end):
    levels = []
    while start < end:
        dividing = (start & -start).bit_length() - 1 if start else 64
        levels.append(min(dividing, (end - start).bit_length() - 1))
        start += 1 << levels[-1]
    return levels
def root_from_blocks(blocks):
    stack = []
    for level, value in blocks:
        while stack and stack[-1][0] == level:
            level, value = level + 1, node(stack.pop()[1], value)
        stack.append((level, value))
    root = stack.pop()[1] if stack else H()
    for _, value in reversed(stack):
        root = node(value, root)
    return root

# An export
def whole(value):
    require(isinstance(value, float) and value.is_integer() and 0 <= value < MAX_SAFE)
    return int(value)
def rising(values):
    indexes = [whole(value) for value in values]
    require(all(a < b for a, b in zip(indexes, indexes[1:])))
    return indexes
def hashes(text, most=106):
    raw = from_base64(text)
    require(len(raw) % 32 == 0 and len(raw) <= 32 * most)
    return [raw[at : at + 32] for at in range(0, len(raw), 32)]

def check_proofs(raw, size, root):
    """Check 5."""
    proofs = parse_json(raw)
    require(all(len(proofs.get(name, ())) <= MAX_EVENTS for name in ("entries", "listed")))
    if proofs["form"] == "entries":
        entries = proofs["entries"]
        require(proofs.keys() == {"form", "entries"} and all(e.keys() == {"index", "leaf", "proof"} for e in entries))
        indexes, leaves = rising(e["index"] for e in entries), [leaf for e in entries for (leaf,) in [hashes(e["leaf"])]]
        paths = [hashes(entry["proof"]) for entry in entries]
        wrong = [i for i, leaf, path in zip(indexes, leaves, paths) if not inclusion_holds(i, size, leaf, path, root)]
        return Proofs(True, list(zip(indexes, leaves)), wrong)
    require(proofs["form"] == "range" and proofs.keys() - {"listed"} == {"form", "from", "left", "leaves", "right"})
    left, leaves, right = hashes(proofs["left"]), hashes(proofs["leaves"], MAX_EVENTS), hashes(proofs["right"])
    start = whole(proofs["from"])
    end = start + len(leaves)
    listed = rising(proofs["listed"]) if "listed" in proofs else range(start, end)
    require(all(start <= index < end for index in listed))
    before, after = block_levels(0, start), block_levels(end, size)
    blocks = [*zip(before, left), *((0, leaf) for leaf in leaves), *zip(after, right)]
    fits = end <= size and len(before) == len(left) and len(after) == len(right)
    return Proofs(fits and root_from_blocks(blocks) == root, [(i, leaves[i - start]) for i in listed], [])
def split_lines(raw):
    return (raw[:-1] if raw.endswith(b"\n") else raw).split(b"\n") if raw else []

def compare_lines(leaves, lines, problem):
    """Check 6: goes along leaves and lines, names what differs, and gives back the place of the line of each index."""
    of_lines, index_of = [H(b"\x00", line) for line in lines], {leaf: index for index, leaf in leaves}
    lack, surplus = Counter(leaf for _, leaf in leaves), Counter(of_lines)
    lack, surplus = lack - surplus, surplus - lack  # leaves without a line, lines without a leaf
    place, i, j = {}, 0, 0
    while i < len(leaves) or j < len(lines):
        index, leaf = leaves[i] if i < len(leaves) else (None, None)
        line = of_lines[j] if j < len(lines) else None
        gone, extra = leaf != line and lack[leaf] > 0, leaf != line and surplus[line] > 0
        if leaf == line:
            place[index] = j
        elif gone:
            problem("changed" if extra else "missing", index, j + 1 if extra else None)
        elif extra:
            problem("added", None, j + 1)
        else:  # both are elsewhere too
            place[index_of[line]] = j
            problem("swapped", index_of[line], j + 1)
        lack[leaf] -= gone
        surplus[line] -= extra
        i, j = i + (gone or not extra), j + (extra or not gone)
    return place

def read_revealed(line):
    shown = parse_plain(line)
    salt = from_base64(shown["salt"])
    require(isinstance(shown["name"], str) and isinstance(shown["value"], str) and len(salt) == 32)
    return whole(shown["index"]), shown["name"], shown["value"], salt
def hides(line, name, value, salt):
    digest = hmac.digest(salt, name.encode() + b"\0" + value.encode(), "sha256")
    return parse_json(line)["personal"][name] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
def check_revealed(lines, events, problem):
    """Check 8. `events`: index → line, of those that are what was logged."""
    held = 0
    for number, line in enumerate(lines, 1):
        shown = attempt(read_revealed, line)
        if shown and attempt(hides, events.get(shown[0], b""), *shown[1:]):
            held += 1
        else:
            problem("personal_differs" if shown else "personal_malformed", shown and shown[0], number)
    return held
def read_keys(raw):
    keys = parse_plain(raw)
    require(isinstance(keys["witnesses"], list) and len(keys["witnesses"]) <= 128)
    own = keys.get("ownMachines", [])
    require(isinstance(own, list) and len(own) <= 128 and all(isinstance(key, str) for key in own))
    root = parse_key(keys["root"])
    log_key, _ = parse_certificate(keys["certificate"], root) or (None, None)
    return root, log_key, {parse_key(key): key in own for key in keys["witnesses"]}

def signed_checkpoint(text, key):
    """None when the key has not signed it or is not named as its origin."""
    checkpoint = parse_checkpoint(text.encode())
    return checkpoint if checkpoint.origin == key.name and has_signed(checkpoint.note, key) else None
def acknowledged(text, root, terms_given):
    note = parse_note(text)
    title, *terms, reason, end = note.text.split("\n")
    require(title == "gatehouse-ledger-seam/v1" and end == "" and 1 <= len(reason.encode("utf-16-le")) // 2 <= 200)
    return has_signed(note, root) and terms == terms_given
def check_seam(seam, root):
    """(what is shown, checkpoint of the log that follows, origin, size and root of the end of the other)"""
    key, new_log = parse_certificate(seam["certificate"], root)
    old_key, old_log = parse_certificate(seam["previousCertificate"], root)
    following = signed_checkpoint(seam["checkpoint"], key)
    leaf = H(b"\x00", seam["entry"].encode())
    require(following and inclusion_holds(0, following.size, leaf, hashes(seam["proof"]), following.root))
    event = parse_json(seam["entry"].encode())
    require(is_canonical(seam["entry"].encode()) and event["kind"] == "installation.restored")
    previous = event["data"]["previous"]
    (end_root,) = hashes(previous["root"])
    size = whole(previous["size"])
    require(key.name != old_key.name and previous["log"] == old_log)
    if "previousCheckpoint" in seam:
        end = signed_checkpoint(seam["previousCheckpoint"], old_key)
        require(end and (end.size, end.root) == (size, end_root))
    else:
        require(size == 0)
    note = seam.get("acknowledgement")
    require(note is None or acknowledged(note, root, [old_log, str(size), previous["root"], new_log]))
    shown = {"ended": old_key.name, "size": size, "begun": key.name, "time": event["time"], "acknowledged": note is not None}
    return shown, following[1:], (old_key.name, size, end_root)
def read_seams(raw):
    seams = parse_plain(raw)
    require(isinstance(seams, list) and len(seams) <= 256)
    needed = ("certificate", "checkpoint", "entry", "proof", "previousCertificate")
    for seam in seams:
        texts = [seam[name] for name in needed] + [seam[n] for n in ("previousCheckpoint", "acknowledgement") if n in seam]
        require(all(isinstance(text, str) for text in texts))
    return seams
def check_seams(raw, root, checkpoint, problem):
    seams = attempt(read_seams, raw) if raw else []
    if seams is None:
        problem("seams_malformed")
        return []
    judged = [root and attempt(check_seam, seam, root) for seam in seams]
    for at, seam in enumerate(judged):
        before = judged[at - 1] if at else None
        if not seam or (at and not (before and before[2][0] == seam[1][0])):
            problem("seam_wrong")
    held = [seam for seam in judged if seam]
    if seams and checkpoint and not any(checkpoint[1:] in seam[1:] for seam in held):
        problem("seam_wrong")
    return [shown for shown, _, _ in held]

def read_witnessed(raw):
    """[(checkpoint, proof)]"""
    listed = parse_plain(raw)
    require(isinstance(listed, list) and len(listed) <= 64)
    earlier = [(parse_checkpoint(one["checkpoint"].encode()), hashes(one["proof"], 63)) for one in listed]
    rising([float(checkpoint.size) for checkpoint, _ in earlier])
    return earlier
def consistent(first, first_root, second, second_root, proof):
    if first > second or (first == 0 and first_root != H()):
        return False
    if first == second or first == 0:
        return not proof and (first == 0 or first_root == second_root)
    f, s = first - 1, second - 1
    while f % 2 == 1:
        f, s = f // 2, s // 2
    path = [first_root, *proof] if f == 0 else proof
    if not path:
        return False
    a = b = path[0]
    for p in path[1:]:
        if s == 0:
            return False
        if f % 2 == 1 or f == s:
            a, b = node(p, a), node(p, b)
            while f % 2 == 0 and f > 0:
                f, s = f // 2, s // 2
        else:
            b = node(b, p)
        f, s = f // 2, s // 2
    return s == 0 and (a, b) == (first_root, second_root)
def check_witnessed(raw, checkpoint, log_key, witnesses, problem):
    """Check 10, its first half: [(size, name, time)] of each cosignature that holds."""
    earlier = attempt(read_witnessed, raw)
    if earlier is None:
        problem("witnessed_malformed")
    sightings = []
    for one, proof in earlier or () if checkpoint else ():
        signed = one.origin == log_key.name and has_signed(one.note, log_key)
        if not signed or not consistent(one.size, one.root, checkpoint.size, checkpoint.root, proof):
            problem("witnessed_wrong")
            continue
        for key in witnesses:
            at = cosigned_at(one.note, key)
            if at == "wrong":
                problem("cosignature_wrong")
            elif at != "missing":
                sightings.append((one.size, key.name, at))
    return sightings
def time_of(line):
    """Seconds; raises ValueError where the event has no time in the form of the page."""
    time = parse_json(line)["time"]
    require(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z", time))
    return (datetime.fromisoformat(time[:-1]) - datetime(1970, 1, 1)) / timedelta(milliseconds=1) / 1000
def check_times(proven, sightings, problem):
    """Its second half; `proven`: (index, line, place) by rising index."""
    for index, line, place in proven:
        latest = max((at for size, _, at in sightings if size <= index), default=0)
        time = attempt(time_of, line)
        if time is not None and latest - time > 600:
            problem("back_dated", index, place + 1)

def verify(files, fingerprint=None, known=(), proven_lines=None):
    """The ten checks in the order of the page; `files`: name → bytes. Lines that are proven are added to `proven_lines`."""
    problems = []
    problem = lambda kind, index=None, line=None: problems.append({"kind": kind, "index": index, "line": line})
    root, log_key, witnesses = attempt(read_keys, files["keys.json"]) or (None, None, {})
    matches = bool(root) and H(root.public)[:16] == fingerprint
    pinned = "not_pinned" if fingerprint is None or not root else "pinned" if matches else "differs"  # 1
    if pinned == "differs":
        problem("fingerprint_differs")
    if not root:
        problem("keys_malformed")
    elif not log_key:  # 2
        problem("log_not_certified")
    checkpoint = attempt(parse_checkpoint, files["checkpoint"])
    signed = bool(checkpoint and log_key) and checkpoint.origin == log_key.name and has_signed(checkpoint.note, log_key)
    if not checkpoint:
        problem("checkpoint_malformed")
    elif log_key and not signed:  # 3
        problem("checkpoint_not_signed")
    seen = []
    for key in dict.fromkeys([*known, *witnesses]):  # 4
        state = cosigned_at(checkpoint.note, key) if checkpoint else "missing"
        seen.append({"name": key.name, "state": state, "known": key in known, "own_machine": witnesses.get(key, False)})
        if state == "wrong":
            problem("cosignature_wrong")
    proofs = attempt(check_proofs, files["proofs.json"], *(checkpoint[2:] if checkpoint else (0, None)))  # 5
    if not proofs:
        problem("proofs_malformed")
    elif checkpoint and not proofs.holds:
        problem("root_differs")
    for index in proofs.wrong if proofs and checkpoint else ():
        problem("proof_wrong", index)
    lines, shown = split_lines(files["events.ndjson"]), split_lines(files.get("personal.ndjson", b""))
    for more in (lines, shown):
        if len(more) > MAX_EVENTS:
            problem("too_many_events")
            del more[MAX_EVENTS:]
    place = compare_lines(proofs.leaves, lines, problem) if proofs else {}  # 6
    odd = {index for index, at in place.items() if not is_canonical(lines[at])}  # 7
    for index in sorted(odd):
        problem("not_canonical", index, place[index] + 1)
    events = {index: lines[at] for index, at in place.items()}
    revealed = check_revealed(shown, events, problem) if proofs else 0  # 8
    seams = check_seams(files.get("seams.json", b""), root, checkpoint, problem)  # 9
    proven_at = sorted(events.keys() - odd - set(proofs.wrong)) if signed and proofs and proofs.holds else []
    proven = len(proven_at)
    sightings = []
    if "witnessed.json" in files:  # 10
        stands = checkpoint if signed else None
        everybody = dict.fromkeys([*known, *witnesses])
        sightings = check_witnessed(files["witnessed.json"], stands, log_key, everybody, problem)
        check_times([(index, events[index], place[index]) for index in proven_at], sightings, problem)
    if proven_lines is not None:
        proven_lines.extend(events[index] for index in proven_at)
    of_log = {"origin": checkpoint and checkpoint.origin, "size": checkpoint and checkpoint.size, "proven": proven}
    return {"ok": not problems, "pinned": pinned, **of_log, "revealed": revealed, "witnesses": seen, "sightings": sightings, "seams": seams, "problems": problems}

LIMITS = {"events.ndjson": 2 * 10**9, "personal.ndjson": 2 * 10**9, "proofs.json": 5 * 10**8}
def is_zip64(entry):
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == 1:
            return True
        extra = extra[4 + size :]
    return False
def read_export(path):
    """The zip ends with its directory's end, begins with a file, and has each wanted file once and whole."""
    needed, files = {"events.ndjson", "checkpoint", "proofs.json", "keys.json"}, {}
    try:
        with open(path, "rb") as file, zipfile.ZipFile(file) as archive:
            length = file.seek(-22, 2) + 22
            end, disks, here, count, size, start, comment = struct.unpack("<4sIHHIIH", file.read())
            require(end == b"PK\5\6" and disks == comment == 0 and here == count and start + size == length - 22)
            entries = archive.infolist()
            require(not entries or any(entry.header_offset == 0 for entry in entries))
            require(not any(is_zip64(entry) for entry in entries))
            for entry in entries:
                if entry.filename in needed | {"personal.ndjson", "seams.json", "witnessed.json"}:
                    require(entry.filename not in files and not entry.flag_bits & 0x61)
                    require(entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
                    require(entry.file_size <= LIMITS.get(entry.filename, 10**6))
                    files[entry.filename] = archive.read(entry)
                    require(len(files[entry.filename]) == entry.file_size)
    except (OSError, ValueError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error) as cause:
        raise NoExport(f"no zip that can be read: {cause}") from cause
    if not needed <= files.keys():
        raise NoExport(f"no export: without {', '.join(sorted(needed - files.keys()))}")
    return files

def fingerprint_argument(text):
    require(len(bytes.fromhex(text)) == 16)
    return bytes.fromhex(text)
def witness_argument(text):
    """A name may have a comma in it but no plus: a key ends 44 characters behind its second plus."""
    keys = [parse_key(key) for key in re.split(r"(?<=\+[A-Za-z0-9+/]{44}),", text)]
    require(all(key.type == COSIGNATURE for key in keys))
    return keys

def main():
    parser = argparse.ArgumentParser(description="Verifies an export of the audit log.")
    parser.error = lambda message: parser.exit(64, f"{parser.format_usage()}{message}\n")
    parser.add_argument("file")
    parser.add_argument("--fingerprint", type=fingerprint_argument)
    parser.add_argument("--witness", type=witness_argument, default=[])
    arguments = parser.parse_args()
    try:
        report = verify(read_export(arguments.file), arguments.fingerprint, arguments.witness)
    except NoExport as cause:
        parser.exit(2, f"{cause}\n")
    print(json.dumps(report))
    sys.exit(0 if report["ok"] else 1)

if __name__ == "__main__":
    main()
