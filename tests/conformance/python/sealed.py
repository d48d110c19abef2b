"""Opens and seals single messages, written from docs/channel.md alone.

Reads a JSON list of requests on standard input and answers with a JSON list. All bytes are hex.
  {"op": "open", "suite", "recipient": bundle, "sender": bundle, "envelope"}    -> {"payload", "sequence", ...}
  {"op": "verify", "suite", "sender": bundle, "part"}                           -> {"payload"}
  {"op": "seal", "suite", "recipient": bundle, "sender": bundle, "payload", …}  -> {"envelope"}
A refused message answers {"refused": reason}.
"""

import hashlib
import json
import os
import struct
import sys
from hmac import compare_digest

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hmac, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

C1, M1 = 1, 2
CURVE = ec.SECP256K1()
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HEADER = struct.Struct(">2sBBBBH8s8sQQII")
RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
POINT = (serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)


class Refused(Exception):
    pass


def sha256(data):
    return hashlib.sha256(data).digest()


def mac(key, data):
    h = hmac.HMAC(key, hashes.SHA256())
    h.update(data)
    return h.finalize()


def extract(salt, ikm):
    return mac(salt or bytes(32), ikm)


def expand(prk, info, length):
    output, block, counter = b"", b"", 1
    while len(output) < length:
        block = mac(prk, block + info + bytes([counter]))
        output += block
        counter += 1
    return output[:length]


def key_id(suite, bundle):
    keys = bytes.fromhex(bundle["agreementPublic"]) + bytes.fromhex(bundle["signingPublic"])
    return sha256(b"SX-kid-v1" + bytes([suite]) + keys)[:8]


def signed_bytes(header, payload):
    return b"SX1-sig\0" + sha256(header) + sha256(payload)


# M1 ------------------------------------------------------------------------------------------------------------

KEM = b"KEM\x00\x20"
HPKE = b"HPKE\x00\x20\x00\x01\x00\x02"


def labeled_extract(salt, suite_id, label, ikm):
    return extract(salt, b"HPKE-v1" + suite_id + label + ikm)


def labeled_expand(prk, suite_id, label, info, length):
    return expand(prk, struct.pack(">H", length) + b"HPKE-v1" + suite_id + label + info, length)


def m1_keys(dh, enc, recipient):
    shared = labeled_expand(labeled_extract(b"", KEM, b"eae_prk", dh), KEM, b"shared_secret", enc + recipient, 32)
    context = (
        b"\0"
        + labeled_extract(b"", HPKE, b"psk_id_hash", b"")
        + labeled_extract(b"", HPKE, b"info_hash", b"SX-M1-seal-v1\0")
    )
    secret = labeled_extract(shared, HPKE, b"secret", b"")
    key = labeled_expand(secret, HPKE, b"key", context, 32)
    return key, labeled_expand(secret, HPKE, b"base_nonce", context, 12)


def m1_open(bundle, header, body):
    private = x25519.X25519PrivateKey.from_private_bytes(bytes.fromhex(bundle["agreementPrivate"]))
    enc = body[:32]
    dh = private.exchange(x25519.X25519PublicKey.from_public_bytes(enc))
    key, nonce = m1_keys(dh, enc, private.public_key().public_bytes(*RAW))
    try:
        return AESGCM(key).decrypt(nonce, body[32:], header)
    except InvalidTag:
        raise Refused("tag")


def m1_seal(recipient, header, plaintext):
    ephemeral = x25519.X25519PrivateKey.generate()
    enc = ephemeral.public_key().public_bytes(*RAW)
    dh = ephemeral.exchange(x25519.X25519PublicKey.from_public_bytes(recipient))
    key, nonce = m1_keys(dh, enc, recipient)
    return enc + AESGCM(key).encrypt(nonce, plaintext, header)


def m1_verify(bundle, message, signature):
    key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(bundle["signingPublic"]))
    key.verify(signature, message)


def m1_sign(bundle, message):
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(bundle["signingPrivate"]))
    return key.sign(message)


# C1 ------------------------------------------------------------------------------------------------------------


def c1_keys(x, epk, recipient, header):
    info = b"SX-C1-seal-v1\0" + epk + recipient + header
    keys = expand(extract(sha256(b"SX-C1-salt-v1"), x), info, 64)
    return keys[:32], keys[32:]


def c1_tag(key, header, epk, iv, ciphertext):
    lengths = struct.pack(">QQ", 8 * len(header + epk), 8 * len(ciphertext))
    return mac(key, header + epk + iv + ciphertext + lengths)


def private_point(value):
    return ec.derive_private_key(int(value, 16), CURVE)


def public_point(raw):
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw)


