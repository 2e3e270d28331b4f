import assert from "node:assert/strict";
import { peopleRoutes } from "../src/people/people-surface.ts";
import { type Sent, send, type TestNode } from "./venue.ts";

/** The venue's own page in a browser: it keeps the cookie, and says that it is the page. */
export class Browser {
  cookie = "";
  readonly #headers: Readonly<Record<string, string>>;

  constructor(headers: Readonly<Record<string, string>> = {}) {
    this.#headers = headers;
  }

  async ask(node: TestNode, line: string, body?: object, headers = {}): Promise<Sent> {
    const sent = await send(node, line, {
      headers: {
        "X-Requested-With": "page",
        ...(this.cookie === "" ? {} : { cookie: this.cookie }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...this.#headers,
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const set = sent.headers.get("set-cookie");
    if (set !== null) this.cookie = set.split(";")[0]!;
    if (sent.status < 300) assertDescribed(line, sent);
    return sent;
  }

  signIn(node: TestNode, name: string, password: string, code?: string): Promise<Sent> {
    return this.ask(node, "POST /people/v1/sessions", { name, password, code });
  }

  elevate(node: TestNode, proof: { password: string } | { code: string }): Promise<Sent> {
    return this.ask(node, "POST /people/v1/session/second-factor", proof);
  }
}

function assertDescribed(line: string, { status, body }: Sent): void {
  const [verb = "", target = ""] = line.split(" ");
  if (!target.startsWith("/people/v1")) return;
  const found = peopleRoutes.find(verb, target.slice("/people/v1".length).split("?")[0]!);
  assert.ok("route" in found);
  assert.equal(status, found.route.success.status);
  found.route.success.schema.parse(body);
}
