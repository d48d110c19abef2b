"""Verifies an export of the audit log, written from docs/verify.md alone (python3-cryptography for Ed25519).

  verify_ledger.py FILE.zip [--fingerprint TEXT] [--witness KEY]...

Prints one JSON object: ok, pinned, fingerprint, origin, size, proven, range, witnesses, problems [{kind, index, line}].
Ends with 0 when nothing contradicts anything, with 1 when something does, with 2 when the file is no export.
"""

import argparse
import base64
import difflib
import hashlib
import hmac
import json
import math
import re
import struct
import sys
import zipfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAX_EVENT_BYTES = 16_384
MAX_DEPTH = 32
MAX_EVENTS = 1_000_000
MAX_NOTE_UNITS = 65_536
NOTE_KEY, WITNESS_KEY = 1, 4
P = 2**255 - 19
SMALL_ORDER = {0, 1, P - 1} | {
    int.from_bytes(bytes.fromhex(text), "little")
    for text in (
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    )
}


class Malformed(Exception):
    pass


def need(condition):
    if not condition:
        raise Malformed


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(line):
    return sha256(b"\x00" + line)


def node(left, right):
    return sha256(b"\x01" + left + right)


def unbase64(text, length=None):
    need(isinstance(text, str))
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Malformed from None
    need(base64.b64encode(data).decode() == text and length in (None, len(data)))
    return data


def decimal(text):
    need(re.fullmatch(r"0|[1-9][0-9]*", text) and int(text) < 2**53)
    return int(text)


def y_of(encoded):
    return int.from_bytes(encoded, "little") & (2**255 - 1)


def ed25519_holds(public, message, signature):
    if len(signature) != 64 or y_of(signature[:32]) >= P:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


# Keys and notes


class Key:
    def __init__(self, text):
        need(isinstance(text, str))
        parts = text.split("+", 2)
        need(len(parts) == 3)
        self.name, self.id, material = parts[0], parts[1], unbase64(parts[2], 33)
        need(1 <= len(self.name) <= 255 and not re.search(r"[\s\x00-\x1f\x7f-\x9f+]", self.name))
        self.type, self.public = material[0], material[1:]
        need(self.type in (NOTE_KEY, WITNESS_KEY))
        need(self.id == sha256(self.name.encode() + b"\n" + material)[:4].hex())
        need(y_of(self.public) < P and y_of(self.public) not in SMALL_ORDER)
        self.text = text


