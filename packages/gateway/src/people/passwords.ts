import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);

/** OWASP's least for Argon2id (RFC 9106): 19 MiB, two passes, one lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const tagBytes = 32;
/** At once, each with its memory; and as many that wait for their turn. */
const runningMax = 2;
const waitingMax = 32;

const storedPattern =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{1,88})\$([A-Za-z0-9+/]{1,88})$/;

/**
 * Passwords as the venue keeps them: `$argon2id$v=19$m=...,t=...,p=...$salt$hash`. The work is done beside
 * the main thread, a few at a time.
 */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Of no password: whoever names a person that does not exist waits as long as for one that does. */
  readonly #decoy = Buffer.from(write(cost, randomBytes(saltBytes), randomBytes(tagBytes)));

  /** Null: so many are waiting that another one had better come back later. */
  async hash(password: string): Promise<Buffer | null> {
    const salt = randomBytes(saltBytes);
    const tag = await this.#work(password, salt, cost, tagBytes);
    return tag === null ? null : Buffer.from(write(cost, salt, tag));
  }

  /**
   * Whether it is the password of which this was stored; undefined and empty: of nobody's. Null: as
   * with `hash`.
   */
  async verify(stored: Uint8Array | undefined, password: string): Promise<boolean | null> {
    const isSomebodys = stored !== undefined && stored.length > 0;
    const text = Buffer.from(isSomebodys ? stored : this.#decoy).toString("ascii");
    const match = storedPattern.exec(text);
    if (match === null) throw new Error("a stored password is of no form that this version knows");
    const [, memory, passes, parallelism, salt = "", tag = ""] = match;
    const expected = Buffer.from(tag, "base64");
    const costs = {
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
    };
    const found = await this.#work(password, Buffer.from(salt, "base64"), costs, expected.length);
    return found === null ? null : timingSafeEqual(found, expected) && isSomebodys;
  }

  async #work(
    password: string,
    nonce: Buffer,
    costs: typeof cost,
    tagLength: number,
  ): Promise<Buffer | null> {
    if (this.#running >= runningMax) {
      if (this.#waiting.length >= waitingMax) return null;
      // Whoever is done hands its place on.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      const message = Buffer.from(password.normalize("NFKC"));
      return await derive("argon2id", { message, nonce, tagLength, ...costs });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

function write(costs: typeof cost, salt: Buffer, tag: Buffer): string {
  const { memory, passes, parallelism } = costs;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${plain(salt)}$${plain(tag)}`;
}

function plain(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
