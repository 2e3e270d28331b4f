import { type KeyKind, keyKind } from "../commands/command.ts";

/** An API key as the venue knows it: no secret in the clear. */
export type Key = {
  readonly name: string;
  readonly account: number;
  readonly kind: KeyKind;
  readonly permissions: number;
  readonly label: string;
  readonly material: Uint8Array;
  readonly allowedAddresses: string;
  readonly createdAtMs: number;
};

export const keysPerAccountMax = 100;
export const keyNameBytesMax = 128;
export const keyMaterialBytesMax = 2048;

/** Whether a key can have been made: its name is visible ASCII, kind and permissions are known. */
export function isKey(key: Pick<Key, "name" | "kind" | "permissions">): boolean {
  const { name, kind, permissions } = key;
  return (
    /^[\x21-\x7e]+$/.test(name) &&
    kind >= 0 &&
    kind <= keyKind.administrator &&
    permissions >= 0 &&
    permissions <= 7
  );
}

export class Keys {
  private readonly byName = new Map<string, Key>();
  private readonly byAccount = new Map<number, Key[]>();

  get(name: string): Key | undefined {
    return this.byName.get(name);
  }
  ofAccount(account: number): readonly Key[] {
    return this.byAccount.get(account) ?? [];
  }
  /** In the order in which they were made. */
  all(): Key[] {
    return [...this.byName.values()];
  }
  add(key: Key): void {
    this.byName.set(key.name, key);
    const own = this.byAccount.get(key.account);
    if (own === undefined) this.byAccount.set(key.account, [key]);
    else own.push(key);
  }
  remove(key: Key): void {
    this.byName.delete(key.name);
    const left = this.ofAccount(key.account).filter((other) => other.name !== key.name);
    if (left.length === 0) this.byAccount.delete(key.account);
    else this.byAccount.set(key.account, left);
  }
}