class Note:
    def __init__(self, data):
        try:
            whole = data.decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed from None
        need(len(whole.encode("utf-16-le")) // 2 <= MAX_NOTE_UNITS)
        need(not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", whole) and whole.endswith("\n"))
        cut = whole.rfind("\n\n")
        need(cut >= 0)
        self.text = whole[: cut + 1]
        lines = whole[cut + 2 : -1].split("\n")
        need(1 <= len(lines) <= 128)
        self.signatures = []
        for line in lines:
            match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
            need(match)
            material = unbase64(match[2])
            need(len(material) > 4)
            self.signatures.append((match[1], material[:4].hex(), material[4:]))

    def of(self, key):
        return [data for name, key_id, data in self.signatures if (name, key_id) == (key.name, key.id)]

    def signed_by(self, key):
        own = self.of(key)
        return key.type == NOTE_KEY and own != [] and all(
            ed25519_holds(key.public, self.text.encode(), data) for data in own
        )

    def cosigned_by(self, key):
        """absent, wrong, or the Unix time."""
        own = self.of(key)
        if key.type != WITNESS_KEY or not own:
            return "absent"
        times = []
        for data in own:
            if len(data) != 72:
                return "wrong"
            time = struct.unpack(">Q", data[:8])[0]
            message = f"cosignature/v1\ntime {time}\n{self.text}".encode()
            if not 0 < time < 2**53 or not ed25519_holds(key.public, message, data[8:]):
                return "wrong"
            times.append(time)
        return max(times)


def open_checkpoint(note):
    lines = note.text[:-1].split("\n")
    need(3 <= len(lines) <= 19 and lines[0] != "" and all(lines[3:]))
    return lines[0], decimal(lines[1]), unbase64(lines[2], 32)


def open_certificate(note, root):
    """The log's key, or None when the root has not signed it."""
    if not note.signed_by(root):
        return None
    lines = note.text.split("\n")
    need(len(lines) == 3 and lines[0] == "gatehouse-ledger-key/v1" and lines[2] == "")
    key = Key(lines[1])
    need(key.type == NOTE_KEY)
    return key


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


def blocks(start, end):
    levels, at = [], start
    while at < end:
        level = 0
        while at % (2 << level) == 0 and at + (2 << level) <= end:
            level += 1
        levels.append(level)
        at += 1 << level
    return levels


def root_from(parts):
    stack = []
    for level, digest in parts:
        while stack and stack[-1][0] == level:
            digest = node(stack.pop()[1], digest)
            level += 1
        stack.append((level, digest))
    if not stack:
        return sha256(b"")
    result = stack.pop()[1]
    while stack:
        result = node(stack.pop()[1], result)
    return result


def hashes(text):
    data = unbase64(text)
    need(len(data) % 32 == 0)
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def is_index(value):
    return type(value) is int and 0 <= value < 2**53


def rising(indexes):
    need(isinstance(indexes, list) and all(map(is_index, indexes)))
    need(all(one < other for one, other in zip(indexes, indexes[1:])))
    return indexes


def open_proofs(proofs, size, root, problems):
    """The leaves that have a line as (index, hash, proven), and the range or None."""
    need(isinstance(proofs, dict))
    if proofs.get("form") == "entries":
        need(set(proofs) == {"form", "entries"} and isinstance(proofs["entries"], list))
        leaves = []
        for entry in proofs["entries"]:
            need(isinstance(entry, dict) and set(entry) == {"index", "leaf", "proof"} and is_index(entry["index"]))
            leaf = unbase64(entry["leaf"], 32)
            proven = inclusion_holds(entry["index"], size, leaf, hashes(entry["proof"]), root)
            leaves.append((entry["index"], leaf, proven))
            if not proven:
                problems.append(("proof_wrong", entry["index"], None))
        rising([index for index, _, _ in leaves])
        return leaves, None
    need(proofs.get("form") == "range" and set(proofs) - {"listed"} == {"form", "from", "left", "leaves", "right"})
    start, leaves = proofs["from"], hashes(proofs["leaves"])
    need(is_index(start) and len(leaves) <= MAX_EVENTS)
    end, left, right = start + len(leaves), hashes(proofs["left"]), hashes(proofs["right"])
    before, after = blocks(0, start), blocks(end, size)
    proven = end <= size and (len(before), len(after)) == (len(left), len(right))
    if proven:
        parts = [*zip(before, left), *((0, leaf) for leaf in leaves), *zip(after, right)]
        proven = root_from(parts) == root
    if not proven:
        problems.append(("root_differs", None, None))
    listed = rising(proofs.get("listed", list(range(start, end))))
    need(all(start <= index < end for index in listed))
    return [(index, leaves[index - start], proven) for index in listed], [start, end]


# Lines


def compare(leaves, lines, problems):
    """For each line the leaf that it is, or None; names what differs."""
    expected = [leaf for _, leaf, _ in leaves]
    found = [leaf_hash(line) for line in lines]
    if expected == found:
        return leaves
    by_hash = {leaf: place for place, leaf in enumerate(expected)}
    present = set(found)

    def differs(place, line):
        index = leaves[place][0]
        if found[line] in by_hash:
            problems.append(("swapped", leaves[by_hash[found[line]]][0], line + 1))
            if expected[place] not in present:
                problems.append(("missing", index, None))
        elif expected[place] in present:
            problems.append(("added", None, line + 1))
        else:
            problems.append(("changed", index, line + 1))

    if len(expected) == len(found):
        steps = [("replace", at, at + 1, at, at + 1) for at in range(len(found)) if expected[at] != found[at]]
    else:
        steps = difflib.SequenceMatcher(None, expected, found, autojunk=False).get_opcodes()
    for step, place, place_end, line, line_end in steps:
        if step == "equal":
            continue
        both = min(place_end - place, line_end - line)
        for at in range(both):
            differs(place + at, line + at)
        for at in range(place + both, place_end):
            if expected[at] not in present:
                problems.append(("missing", leaves[at][0], None))
        for at in range(line + both, line_end):
            known = by_hash.get(found[at])
            twice = known is not None and found.index(found[at]) != at
            if known is None or twice:
                problems.append(("added", None, at + 1))
            else:
                problems.append(("swapped", leaves[known][0], at + 1))
    return [leaves[by_hash[digest]] if digest in by_hash else None for digest in found]


def es_number(value):
    """A number as ECMAScript writes it (ECMA-262, Number::toString)."""
    need(math.isfinite(value))
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, exponent = f"{abs(value)!r}e0".split("e")[:2] if "e" in repr(abs(value)) else (repr(abs(value)), "0")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    n = len(whole) + int(exponent) - (len(whole + part) - len(digits))
    digits = digits.rstrip("0")
    k = len(digits)
    if k <= n <= 21:
        return sign + digits + "0" * (n - k)
    if 0 < n <= 21:
        return sign + digits[:n] + "." + digits[n:]
    if -6 < n <= 0:
        return sign + "0." + "0" * -n + digits
    power = f"e{'+' if n > 0 else '-'}{abs(n - 1)}"
    return sign + digits[0] + ("." + digits[1:] if k > 1 else "") + power


def canonical(value, depth=0):
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return es_number(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    need(depth < MAX_DEPTH)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, depth + 1) for item in value) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{canonical(name)}:{canonical(value[name], depth + 1)}" for name in names) + "}"


def refuse_constant(_):
    raise Malformed


