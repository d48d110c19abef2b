#include "enrol.h"

#include <stdio.h>

#include "english_words.h"
#include "version.h"

namespace gatehouse {

static constexpr size_t NONCE_BYTES = 64, CODE_CHARACTERS = 64;
static constexpr size_t BODY_BYTES = 2 * 1024, REPLY_BYTES = 12 * 1024, ANSWER_BYTES = 10 * 1024;
static_assert(BODY_BYTES + REPLY_BYTES + ANSWER_BYTES <= ENROLMENT_WORKSPACE_BYTES, "an enrolment fits its workspace");
static constexpr size_t MAX_TRANSCRIPT_BYTES = 12 + 1 + 32 + NONCE_BYTES + 2 * (2 + MAX_PUBLIC_KEY_BYTES) + KEY_ID_BYTES;

namespace {
struct Claim {
  uint8_t id[HASH_BYTES], key[HASH_BYTES];
  ~Claim() { wipe(key, sizeof key); }
};

struct Challenge {
  uint8_t nonce[NONCE_BYTES];
  PublicBundle server;
};

struct Transcript {
  uint8_t bytes[MAX_TRANSCRIPT_BYTES];
  size_t length;
  operator Bytes() const { return {bytes, length}; }
};

/** One enrolment, step by step; every step says what was wrong with it. */
class Enroller {
 public:
  Enroller(const HttpCall& call, Crypto& crypto, uint8_t* workspace, Identity& identity)
      : call_(call),
        crypto_(crypto),
        identity_(identity),
        body_(reinterpret_cast<char*>(workspace)),
        reply_(reinterpret_cast<char*>(workspace) + BODY_BYTES),
        answer_(workspace + BODY_BYTES + REPLY_BYTES) {}

  Enrolment run(const char* code) {
    Enrolment result = {false, ""};
    const char* problem = steps(code);
    result.isDone = problem == nullptr;
    if (!result.isDone) snprintf(result.problem, sizeof result.problem, "%s", problem);
    return result;
  }

 private:
  const char* steps(const char* code) {
    readCode(code);
    if (!crypto_.generateBundle(identity_.keys)) return "no_randomness";
    identity_.suite = crypto_.suite();
    identity_.address = call_.address;
    if (const char* problem = askChallenge()) return problem;
    writeTranscript();
    if (const char* problem = askEnrolment()) return problem;
    return readEnrolment();
  }

  /** Upper case, I and L read as 1, O as 0, everything but letters and digits dropped. */
  void readCode(const char* typed) {
    char code[CODE_CHARACTERS + 1];
    size_t length = 0;
    for (; *typed != '\0' && length < CODE_CHARACTERS; typed++) {
      char one = *typed;
      if (one >= 'a' && one <= 'z') one = static_cast<char>(one - 'a' + 'A');
      if (one == 'I' || one == 'L') one = '1';
      if (one == 'O') one = '0';
      if ((one >= '0' && one <= '9') || (one >= 'A' && one <= 'Z')) code[length++] = one;
    }
    code[length] = '\0';
    sha256({textBytes("claim/"), textBytes(code)}, claim_.id);
    hmac(textBytes(code), {textBytes("GH-claim-key-v1")}, claim_.key);
    wipe(code, sizeof code);
  }

  const char* post(const char* path, int expected, Json& reply) {
    HttpReply got;
    if (!exchangeJson(call_, path, body_, reply_, REPLY_BYTES, got)) return "unreachable";
    reply = Json::parse(got.body, got.length);
    if (got.status == expected && reply.isObject()) return nullptr;
    return reply.member("code").text(code_, sizeof code_) ? code_ : "not_a_gatehouse";
  }

  const char* askChallenge() {
    JsonWriter body(body_, BODY_BYTES);
    body.raw("{\"claimId\":").hex(claim_.id).raw(",\"suite\":").integer(static_cast<int>(crypto_.suite())).raw("}");
    Json reply;
    if (const char* problem = post("/api/v1/enrol/challenge", 200, reply)) return problem;
    const Json server = reply.member("server");
    int64_t suite;
    const bool isRead = reply.member("nonce").base64url(challenge_.nonce, NONCE_BYTES) &&
                        server.member("suite").integer(suite) && suite == static_cast<int64_t>(crypto_.suite()) &&
                        server.member("keyId").hex(challenge_.server.keyId, KEY_ID_BYTES) &&
                        server.member("agreementKey").base64url(challenge_.server.agreement, crypto_.publicKeyBytes());
    return isRead ? nullptr : "not_a_gatehouse";
  }

  void writeTranscript() {
    uint8_t* at = transcript_.bytes;
    const auto add = [&at](Bytes bytes) {
      memcpy(at, bytes.data, bytes.length);
      at += bytes.length;
    };
    add(label("GH-enrol-v1"));
    *at++ = static_cast<uint8_t>(crypto_.suite());
    add(claim_.id);
    add(challenge_.nonce);
    for (const Bytes& key : {crypto_.agreementOf(identity_.keys.pub), crypto_.signingOf(identity_.keys.pub)}) {
      putBig(at, key.length, 2);
      at += 2;
      add(key);
    }
    add(challenge_.server.keyId);
    transcript_.length = static_cast<size_t>(at - transcript_.bytes);
    sha256({Bytes(transcript_)}, transcriptHash_);
  }

