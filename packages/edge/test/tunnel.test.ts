import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { WebSocket } from "ws";
import { ask, askRaw, testEdge, until, untilState } from "./support.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

interface Opened {
  readonly socket: WebSocket;
  readonly hello: { node: string; url: string; headers: Record<string, string> };
}

async function open(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<Opened> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  const [data] = (await once(socket, "message")) as [Buffer];
  return { socket, hello: JSON.parse(data.toString()) };
}

test("WebSockets pass both ways on every path of the dialect", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  for (const path of [
    "/ws",
    "/ws/0",
    "/ws/btcusdt@depth",
    "/stream?streams=a/b",
    "/ws-api/v3?x=1",
  ]) {
    const { socket, hello } = await open(port, path, { "X-Forwarded-For": "9.9.9.9" });
    assert.equal(hello.url, path);
    assert.equal(hello.headers["x-forwarded-for"], "127.0.0.1");
    assert.match(hello.headers["halcyon-request-id"] ?? "", /^[0-9a-f-]{36}$/);
    const large = Buffer.alloc(3_000_000, "x");
    const echoed = once(socket, "message");
    socket.send(large);
    const [data] = (await echoed) as [Buffer];
    assert.ok(data.equals(large));
    const closed = once(socket, "close");
    socket.close(1000, "done");
    assert.equal((await closed)[0], 1000);
  }
});

test("an upgrade on any other path is served as the plain request it also is", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const headers = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "AA" };
  const plain = await ask(port, { path: "/api/v3/time", headers });
  assert.equal(plain.status, 200);
  assert.equal(plain.json.headers["upgrade"], undefined);
  assert.equal(plain.json.headers["http2-settings"], undefined);
});

test("when a node is killed its clients are closed at once and reconnect to another", async (t) => {
  const children: { process: ChildProcess; name: string; port: number; healthPort: number }[] = [];
  for (const name of ["n1", "n2"]) {
    const child = fork(join(import.meta.dirname, "upstream-child.ts"), [name]);
    t.after(() => child.kill("SIGKILL"));
    const [ports] = (await once(child, "message")) as [{ port: number; healthPort: number }];
    children.push({ process: child, name, ...ports });
  }
  const { edge, port } = await testEdge(t, children);
  for (const { name } of children) await untilState(edge, name, "healthy");
  const first = await open(port, "/ws");
  assert.equal(first.hello.node, "n1");
  const closed = once(first.socket, "close");
  const killedAtMs = performance.now();
  children[0]!.process.kill("SIGKILL");
  await closed;
  const closedAfterMs = performance.now() - killedAtMs;
  assert.ok(closedAfterMs < 2_000, `closed after ${closedAfterMs} ms`);
  const second = await open(port, "/ws");
  assert.equal(second.hello.node, "n2");
  second.socket.terminate();
});

test("a reset on either side of a tunnel ends the other", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port, registry } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const first = await open(port, "/ws");
  const closed = once(first.socket, "close");
  for (const socket of rawSocketsOf(node)) socket.resetAndDestroy();
  await closed;
  const client = connect(port, "127.0.0.1");
  client.on("error", () => undefined);
  client.write(
    "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await once(client, "data");
  await until(() => node.sockets.size === 1, "the node has the socket");
  client.resetAndDestroy();
  await until(() => node.sockets.size === 0, "the node's side is closed");
  assert.match(await registry.metrics(), /halcyon_edge_tunnels 0/);
});

test("bytes sent before the upgrade is answered arrive after it, in order", async (t) => {
  let answer: (() => void) | null = null;
  const slow = createServer((socket) => {
    let text = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (answer !== null) {
        if (text.endsWith("three")) socket.end(text.slice(text.indexOf("\r\n\r\n") + 4));
        return;
      }
      answer = () => socket.write("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\nhello ");
    });
  });
  await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  const health = await startUpstream("health");
  t.after(async () => {
    slow.close();
    await health.close();
  });
  const address = slow.address();
  assert.ok(typeof address === "object" && address !== null);
  const node = { name: "n1", port: address.port, healthPort: health.healthPort };
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const client = connect(port, "127.0.0.1");
  let text = "";
  client.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  client.write(
    "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nHost: x\r\n\r\none ",
  );
  await until(() => answer !== null, "the node has the upgrade");
  await new Promise<void>((resolve) => client.write("two ", () => resolve()));
  answer!();
  client.write("three");
  await once(client, "close");
  assert.ok(text.endsWith("\r\n\r\nhello one two three"), text);
});

test("a node that refuses, declines or breaks an upgrade is passed over", async (t) => {
  const gone = await startUpstream("gone");
  await gone.close();
  const breaking = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  const declining = createServer((socket) =>
    socket.once("data", () => socket.end("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")),
  );
  const good = await startUpstream("good");
  const ports: number[] = [];
  for (const server of [breaking, declining]) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    ports.push(typeof address === "object" && address !== null ? address.port : 0);
  }
  t.after(async () => {
    breaking.close();
    declining.close();
    await good.close();
  });
  const nodes = [
    { ...portsOf(gone), healthPort: good.healthPort, name: "gone" },
    { port: ports[0]!, healthPort: good.healthPort, name: "breaking" },
    { port: ports[1]!, healthPort: good.healthPort, name: "declining" },
    { ...portsOf(good), name: "good" },
  ];
  const { edge, port } = await testEdge(t, nodes);
  for (const { name } of nodes) await untilState(edge, name, "healthy");
  const { socket, hello } = await open(port, "/stream");
  assert.equal(hello.node, "good");
  socket.terminate();
});

