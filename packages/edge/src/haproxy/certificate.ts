import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { EdgeLog } from "../edge-log.ts";
import type { HaproxySocket } from "./haproxy-socket.ts";

/**
 * Keeps HAProxy's certificate in step with its file, while connections go on: HAProxy itself reads
 * the file at its start only. A file that holds no certificate with its key changes nothing.
 */
export class Certificate {
  readonly #file: string;
  readonly #socket: HaproxySocket;
  readonly #log: EdgeLog;
  /** The file's moment and size when it was last found in force. */
  #seen = "";
  #trouble: string | null = null;

  constructor(file: string, socket: HaproxySocket, log: EdgeLog) {
    this.#file = file;
    this.#socket = socket;
    this.#log = log;
  }

  /** Why the file is not in force, and what to do; null while it is. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Puts the file in force for new connections where it changed. */
  async renew(): Promise<void> {
    const before = this.#trouble;
    this.#trouble = await this.#renewed().catch((error: unknown) => this.#refusal(String(error)));
    if (this.#trouble !== null && this.#trouble !== before) {
      this.#log.error({ reason: this.#trouble }, "certificate not renewed");
    }
  }

  /** Null, or the trouble. Rejects where the file cannot be read, or is none. */
  async #renewed(): Promise<string | null> {
    const { mtimeMs, size } = await stat(this.#file);
    const seen = `${mtimeMs} ${size}`;
    if (seen === this.#seen) return null;
    const pem = await readFile(this.#file, "utf8");
    const certificate = new X509Certificate(pem);
    if (!certificate.checkPrivateKey(createPrivateKey(pem))) {
      return this.#refusal("the key in it is another certificate's.");
    }
    const wanted = certificate.fingerprint.replaceAll(":", "");
    const present = await this.#socket.certificateFingerprint(this.#file);
    if (!present.ok) return present.detail;
    if (present.value !== wanted) {
      const replaced = await this.#socket.replaceCertificate(this.#file, pem);
      if (!replaced.ok) return this.#refusal(replaced.detail);
      this.#log.info({ file: this.#file }, "certificate renewed");
    }
    this.#seen = seen;
    return null;
  }

  #refusal(why: string): string {
    return `${this.#file} cannot be used, the certificate before stays in force: ${why} Put certificate, chain and key there, in PEM.`;
  }
}
