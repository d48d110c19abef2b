"""A device that speaks the sessions of docs/channel.md, written from that page alone (python3-cryptography).

Reads one JSON command a line from stdin and answers each with one JSON line.
"""

import hashlib
import hmac
import json
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HANDSHAKE = b"\0\0\0"
TO_SERVER, TO_DEVICE = 1, 2
WINDOW, EPOCH_MESSAGES, EPOCH_MS, AHEAD, LATE_MS = 1024, 4096, 600_000, 8, 60_000


class Refused(Exception):
    pass


def sha256(data):
    return hashlib.sha256(data).digest()


def hmac_sha256(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def hkdf(ikm, salt, info, length):
    prk = hmac_sha256(salt or bytes(32), ikm)
    block, output, counter = b"", b"", 1
    while len(output) < length:
        block = hmac_sha256(prk, block + info + bytes([counter]))
        output += block
        counter += 1
    return output[:length]


class M1:
    suite, name, public_bytes, overhead = 2, b"Noise_IK_25519_AESGCM_SHA256", 32, 16

    generate = staticmethod(x25519.X25519PrivateKey.generate)

    @staticmethod
    def generate_signing_public():
        key = ed25519.Ed25519PrivateKey.generate().public_key()
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)

    @staticmethod
    def public(private):
        return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @staticmethod
    def dh(private, public):
        return private.exchange(x25519.X25519PublicKey.from_public_bytes(public))

    @staticmethod
    def seal(key, use, n, ad, plaintext):
        return AESGCM(key).encrypt(bytes(4) + struct.pack(">Q", n), plaintext, ad)

    @staticmethod
    def open(key, use, n, ad, sealed):
        try:
            return AESGCM(key).decrypt(bytes(4) + struct.pack(">Q", n), sealed, ad)
        except InvalidTag:
            raise Refused from None


class C1:
    suite, name, public_bytes, overhead = 1, b"Noise_IK_secp256k1_AESCBCHMAC_SHA256", 33, 48

    @staticmethod
    def generate():
        return ec.generate_private_key(ec.SECP256K1())

    @classmethod
    def generate_signing_public(cls):
        return cls.public(cls.generate())

    @staticmethod
    def public(private):
        return private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    @staticmethod
    def dh(private, public):
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), public)
        return private.exchange(ec.ECDH(), point)

    @staticmethod
    def parts(key, use, n):
        keys = hkdf(key, b"", b"SX-C1-aead-v1", 96)
        iv = hmac_sha256(keys[64:], use + struct.pack(">Q", n))[:16]
        return keys[:32], keys[32:64], iv

    @staticmethod
    def tag(mac_key, ad, iv, ciphertext):
        bits = struct.pack(">QQ", 8 * len(ad), 8 * len(ciphertext))
        return hmac_sha256(mac_key, ad + iv + ciphertext + bits)

    @classmethod
    def seal(cls, key, use, n, ad, plaintext):
        encryption_key, mac_key, iv = cls.parts(key, use, n)
        padder = PKCS7(128).padder()
        padded = padder.update(plaintext) + padder.finalize()
        encryptor = Cipher(algorithms.AES(encryption_key), modes.CBC(iv)).encryptor()
        ciphertext = encryptor.update(padded) + encryptor.finalize()
        return ciphertext + cls.tag(mac_key, ad, iv, ciphertext)

    @classmethod
    def open(cls, key, use, n, ad, sealed):
        ciphertext, tag = sealed[:-32], sealed[-32:]
        if len(ciphertext) < 16 or len(ciphertext) % 16 != 0:
            raise Refused
        encryption_key, mac_key, iv = cls.parts(key, use, n)
        if not hmac.compare_digest(tag, cls.tag(mac_key, ad, iv, ciphertext)):
            raise Refused
        decryptor = Cipher(algorithms.AES(encryption_key), modes.CBC(iv)).decryptor()
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        unpadder = PKCS7(128).unpadder()
        return unpadder.update(padded) + unpadder.finalize()


class Handshake:
    def __init__(self, suite, own, own_id, server, server_id):
        self.suite, self.own, self.server = suite, own, server
        start = bytes([0x53, 0x58, 0x10 + suite.suite])
        self.expected = start + bytes([0x22]) + bytes(4) + server_id + own_id
        header = start + bytes([0x21]) + bytes(4) + own_id + server_id
        name = suite.name
        self.h = sha256(name) if len(name) > 32 else name.ljust(32, b"\0")
        self.ck = self.h
        self.mix_hash(b"SX-hello-v1\0" + header)
        self.mix_hash(server)
        self.e = suite.generate()
        public = suite.public(self.e)
        self.mix_hash(public)
        self.mix_key(suite.dh(self.e, server))
        c1 = self.seal(suite.public(own))
        self.mix_key(suite.dh(own, server))
        self.hello = header + public + c1 + self.seal(b"")

    def mix_hash(self, data):
        self.h = sha256(self.h + data)

    def mix_key(self, secret):
        both = hkdf(secret, self.ck, b"", 64)
        self.ck, self.k = both[:32], both[32:]

    def seal(self, plaintext):
        sealed = self.suite.seal(self.k, HANDSHAKE, 0, self.h, plaintext)
        self.mix_hash(sealed)
        return sealed

    def finish(self, answer, now):
        size = self.suite.public_bytes
        if answer[:24] != self.expected or len(answer) != 24 + size + self.suite.overhead:
            raise Refused
        public, c3 = answer[24 : 24 + size], answer[24 + size :]
        self.mix_hash(public)
        try:
            self.mix_key(self.suite.dh(self.e, public))
            self.mix_key(self.suite.dh(self.own, public))
        except ValueError:
            raise Refused from None
        if self.suite.open(self.k, HANDSHAKE, 0, self.h, c3) != b"":
            raise Refused
        self.mix_hash(c3)
        keys = hkdf(b"", self.ck, b"", 64)
        return Session(self.suite, self.h, keys[:32], keys[32:], now)


