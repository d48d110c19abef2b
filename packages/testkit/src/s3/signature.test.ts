import { expect, test } from "vitest";
import { type SignedRequest, signatureFault } from "./signature.ts";

// The examples of AWS's own documentation ("Signature Calculations for the Authorization Header", Examples).
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
};
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const AT = Date.UTC(2013, 4, 24);
const request = (target: string, signed: string, signature: string, more = {}): SignedRequest => ({
  method: "GET",
  target,
  body: new Uint8Array(0),
  headers: {
    host: "examplebucket.s3.amazonaws.com",
    "x-amz-date": "20130524T000000Z",
    "x-amz-content-sha256": EMPTY,
    authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed},Signature=${signature}`,
    ...more,
  },
});
const HEADERS = "host;x-amz-content-sha256;x-amz-date";
const object = request(
  "/test.txt",
  "host;range;x-amz-content-sha256;x-amz-date",
  "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  { range: "bytes=0-9" },
);

test("the published examples are signed well", () => {
  const lifecycle = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543";
  const list = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7";
  expect(signatureFault(object, credentials, AT)).toBeUndefined();
  expect(signatureFault(request("/?lifecycle", HEADERS, lifecycle), credentials, AT)).toBeUndefined();
  expect(signatureFault(request("/?max-keys=2&prefix=J", HEADERS, list), credentials, AT)).toBeUndefined();
});

test("another secret, address, header, body, time or region is refused", () => {
  const { headers } = object;
  const fault = (changed: Partial<SignedRequest>, more = {}, nowMs = AT) =>
    signatureFault({ ...object, ...changed }, { ...credentials, ...more }, nowMs);
  expect(fault({}, { secretAccessKey: "another" })).toBe("SignatureDoesNotMatch");
  expect(fault({}, { accessKeyId: "another" })).toBe("InvalidAccessKeyId");
  expect(fault({}, { region: "eu-west-1" })).toBe("AuthorizationHeaderMalformed");
  expect(fault({ target: "/test.text" })).toBe("SignatureDoesNotMatch");
  expect(fault({ target: "/test.txt?versionId=1" })).toBe("SignatureDoesNotMatch");
  expect(fault({ headers: { ...headers, range: "bytes=0-10" } })).toBe("SignatureDoesNotMatch");
  expect(fault({ headers: { ...headers, "x-amz-acl": "public-read" } })).toBe("AccessDenied");
  expect(fault({ body: Buffer.from("x") })).toBe("XAmzContentSHA256Mismatch");
  expect(fault({}, {}, AT + 20 * 60_000)).toBe("RequestTimeTooSkewed");
  expect(fault({ headers: { ...headers, authorization: undefined } })).toBe("AccessDenied");
});