def c1_open(bundle, header, body):
    private = private_point(bundle["agreementPrivate"])
    epk, iv, ciphertext, tag = body[:33], body[33:49], body[49:-32], body[-32:]
    x = private.exchange(ec.ECDH(), public_point(epk))
    encryption, authentication = c1_keys(x, epk, private.public_key().public_bytes(*POINT), header)
    if not compare_digest(tag, c1_tag(authentication, header, epk, iv, ciphertext)):
        raise Refused("tag")
    decryptor = Cipher(algorithms.AES(encryption), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(decryptor.update(ciphertext) + decryptor.finalize()) + unpadder.finalize()


def c1_seal(recipient, header, plaintext):
    ephemeral = ec.generate_private_key(CURVE)
    epk = ephemeral.public_key().public_bytes(*POINT)
    x = ephemeral.exchange(ec.ECDH(), public_point(recipient))
    encryption, authentication = c1_keys(x, epk, recipient, header)
    iv = os.urandom(16)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(encryption), modes.CBC(iv)).encryptor()
    ciphertext = encryptor.update(padder.update(plaintext) + padder.finalize()) + encryptor.finalize()
    return epk + iv + ciphertext + c1_tag(authentication, header, epk, iv, ciphertext)


def c1_verify(bundle, message, signature):
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if s > ORDER // 2:
        raise Refused("high s")
    key = public_point(bytes.fromhex(bundle["signingPublic"]))
    key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))


def c1_sign(bundle, message):
    der = private_point(bundle["signingPrivate"]).sign(message, ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(der)
    return r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")


# Both ----------------------------------------------------------------------------------------------------------

OPEN = {C1: c1_open, M1: m1_open}
SEAL = {C1: c1_seal, M1: m1_seal}
VERIFY = {C1: c1_verify, M1: m1_verify}
SIGN = {C1: c1_sign, M1: m1_sign}
BODY_BYTES = {C1: lambda plain: 33 + 16 + 16 * (plain // 16 + 1) + 32, M1: lambda plain: 32 + plain + 16}


def parse(header):
    magic, version, suite, kind, flags, content, sender, recipient, sequence, sent, boot, length = HEADER.unpack(header)
    if magic != b"SX" or version != 1 or kind != 0x10 or flags & ~0x0E:
        raise Refused("shape")
    fields = {"suite": suite, "flags": flags, "contentType": content, "sender": sender.hex()}
    return {**fields, "recipient": recipient.hex(), "sequence": str(sequence), "sentMs": sent, "bootId": boot}, length


def check_signature(suite, sender, header, signature, payload):
    if header[8:16] != key_id(suite, sender):
        raise Refused("sender")
    try:
        VERIFY[suite](sender, signed_bytes(header, payload), signature)
    except InvalidSignature:
        raise Refused("signature")


def open_envelope(request):
    envelope, suite = bytes.fromhex(request["envelope"]), request["suite"]
    header, body = envelope[:48], envelope[48:]
    fields, length = parse(header)
    if fields["suite"] != suite or length != len(body):
        raise Refused("shape")
    if header[16:24] != key_id(suite, request["recipient"]):
        raise Refused("recipient")
    plaintext = OPEN[suite](request["recipient"], header, body)
    check_signature(suite, request["sender"], header, plaintext[:64], plaintext[64:])
    return {**fields, "payload": plaintext[64:].hex()}


def verify_part(request):
    part, suite = bytes.fromhex(request["part"]), request["suite"]
    fields, _ = parse(part[:48])
    check_signature(suite, request["sender"], part[:48], part[48:112], part[112:])
    return {**fields, "payload": part[112:].hex()}


def seal_envelope(request):
    suite, payload = request["suite"], bytes.fromhex(request["payload"])
    header = HEADER.pack(
        b"SX",
        1,
        suite,
        0x10,
        request["flags"],
        request["contentType"],
        key_id(suite, request["sender"]),
        key_id(suite, request["recipient"]),
        int(request["sequence"]),
        request["sentMs"],
        request["bootId"],
        BODY_BYTES[suite](64 + len(payload)),
    )
    signature = SIGN[suite](request["sender"], signed_bytes(header, payload))
    recipient = bytes.fromhex(request["recipient"]["agreementPublic"])
    return {"envelope": (header + SEAL[suite](recipient, header, signature + payload)).hex()}


OPERATIONS = {"open": open_envelope, "verify": verify_part, "seal": seal_envelope}


def answer(request):
    try:
        return OPERATIONS[request["op"]](request)
    except Refused as reason:
        return {"refused": str(reason)}


if __name__ == "__main__":
    json.dump([answer(request) for request in json.load(sys.stdin)], sys.stdout)