def is_canonical(line):
    try:
        need(len(line) <= MAX_EVENT_BYTES)
        text = line.decode("utf-8")
        value = json.loads(text, parse_int=float, parse_float=float, parse_constant=refuse_constant)
        return canonical(value).encode("utf-8") == line
    except (Malformed, ValueError, RecursionError):
        return False


def check_revealed(lines, events, problems):
    right = 0
    for number, line in enumerate(lines, 1):
        try:
            item = json.loads(line)
            need(isinstance(item, dict) and is_index(item.get("index")))
            need(all(isinstance(item.get(name), str) for name in ("name", "value", "salt")))
        except (Malformed, ValueError):
            problems.append(("personal_malformed", None, number))
            continue
        try:
            salt = unbase64(item["salt"], 32)
            message = item["name"].encode() + b"\x00" + item["value"].encode()
            digest = hmac.new(salt, message, hashlib.sha256).digest()
            hidden = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            need(json.loads(events[item["index"]])["personal"].get(item["name"]) == hidden)
            right += 1
        except (Malformed, ValueError, KeyError, TypeError, AttributeError):
            problems.append(("personal_differs", item["index"], number))
    return right


def split_lines(data):
    return data.split(b"\n")[: -1 if data.endswith(b"\n") or data == b"" else None]


def verify(files, fingerprint=None, known=()):
    problems = []

    def attempt(kind, read):
        try:
            return read()
        except (Malformed, ValueError, RecursionError):
            problems.append((kind, None, None))
            return None

    def read_keys():
        keys = json.loads(files["keys.json"].decode("utf-8"))
        need(isinstance(keys, dict) and isinstance(keys.get("witnesses"), list) and len(keys["witnesses"]) <= 128)
        root = Key(keys.get("root"))
        need(isinstance(keys.get("certificate"), str))
        log = open_certificate(Note(keys["certificate"].encode()), root)
        return root, log, [Key(text) for text in keys["witnesses"]]

    keys = attempt("keys_malformed", read_keys)
    note = attempt("checkpoint_malformed", lambda: Note(files["checkpoint"]))
    head = note and attempt("checkpoint_malformed", lambda: open_checkpoint(note))
    origin, size, root_hash = head or ("", 0, b"")
    own = sha256(keys[0].public)[:16].hex() if keys else ""

    pinned = "not_pinned"
    if keys and fingerprint is not None:
        pinned = "pinned" if re.sub(r"[\s:-]", "", fingerprint).lower() == own else "differs"
        if pinned == "differs":
            problems.append(("fingerprint_differs", None, None))

    signed = False
    if keys and head:
        log = keys[1]
        if log is None:
            problems.append(("log_not_certified", None, None))
        else:
            signed = log.name == origin and note.signed_by(log)
            if not signed:
                problems.append(("checkpoint_not_signed", None, None))

    witnesses = []
    if note:
        trusted = {key.text for key in known}
        for key in {key.text: key for key in [*known, *(keys[2] if keys else [])]}.values():
            state = note.cosigned_by(key)
            if state == "wrong":
                problems.append(("cosignature_wrong", None, None))
            witnesses.append({"name": key.name, "state": state, "known": key.text in trusted})

    lines = split_lines(files["events.ndjson"])
    if len(lines) > MAX_EVENTS:
        problems.append(("too_many_events", None, None))
        lines = lines[:MAX_EVENTS]
    opened = attempt(
        "proofs_malformed",
        lambda: open_proofs(json.loads(files["proofs.json"].decode("utf-8")), size, root_hash, problems),
    )
    leaves, span = opened or ([], None)
    proven, events = 0, {}
    for number, (line, leaf) in enumerate(zip(lines, compare(leaves, lines, problems)), 1):
        if leaf is None:
            continue
        events[leaf[0]] = line
        if not is_canonical(line):
            problems.append(("not_canonical", leaf[0], number))
        elif leaf[2]:
            proven += 1
    revealed = check_revealed(split_lines(files.get("personal.ndjson", b"")), events, problems)
    return {
        "ok": not problems,
        "pinned": pinned,
        "fingerprint": own,
        "origin": origin,
        "size": size,
        "range": span,
        "lines": len(lines),
        "proven": proven if signed else 0,
        "revealed": revealed,
        "witnesses": witnesses,
        "problems": [dict(zip(("kind", "index", "line"), problem)) for problem in problems],
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--fingerprint")
    parser.add_argument("--witness", action="append", default=[])
    asked = parser.parse_args()
    try:
        with zipfile.ZipFile(asked.file) as archive:
            wanted = {"events.ndjson", "checkpoint", "proofs.json", "keys.json", "personal.ndjson"}
            files = {name: archive.read(name) for name in set(archive.namelist()) & wanted}
        need(wanted - {"personal.ndjson"} <= set(files))
    except (OSError, zipfile.BadZipFile, Malformed):
        print(json.dumps({"ok": False, "problems": [{"kind": "no_export", "index": None, "line": None}]}))
        return 2
    report = verify(files, asked.fingerprint, [Key(text) for text in asked.witness])
    print(json.dumps(report))
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