test("what a node answers instead of an upgrade reaches the client", async (t) => {
  const refusing = createServer((socket) =>
    socket.once("data", () => socket.end("HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n{}")),
  );
  await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
  const health = await startUpstream("health");
  t.after(async () => {
    refusing.close();
    await health.close();
  });
  const address = refusing.address();
  assert.ok(typeof address === "object" && address !== null);
  const node = { name: "n1", port: address.port, healthPort: health.healthPort };
  const { edge, port } = await testEdge(t, [node]);
  await untilState(edge, "n1", "healthy");
  const raw = await askRaw(
    port,
    "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  );
  assert.match(raw, /^HTTP\/1.1 401 /);
  assert.match(raw, /Halcyon-Request-Id/);
  assert.ok(raw.endsWith("{}"));
});

test("tunnels are bounded, and an edge that stops closes them", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node], { tunnelsMax: 1 });
  await untilState(edge, "n1", "healthy");
  const { socket } = await open(port, "/ws");
  const second = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  const [error] = (await once(second, "error")) as [Error];
  assert.match(error.message, /503/);
  const closed = once(socket, "close");
  await edge.stop();
  await closed;
  await until(() => node.sockets.size === 0, "the node's side is closed too");
});

test("a tunnel on which one side falls silent is closed", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node], { tunnelIdleMs: 100 });
  await untilState(edge, "n1", "healthy");
  const { socket } = await open(port, "/ws");
  // The node goes on sending; only the client is silent, as behind a dead link.
  const sender = setInterval(() => {
    for (const peer of node.sockets) peer.send("tick");
  }, 20);
  t.after(() => clearInterval(sender));
  await once(socket, "close");
});

test("tunnels of a node that shows no sign of life are closed", async (t) => {
  const node = await startUpstream("n1");
  t.after(() => node.close());
  const { edge, port } = await testEdge(t, [node], { tunnelNodeLostMs: 100 });
  await untilState(edge, "n1", "healthy");
  const { socket } = await open(port, "/ws");
  const closed = once(socket, "close");
  node.readiness = "silent";
  await closed;
});

test("a draining node keeps its tunnels, new ones go elsewhere", async (t) => {
  const draining = await startUpstream("n1");
  const other = await startUpstream("n2");
  t.after(() => Promise.all([draining.close(), other.close()]));
  const { edge, port } = await testEdge(t, [draining, other], { tunnelNodeLostMs: 50 });
  await untilState(edge, "n1", "healthy");
  await untilState(edge, "n2", "healthy");
  const before = await open(port, "/ws");
  draining.readiness = "draining";
  await untilState(edge, "n1", "draining");
  const after = await open(port, "/ws");
  assert.equal(after.hello.node, "n2");
  assert.equal((await ask(port)).json.node, "n2");
  const echoed = once(before.socket, "message");
  before.socket.send("still here");
  await echoed;
  before.socket.close();
  after.socket.close();
});

test("a handshake ends with its client, and with the edge", async (t) => {
  let handshakes = 0;
  const mute = createServer((socket) => {
    handshakes += 1;
    socket.resume().on("error", () => undefined);
    socket.on("close", () => {
      handshakes -= 1;
    });
  });
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  const health = await startUpstream("health");
  t.after(async () => {
    mute.close();
    await health.close();
  });
  const address = mute.address();
  assert.ok(typeof address === "object" && address !== null);
  const node = { name: "n1", port: address.port, healthPort: health.healthPort };
  const { edge, port } = await testEdge(t, [node], { attemptTimeoutMs: 60_000 });
  await untilState(edge, "n1", "healthy");
  const upgrade =
    "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  const leaving = connect(port, "127.0.0.1");
  leaving.write(upgrade);
  await until(() => handshakes === 1, "the handshake is under way");
  leaving.destroy();
  await until(() => handshakes === 0, "it is given up");
  const staying = connect(port, "127.0.0.1");
  staying.on("error", () => undefined);
  staying.write(upgrade);
  await until(() => handshakes === 1, "the next is under way");
  const closed = once(staying.resume(), "close");
  await edge.stop();
  await closed;
  await until(() => handshakes === 0, "it is given up too");
});

/** The TCP sockets under the node's WebSockets; `ws` keeps them private. */
function rawSocketsOf(node: Upstream): Socket[] {
  return [...node.sockets].map((socket) => (socket as unknown as { _socket: Socket })._socket);
}

function portsOf({ port, healthPort }: Upstream): { port: number; healthPort: number } {
  return { port, healthPort };
}
