import { createPublicKey, type KeyObject } from "node:crypto";
import { SocketAddress } from "node:net";
import { type Key, keyKind } from "@halcyon/core";
import type { z } from "zod";
import type { FieldError } from "./problem.ts";
import { keyKindNames, type newKey, permissionBits } from "./schemas.ts";

export type NewKey = z.output<typeof newKey>;
type PermissionName = keyof typeof permissionBits;

const rsaBitsMin = 2048;
const rsaBitsMax = 4096;

/** The DER of a client's public key, or what is wrong with it. */
export function publicKeyDer(kind: "ed25519" | "rsa", pem: string): Buffer | FieldError {
  const wrong = (detail: string): FieldError => ({ pointer: "#/publicKey", detail });
  if (/PRIVATE KEY/.test(pem)) {
    return wrong(
      "is a private key. Never send it: take it out of use, and send the public key of a new one",
    );
  }
  let key: KeyObject;
  try {
    key = createPublicKey({ key: pem, format: "pem" });
  } catch {
    return wrong('is not a public key in PEM ("-----BEGIN PUBLIC KEY-----" and so on)');
  }
  if (key.asymmetricKeyType !== kind) {
    return wrong(`is a key of type ${key.asymmetricKeyType}, not ${kind}`);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (kind === "rsa" && (bits < rsaBitsMin || bits > rsaBitsMax)) {
    return wrong(`has ${bits} bits; RSA keys need ${rsaBitsMin} to ${rsaBitsMax}`);
  }
  return key.export({ type: "spki", format: "der" });
}

/** Addresses in the form in which the operating system writes a peer's, so that they compare equal. */
export function canonicalAddresses(addresses: readonly string[]): string {
  return addresses
    .map((address) => {
      const family = address.includes(":") ? "ipv6" : "ipv4";
      return new SocketAddress({ address, family }).address;
    })
    .join(",");
}

export function permissionsOf(names: readonly PermissionName[]): number {
  return names.reduce((bits, name) => bits | permissionBits[name], 0);
}

function permissionNames(bits: number): PermissionName[] {
  const names = Object.keys(permissionBits) as PermissionName[];
  return names.filter((name) => (bits & permissionBits[name]) !== 0);
}

/** What a key may be shown as: everything but its material. */
export function keyBody(key: Omit<Key, "material" | "createdAtMs">): Record<string, unknown> {
  const kind = Object.entries(keyKindNames).find(([, value]) => value === key.kind)?.[0];
  if (kind === undefined) throw new Error(`a key of kind ${key.kind} is no API key`);
  return {
    name: key.name,
    account: key.account,
    kind,
    permissions: permissionNames(key.permissions),
    label: key.label,
    allowedAddresses: key.allowedAddresses === "" ? [] : key.allowedAddresses.split(","),
  };
}

export function isApiKey(key: Key): boolean {
  return key.kind !== keyKind.administrator;
}