  const char* askEnrolment() {
    uint8_t toSign[10 + HASH_BYTES] = "SX1-enrol", signature[SIGNATURE_BYTES];
    uint8_t shared[SHARED_SECRET_BYTES], salt[HASH_BYTES], proofKey[HASH_BYTES], proof[HASH_BYTES], mac[HASH_BYTES];
    memcpy(toSign + 10, transcriptHash_, HASH_BYTES);
    if (!crypto_.sign(identity_.keys.signingPrivate, toSign, signature)) return "not_signed";
    if (!crypto_.agree(identity_.keys.agreementPrivate, challenge_.server.agreement, shared)) return "not_a_gatehouse";
    sha256({textBytes("GH-enrol-v1")}, salt);
    hkdf(shared, salt, {textBytes("agreement")}, proofKey, sizeof proofKey);
    hmac(proofKey, {transcript_}, proof);
    hmac(claim_.key, {label("request"), transcript_}, mac);
    wipe(shared, sizeof shared);
    wipe(proofKey, sizeof proofKey);
    JsonWriter body(body_, BODY_BYTES);
    body.raw("{\"claimId\":").hex(claim_.id).raw(",\"nonce\":").base64url(challenge_.nonce);
    body.raw(",\"suite\":").integer(static_cast<int>(crypto_.suite()));
    body.raw(",\"agreementKey\":").base64url(crypto_.agreementOf(identity_.keys.pub));
    body.raw(",\"signingKey\":").base64url(crypto_.signingOf(identity_.keys.pub));
    body.raw(",\"proof\":{\"signature\":").base64url(signature).raw(",\"agreement\":").base64url(proof);
    body.raw("},\"mac\":").base64url(mac);
    body.raw(",\"software\":{\"name\":\"esp32-cam\",\"version\":\"" GATEHOUSE_FIRMWARE_VERSION "\"}}");
    Json reply;
    if (const char* problem = post("/api/v1/enrol", 201, reply)) return problem;
    uint8_t said[HASH_BYTES], expected[HASH_BYTES];
    if (!reply.member("enrolment").base64url(answer_, ANSWER_BYTES, answerBytes_) ||
        !reply.member("mac").base64url(said, HASH_BYTES))
      return "not_a_gatehouse";
    hmac(claim_.key, {label("answer"), transcriptHash_, Bytes(answer_, answerBytes_)}, expected);
    // Before anything of it is read: who answers must know the code.
    return equalInConstantTime(said, expected, HASH_BYTES) ? nullptr : "answer_not_authentic";
  }

  const char* readEnrolment() {
    const Json answer = Json::parse(reinterpret_cast<char*>(answer_), answerBytes_);
    const Json server = answer.member("server");
    uint8_t keyId[KEY_ID_BYTES];
    const bool isRead = answer.member("deviceId").text(identity_.deviceId, sizeof identity_.deviceId) &&
                        answer.member("keyId").hex(keyId, KEY_ID_BYTES) &&
                        memcmp(keyId, identity_.keys.pub.keyId, KEY_ID_BYTES) == 0 &&
                        answer.member("root").base64url(identity_.root, sizeof identity_.root) &&
                        readServerKey(crypto_, identity_.root, server.member("current"), identity_.current) &&
                        readServerKey(crypto_, identity_.root, server.member("next"), identity_.next);
    if (!isRead) return "not_a_gatehouse";
    identity_.caPem[0] = '\0';
    const Json ca = answer.member("caPem");
    if (!ca.isAbsent() && !ca.text(identity_.caPem, sizeof identity_.caPem)) return "authority_too_large";
    writeFourWords(transcript_, {answer_, answerBytes_}, identity_.words);
    return nullptr;
  }

  const HttpCall& call_;
  Crypto& crypto_;
  Identity& identity_;
  char* body_;
  char* reply_;
  uint8_t* answer_;
  size_t answerBytes_ = 0;
  Claim claim_;
  Challenge challenge_;
  Transcript transcript_;
  uint8_t transcriptHash_[HASH_BYTES];
  char code_[sizeof(Enrolment::problem)];
};
}  // namespace

Enrolment enrol(const HttpCall& call, Crypto& crypto, const char* code, uint8_t workspace[ENROLMENT_WORKSPACE_BYTES],
                Identity& identity) {
  return Enroller(call, crypto, workspace, identity).run(code);
}

/** The word with this number of the list, which is one text with spaces. */
static const char* wordAt(unsigned number, size_t& length) {
  const char* word = ENGLISH_WORDS;
  for (; number > 0; number--) word = strchr(word, ' ') + 1;
  length = strcspn(word, " ");
  return word;
}

void writeFourWords(Bytes transcript, Bytes answer, char out[40]) {
  uint8_t one[HASH_BYTES], other[HASH_BYTES], digest[HASH_BYTES];
  sha256({transcript}, one);
  sha256({answer}, other);
  sha256({label("GH-words-v1"), one, other}, digest);
  // Eleven bits a word, of the first 44 in 48.
  const uint64_t bits = getBig(digest, 6) >> 4;
  char* at = out;
  for (int word = 3; word >= 0; word--) {
    size_t length;
    const char* text = wordAt(static_cast<unsigned>(bits >> (11 * word) & 2047), length);
    memcpy(at, text, length);
    at += length;
    *at++ = word > 0 ? ' ' : '\0';
  }
}

}  // namespace gatehouse
