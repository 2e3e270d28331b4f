import { createHash, timingSafeEqual } from "node:crypto";
import { type Key, type Keys, keyKind } from "@halcyon/core";

/** `hal_admin_` and 32 random bytes in base64url. The prefix lets scanners of leaked secrets find it. */
export const administratorTokenPattern = /^hal_admin_[A-Za-z0-9_-]{43}$/;

/** What the core stores of a token: its hash, and a name made of the hash's first 16 hex digits. */
export function administratorKeyOf(token: string): { name: string; material: Uint8Array } {
  const material = createHash("sha256").update(token, "ascii").digest();
  return { name: `admin_${material.toString("hex", 0, 8)}`, material };
}

export function administratorTokenOf(bytes: Uint8Array): string {
  if (bytes.length !== 32) throw new RangeError(`a token of ${bytes.length} bytes, not 32`);
  return `hal_admin_${Buffer.from(bytes).toString("base64url")}`;
}

const absentMaterial = new Uint8Array(32);

/**
 * The administrator's key of an Authorization header, or null. The token is 256 random bits and
 * only its hash is compared, in constant time, whether a key of that name exists or not.
 */
export function administratorOf(authorization: string | undefined, keys: Keys): Key | null {
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "";
  const { name, material } = administratorKeyOf(token);
  const key = keys.get(name);
  const usable = key !== undefined && key.kind === keyKind.administrator;
  const expected = usable && key.material.length === 32 ? key.material : absentMaterial;
  const equal = timingSafeEqual(material, expected);
  return equal && usable && administratorTokenPattern.test(token) ? key : null;
}
