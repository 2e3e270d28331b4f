import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { AdminVenue, requestIdAt, startMs, token } from "./admin-venue.ts";

const missing = ["bash", "curl", "openssl"].filter(
  (tool) => spawnSync(tool, ["--version"]).error !== undefined,
);
const skip = missing.length === 0 ? false : `${missing.join(", ")} is not installed here`;

test("every command of docs/admin-api.md works as written", { skip }, async (t) => {
  const text = readFileSync(join(import.meta.dirname, "../../../docs/admin-api.md"), "utf8");
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block);
  assert.ok(blocks.length >= 8);

  const admin = new AdminVenue();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const [path = "", query = ""] = request.url!.slice("/admin/v1".length).split("?");
    const answer = await admin.api.handle({
      verb: request.method!,
      path,
      query,
      headers: request.headers,
      body: Buffer.concat(chunks),
      address: "127.0.0.1",
      requestId: requestIdAt(startMs),
      retry: false,
      session: null,
    });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const directory = mkdtempSync(join(tmpdir(), "halcyon-docs-"));
  t.after(() => {
    server.close();
    rmSync(directory, { recursive: true });
  });

  const { port } = server.address() as AddressInfo;
  const { PATH } = process.env;
  const shell = spawn("bash", ["-c", `set -eo pipefail\n${blocks.join("\n")}`], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH, HALCYON: `http://127.0.0.1:${port}`, TOKEN: token },
  });
  let output = "";
  shell.stdout.on("data", (data) => (output += data));
  shell.stderr.on("data", (data) => (output += data));
  const code = await new Promise((resolve) => shell.on("close", resolve));
  assert.equal(code, 0, output);
  assert.match(output, /"secret":"[A-Za-z0-9]{64}"/);
  assert.match(output, /"available":"10000\.000000"/);
  assert.match(output, /"balanced":true/);
  assert.equal(admin.venue.keys.ofAccount(2).length, 2);
});
