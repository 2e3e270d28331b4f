import { createHmac, createPrivateKey, createSecretKey, sign } from "node:crypto";
import { InputError } from "./errors.ts";

/** What proves who asks: an HMAC secret, or an Ed25519 private key in PEM. */
export type Credentials = { readonly apiKey: string } & (
  | { readonly secret: string }
  | { readonly ed25519PrivateKey: string }
);

/** The signature of a payload, not yet escaped. */
export type Signer = (payload: string) => string;

export function signerOf(credentials: Credentials): Signer {
  if ("secret" in credentials) {
    const secret = createSecretKey(Buffer.from(credentials.secret));
    return (payload) => createHmac("sha256", secret).update(payload).digest("hex");
  }
  const key = createPrivateKey(credentials.ed25519PrivateKey);
  if (key.asymmetricKeyType !== "ed25519") {
    throw new InputError(`ed25519PrivateKey is a key of type ${key.asymmetricKeyType}`);
  }
  return (payload) => sign(null, Buffer.from(payload), key).toString("base64");
}
