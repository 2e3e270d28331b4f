import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { test } from "node:test";
import { type Key, type KeyKind, keyKind } from "@halcyon/core";
import { Seal } from "../src/auth/seal.ts";
import { verifierOf } from "../src/auth/signatures.ts";
import { signedPayload } from "../src/rest/query.ts";

const seal = new Seal(randomBytes(32), "key sealing");

function key(kind: KeyKind, name: string, material: Uint8Array): Key {
  return {
    name,
    account: 2,
    kind,
    permissions: 7,
    label: "",
    material,
    allowedAddresses: "",
    createdAtMs: 0,
  };
}

const apiKey = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
const secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
const params =
  "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559";
const signature = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";

const hmac = verifierOf(
  key(keyKind.hmacSha256, apiKey, seal.seal(apiKey, Buffer.from(secret))),
  seal,
)!;

test("the dialect's documented HMAC examples verify: as query, as body, and mixed", () => {
  assert.ok(hmac(signedPayload(`${params}&signature=${signature}`, ""), signature));
  assert.ok(hmac(signedPayload("", `${params}&signature=${signature}`), signature));
  const query = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC";
  const body = "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559";
  const mixed = "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77";
  assert.ok(hmac(signedPayload(query, `${body}&signature=${mixed}`), mixed));
});

test("an HMAC signature is hexadecimal in either case and nothing else", () => {
  assert.ok(hmac(params, signature.toUpperCase()));
  assert.ok(!hmac(`${params} `, signature));
  assert.ok(!hmac(params, signature.replace("c8", "c9")));
  assert.ok(!hmac(params, signature.slice(0, 62)));
  assert.ok(!hmac(params, `${signature}00`));
  assert.ok(!hmac(params, "zz".repeat(32)));
  assert.ok(!hmac(params, ""));
});

test("Ed25519 and RSA signatures verify in base64, with a plus sign lost to form decoding too", () => {
  const ed = generateKeyPairSync("ed25519");
  const edDer = ed.publicKey.export({ format: "der", type: "spki" });
  const edVerify = verifierOf(key(keyKind.ed25519, "ed", edDer), seal)!;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const rsaDer = rsa.publicKey.export({ format: "der", type: "spki" });
  const rsaVerify = verifierOf(key(keyKind.rsa, "rsa", rsaDer), seal)!;
  for (let i = 0; i < 20; i++) {
    const payload = `timestamp=${i}`;
    const edSignature = sign(null, Buffer.from(payload), ed.privateKey).toString("base64");
    assert.ok(edVerify(payload, edSignature));
    assert.ok(edVerify(payload, edSignature.replaceAll("+", " ")));
    assert.ok(!edVerify(`${payload}0`, edSignature));
    const rsaSignature = sign("sha256", Buffer.from(payload), rsa.privateKey).toString("base64");
    assert.ok(rsaVerify(payload, rsaSignature));
    assert.ok(!rsaVerify(payload, edSignature));
  }
});

test("a key of another kind than its material says verifies nothing", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const der = rsa.publicKey.export({ format: "der", type: "spki" });
  assert.equal(verifierOf(key(keyKind.ed25519, "k", der), seal), null);
  assert.equal(verifierOf(key(keyKind.rsa, "k", randomBytes(64)), seal), null);
  assert.equal(verifierOf(key(keyKind.administrator, "k", randomBytes(32)), seal), null);
});

test("a sealed secret opens only under its own name and master key, and not once altered", () => {
  const sealed = seal.seal("name", Buffer.from("secret"));
  assert.equal(seal.open("name", sealed)?.toString(), "secret");
  assert.equal(seal.open("other", sealed), null);
  assert.equal(new Seal(randomBytes(32), "key sealing").open("name", sealed), null);
  for (let i = 0; i < sealed.length; i++) {
    const altered = Buffer.from(sealed);
    altered[i]! ^= 1;
    assert.equal(seal.open("name", altered), null, `byte ${i}`);
  }
  assert.equal(seal.open("name", sealed.subarray(0, 20)), null);
  assert.ok(!sealed.includes("secret"));
});
