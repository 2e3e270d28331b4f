import { connect } from "node:net";

/** What HAProxy said of one server in one backend. */
export interface ServerStat {
  readonly backend: string;
  readonly server: string;
  /** As HAProxy words it: `UP`, `DOWN`, `NOLB` (drains by its check), `DRAIN`, `MAINT`, `no check`. */
  readonly status: string;
  readonly weight: number;
  readonly sessions: number;
}

/** `detail` tells what to do about it. */
export type SocketResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly code: "not-running" | "silent" | "refused";
      readonly detail: string;
    };

export type ServerState = "ready" | "drain" | "maint";

const TIMEOUT_MS = 1_000;
const ANSWER_CHARS_MAX = 4 * 1024 * 1024;
/** What could begin another command, or end this one. */
const SAFE_NAME = /^[A-Za-z0-9._-]+$/;
const SAFE_PATH = /^[A-Za-z0-9._/-]+$/;

/** Speaks to a running HAProxy over its runtime socket: one connection for each command. */
export class HaproxySocket {
  readonly #path: string;
  readonly #timeoutMs: number;

  constructor(path: string, timeoutMs: number = TIMEOUT_MS) {
    this.#path = path;
    this.#timeoutMs = timeoutMs;
  }

  /** 0 to 256; 0 gives it nothing new and leaves what it has. In force with the next request. */
  setWeight(backend: string, server: string, weight: number): Promise<SocketResult<null>> {
    return this.#change(`set server ${place(backend, server)} weight ${weight}`);
  }

  /** `drain`: nothing new; `maint`: nothing at all, and no checks. */
  setState(backend: string, server: string, state: ServerState): Promise<SocketResult<null>> {
    return this.#change(`set server ${place(backend, server)} state ${state}`);
  }

  /** Every server of every backend. */
  async stats(): Promise<SocketResult<readonly ServerStat[]>> {
    const answer = await this.#ask("show stat -1 4 -1");
    return answer.ok ? { ok: true, value: readStats(answer.value) } : answer;
  }

  /** Every server's weight as it was last set, by backend and then by server. */
  async weights(): Promise<SocketResult<ReadonlyMap<string, ReadonlyMap<string, number>>>> {
    const answer = await this.#ask("show servers state");
    return answer.ok ? { ok: true, value: readWeights(answer.value) } : answer;
  }

  /** The SHA-1 of the certificate that new connections get, in upper hexadecimal digits. */
  async certificateFingerprint(file: string): Promise<SocketResult<string>> {
    const answer = await this.#ask(`show ssl cert ${pathOf(file)}`);
    if (!answer.ok) return answer;
    const [, fingerprint] = /^SHA1 FingerPrint: ([0-9A-F]{40})$/m.exec(answer.value) ?? [];
    if (fingerprint !== undefined) return { ok: true, value: fingerprint };
    const detail = `HAProxy knows no certificate ${file}: ${answer.value.trim()}`;
    return { ok: false, code: "refused", detail };
  }

  /** Certificate chain and key in PEM, in place of those that HAProxy read from this file. */
  async replaceCertificate(file: string, pem: string): Promise<SocketResult<null>> {
    const path = pathOf(file);
    // An empty line would end it.
    const lines = pem.split(/\r?\n/).filter((line) => line.trim() !== "");
    const set = await this.#ask(`set ssl cert ${path} <<\n${lines.join("\n")}\n`);
    if (!set.ok) return set;
    const isSet = /Transaction (created|updated)/.test(set.value);
    const last = await this.#ask(`${isSet ? "commit" : "abort"} ssl cert ${path}`);
    if (!last.ok) return last;
    if (isSet && last.value.includes("Success!")) return { ok: true, value: null };
    // What HAProxy says names files and lines, and nothing of the key.
    const said = (isSet ? last.value : set.value).trim().replaceAll("\n", " ");
    return { ok: false, code: "refused", detail: `HAProxy refused it: ${said}` };
  }

  async #change(command: string): Promise<SocketResult<null>> {
    const answer = await this.#ask(command);
    if (!answer.ok) return answer;
    const said = answer.value.trim();
    if (said === "") return { ok: true, value: null };
    const detail = `HAProxy refused "${command}": ${said} Does its configuration name that server?`;
    return { ok: false, code: "refused", detail };
  }

  #ask(command: string): Promise<SocketResult<string>> {
    return new Promise((resolve) => {
      const socket = connect(this.#path);
      let text = "";
      const fail = (code: "not-running" | "silent", detail: string): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve({ ok: false, code, detail });
      };
      const timer = setTimeout(
        () =>
          fail("silent", `HAProxy did not answer on ${this.#path} within ${this.#timeoutMs} ms.`),
        this.#timeoutMs,
      );
      socket.setEncoding("utf8");
      socket.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > ANSWER_CHARS_MAX)
          fail("silent", `HAProxy's answer has no end: ${command}`);
      });
      socket.on("error", (error: NodeJS.ErrnoException) => {
        const remedy = "is HAProxy running, and may this user open the socket?";
        fail("not-running", `${this.#path}: ${error.code ?? error.message}; ${remedy}`);
      });
      socket.on("end", () => {
        clearTimeout(timer);
        socket.destroy();
        resolve({ ok: true, value: text });
      });
      socket.write(`${command}\n`);
    });
  }
}

function place(backend: string, server: string): string {
  for (const name of [backend, server]) {
    if (!SAFE_NAME.test(name)) throw new Error(`${JSON.stringify(name)} is no name in HAProxy.`);
  }
  return `${backend}/${server}`;
}

function pathOf(file: string): string {
  if (!SAFE_PATH.test(file)) throw new Error(`${JSON.stringify(file)} is no path for HAProxy.`);
  return file;
}

function readStats(text: string): ServerStat[] {
  const [heading = "", ...lines] = text.trim().split("\n");
  const columns = heading.replace(/^# /, "").split(",");
  const column = (name: string) => columns.indexOf(name);
  const [backend, server] = [column("pxname"), column("svname")];
  const [status, weight, sessions] = [column("status"), column("weight"), column("scur")];
  return lines.map((line) => {
    const cells = line.split(",");
    return {
      backend: cells[backend]!,
      server: cells[server]!,
      status: cells[status]!,
      weight: Number(cells[weight]),
      sessions: Number(cells[sessions]),
    };
  });
}

function readWeights(text: string): Map<string, Map<string, number>> {
  const [, heading = "", ...lines] = text.trim().split("\n");
  const columns = heading.replace(/^# /, "").split(" ");
  const column = (name: string) => columns.indexOf(name);
  const [backend, server, weight] = [column("be_name"), column("srv_name"), column("srv_uweight")];
  const weights = new Map<string, Map<string, number>>();
  for (const line of lines) {
    const cells = line.split(" ");
    const servers = weights.get(cells[backend]!) ?? new Map<string, number>();
    servers.set(cells[server]!, Number(cells[weight]));
    weights.set(cells[backend]!, servers);
  }
  return weights;
}
