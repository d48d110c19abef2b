import type { Random } from "@gatehouse/base";
import { concat, sameBytes } from "../primitives/bytes.ts";
import type { KeyPair, PublicKey } from "../primitives/keys.ts";
import type { NoiseProtocol, Token } from "./protocol.ts";
import { SymmetricState } from "./symmetric-state.ts";

export interface HandshakeOptions {
  readonly protocol: NoiseProtocol;
  readonly role: "initiator" | "responder";
  /** Bytes both sides must agree on before the first message. */
  readonly prologue: Uint8Array;
  readonly own: KeyPair;
  /**
   * The other side's static key, where it is known. The initiator of IK needs it; whoever is shown a static key
   * refuses any other than this at once, before a further agreement is computed.
   */
  readonly peer?: PublicKey;
  /** 32 bytes both sides share beforehand, for patterns with `psk` (Noise §9). */
  readonly psk?: Uint8Array;
  readonly random: Random;
}

export interface HandshakeResult {
  readonly initiatorKey: Uint8Array;
  readonly responderKey: Uint8Array;
  /** Transcript hash, the same on both sides and different in every handshake (Noise §11.2). */
  readonly handshakeHash: Uint8Array;
}

/** No message has this number: what comes after a refused one is refused too. */
const DEAD = -1;

/**
 * One side of a handshake (Noise §5.3). Messages are written and read in turn. After a message that is refused the
 * object is of no more use: a handshake starts anew.
 */
export class HandshakeState {
  readonly #options: HandshakeOptions;
  readonly #symmetric: SymmetricState;
  #ephemeral: KeyPair | undefined;
  #peerEphemeral: PublicKey | undefined;
  #peerStatic: PublicKey | undefined;
  #turn = 0;

  constructor(options: HandshakeOptions) {
    const { protocol, role, own, peer } = options;
    this.#options = options;
    this.#symmetric = new SymmetricState(protocol.aead, protocol.name);
    this.#symmetric.mixHash(options.prologue);
    if (!protocol.pattern.initiatorKnowsResponder) return;
    if (role === "initiator") this.#peerStatic = peer;
    const responder = role === "initiator" ? peer : own.publicKey;
    if (responder === undefined) throw new TypeError("the initiator of IK needs the responder's key");
    this.#symmetric.mixHash(responder.raw);
  }

  writeMessage(payload: Uint8Array): Uint8Array {
    const { protocol, own, random } = this.#options;
    const pieces: Uint8Array[] = [];
    for (const token of this.#tokens("write")) {
      if (token === "e") {
        this.#ephemeral = protocol.dh.generateKeyPair(random);
        this.#mixEphemeral(this.#ephemeral.publicKey.raw);
        pieces.push(this.#ephemeral.publicKey.raw);
      } else if (token === "s") pieces.push(this.#symmetric.encryptAndHash(own.publicKey.raw));
      else if (!this.#mixSecret(token)) throw new TypeError("the peer's static key is of small order");
    }
    pieces.push(this.#symmetric.encryptAndHash(payload));
    return concat(pieces);
  }

  /** The payload; undefined when the message is not what the peer sent. */
  readMessage(message: Uint8Array): Uint8Array | undefined {
    const payload = this.#read(this.#tokens("read"), message);
    if (payload === undefined) this.#turn = DEAD;
    return payload;
  }

  /** The keys, after the last message. */
  finish(): HandshakeResult {
    if (this.#turn !== this.#options.protocol.pattern.messages.length)
      throw new TypeError("the handshake is not complete");
    const [initiatorKey, responderKey] = this.#symmetric.split();
    return { initiatorKey, responderKey, handshakeHash: this.#symmetric.hash };
  }

  #tokens(action: "write" | "read"): readonly Token[] {
    const tokens = this.#options.protocol.pattern.messages[this.#turn];
    const writer = this.#turn % 2 === 0 ? "initiator" : "responder";
    if (tokens === undefined || (action === "write") !== (writer === this.#options.role))
      throw new TypeError(`it is not this side's turn to ${action}`);
    this.#turn++;
    return tokens;
  }

  #read(tokens: readonly Token[], message: Uint8Array): Uint8Array | undefined {
    let rest = message;
    for (const token of tokens) {
      if (token === "e" || token === "s") {
        const bytes = this.#bytesOf(token);
        if (rest.length < bytes || !this.#readKey(token, rest.subarray(0, bytes))) return undefined;
        rest = rest.subarray(bytes);
      } else if (!this.#mixSecret(token)) return undefined;
    }
    return this.#symmetric.decryptAndHash(rest);
  }

  #bytesOf(token: "e" | "s"): number {
    const { publicKeyBytes } = this.#options.protocol.dh;
    return token === "e" ? publicKeyBytes : this.#symmetric.sealedBytes(publicKeyBytes);
  }

  #readKey(token: "e" | "s", bytes: Uint8Array): boolean {
    const { protocol, peer } = this.#options;
    const raw = token === "e" ? bytes : this.#symmetric.decryptAndHash(bytes);
    if (raw === undefined) return false;
    if (token === "e") {
      this.#mixEphemeral(raw);
      this.#peerEphemeral = protocol.dh.importPublicKey(raw);
      return this.#peerEphemeral !== undefined;
    }
    // The known key is used itself: it was imported once, and its imported form is kept with it.
    this.#peerStatic = peer ?? protocol.dh.importPublicKey(raw);
    return this.#peerStatic !== undefined && sameBytes(this.#peerStatic.raw, raw);
  }

  /** With a pre-shared key the ephemeral also makes the message keys differ (Noise §9.2). */
  #mixEphemeral(raw: Uint8Array): void {
    this.#symmetric.mixHash(raw);
    if (this.#options.psk) this.#symmetric.mixKey(raw);
  }

  /** `es`: the initiator's ephemeral with the responder's static key; and so on. False for a useless result. */
  #mixSecret(token: Exclude<Token, "e" | "s">): boolean {
    const { protocol, role, own, psk } = this.#options;
    if (token === "psk") {
      if (psk === undefined) throw new TypeError("this pattern needs a pre-shared key");
      this.#symmetric.mixKeyAndHash(psk);
      return true;
    }
    const [mine, theirs] = role === "initiator" ? token : [token[1], token[0]];
    const ownPair = mine === "e" ? this.#ephemeral : own;
    const peerKey = theirs === "e" ? this.#peerEphemeral : this.#peerStatic;
    if (ownPair === undefined || peerKey === undefined) throw new TypeError(`${token} comes too early`);
    const secret = protocol.dh.dh(ownPair, peerKey);
    if (secret !== undefined) this.#symmetric.mixKey(secret);
    return secret !== undefined;
  }
}