class Session:
    def __init__(self, suite, h, to_server, to_device, now):
        self.suite, self.h = suite, h
        self.id = sha256(b"SX-sid-v1\0" + h)[:8]
        self.sending = {"epoch": 0, "count": 0, "since": now, "sequence": 0}
        self.secret, self.key = self.step(to_server, TO_SERVER, 0)
        # Keys by epoch, as far as derived; `head` is the secret of the next.
        self.keys, self.head = {}, to_device
        self.derive_to(0)
        self.current, self.moved, self.lowest = 0, now, 0
        self.highest, self.seen = -1, set()

    def step(self, secret, direction, epoch):
        info = b"SX-epoch-v1\0" + bytes([self.suite.suite, direction]) + struct.pack(">H", epoch)
        both = hkdf(secret, self.h, info, 64)
        return both[:32], both[32:]

    def derive_to(self, epoch):
        for number in range(max(self.keys, default=-1) + 1, epoch + 1):
            self.head, self.keys[number] = self.step(self.head, TO_DEVICE, number)

    def seal(self, content_type, flags, payload, now):
        state = self.sending
        if state["count"] == EPOCH_MESSAGES or now - state["since"] >= EPOCH_MS:
            state.update(epoch=state["epoch"] + 1, count=0, since=now)
            self.secret, self.key = self.step(self.secret, TO_SERVER, state["epoch"])
        epoch, sequence = state["epoch"], state["sequence"]
        state["count"] += 1
        state["sequence"] += 1
        start = bytes([0x53, 0x58, 0x10 + self.suite.suite, 0x20, flags, content_type])
        header = start + struct.pack(">H", epoch) + self.id + struct.pack(">Q", sequence)
        use = bytes([TO_SERVER]) + struct.pack(">H", epoch)
        return header + self.suite.seal(self.key, use, sequence, header, payload)

    def open(self, frame, now):
        header = frame[:24]
        if len(header) < 24 or header[:4] != bytes([0x53, 0x58, 0x10 + self.suite.suite, 0x20]):
            raise Refused
        if header[4] & ~0x0E or header[8:16] != self.id:
            raise Refused
        (epoch,), (sequence,) = struct.unpack(">H", header[6:8]), struct.unpack(">Q", header[16:])
        if now - self.moved > LATE_MS:
            self.keys.pop(self.current - 1, None)
        if not self.current - 1 <= epoch <= self.current + AHEAD:
            raise Refused
        self.derive_to(epoch)
        if epoch not in self.keys or sequence <= self.highest - WINDOW or sequence in self.seen:
            raise Refused
        use = bytes([TO_DEVICE]) + struct.pack(">H", epoch)
        payload = self.suite.open(self.keys[epoch], use, sequence, header, frame[24:])
        self.accept(epoch, sequence, now)
        return {"contentType": header[5], "flags": header[4], "epoch": epoch, "payload": payload.hex()}

    def accept(self, epoch, sequence, now):
        self.highest = max(self.highest, sequence)
        self.seen = {one for one in self.seen if one > self.highest - WINDOW} | {sequence}
        if epoch > self.current:
            self.current, self.moved, self.lowest = epoch, now, sequence
        elif epoch == self.current:
            self.lowest = min(self.lowest, sequence)
        oldest = self.current - (self.highest - self.lowest < WINDOW)
        self.keys = {number: key for number, key in self.keys.items() if number >= oldest}


class Device:
    """Holds the keys of one device, the handshake under way and its session."""

    def __init__(self, suite, server, server_id):
        self.suite, self.server, self.server_id = suite, server, server_id
        self.own = suite.generate()
        self.agreement, self.signing = suite.public(self.own), suite.generate_signing_public()
        self.key_id = sha256(b"SX-kid-v1" + bytes([suite.suite]) + self.agreement + self.signing)[:8]

    def bundle(self, command):
        return {"agreement": self.agreement.hex(), "signing": self.signing.hex(), "keyId": self.key_id.hex()}

    def hello(self, command):
        self.handshake = Handshake(self.suite, self.own, self.key_id, self.server, self.server_id)
        return {"frame": self.handshake.hello.hex()}

    def answer(self, command):
        self.session = self.handshake.finish(bytes.fromhex(command["frame"]), command["nowMs"])
        return {"sessionId": self.session.id.hex()}

    def seal(self, command):
        payload = bytes.fromhex(command["payload"])
        arguments = (command["contentType"], command["flags"], payload, command["nowMs"])
        return {"frames": [self.session.seal(*arguments).hex() for _ in range(command["count"])]}

    def open(self, command):
        return self.session.open(bytes.fromhex(command["frame"]), command["nowMs"])


def main():
    suite = {"M1": M1, "C1": C1}[sys.argv[1]]
    device = Device(suite, bytes.fromhex(sys.argv[2]), bytes.fromhex(sys.argv[3]))
    steps = {name: getattr(device, name) for name in ("bundle", "hello", "answer", "seal", "open")}
    for line in sys.stdin:
        command = json.loads(line)
        try:
            reply = steps[command["do"]](command)
        except Refused:
            reply = {"refused": True}
        print(json.dumps(reply), flush=True)


main()
