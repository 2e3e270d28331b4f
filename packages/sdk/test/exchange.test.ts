import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "../src/client.ts";
import { NotExecutedError, OutcomeUnknownError, RefusedError } from "../src/errors.ts";
import type { ClientLimits } from "../src/limits.ts";

/**
 * What an endpoint says to an order: status, code and headers; "silence": nothing; "freeze": nothing, and
 * from then on nothing to anybody; "cut": it hangs up.
 */
type Saying =
  | {
      readonly status: number;
      readonly code?: number;
      readonly retryAfter?: number;
      readonly afterMs?: number;
    }
  | "silence"
  | "freeze"
  | "cut";
const done: Saying = { status: 200 };
const overloaded: Saying = { status: 503, code: -1008 };
const lost: Saying = { status: 503, code: -1000 };

type FakeEndpoint = {
  readonly url: string;
  readonly keys: string[];
  /** How long a probe takes: the longer, the later it is asked. */
  probeAfterMs: number;
  /** As the end of its process would. */
  die(): void;
};

/** An endpoint that says these things one after the other, and the last one for ever: no venue can be told to. */
async function endpoint(t: TestContext, ...sayings: Saying[]): Promise<FakeEndpoint> {
  const keys: string[] = [];
  let isFrozen = false;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (isFrozen) return;
    if (request.url === "/api/v3/time") {
      const text = JSON.stringify({ serverTime: Date.now() });
      setTimeout(() => response.end(text), fake.probeAfterMs);
      return;
    }
    keys.push(String(request.headers["idempotency-key"]));
    const saying = sayings.length > 1 ? sayings.shift()! : sayings[0]!;
    if (saying === "cut") request.socket.destroy();
    else if (saying === "freeze") isFrozen = true;
    else if (saying !== "silence") {
      const { status, code, retryAfter, afterMs = 0 } = saying;
      if (retryAfter !== undefined) response.setHeader("Retry-After", retryAfter);
      const text = JSON.stringify(status < 400 ? { orderId: 7 } : { code, msg: "no" });
      setTimeout(() => response.writeHead(status).end(text), afterMs);
    }
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const die = () => {
    server.close();
    server.closeAllConnections();
  };
  t.after(die);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeEndpoint = { url, keys, probeAfterMs: 0, die };
  return fake;
}

const order = { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quantity: "1" } as const;

function place(
  t: TestContext,
  endpoints: readonly FakeEndpoint[],
  limits: Partial<ClientLimits> = {},
): ReturnType<Client["placeOrder"]> {
  return clientOf(t, endpoints, limits).placeOrder(order);
}

function clientOf(
  t: TestContext,
  endpoints: readonly FakeEndpoint[],
  limits: Partial<ClientLimits> = {},
): Client {
  const client = new Client({
    endpoints: endpoints.map(({ url }) => url),
    apiKey: "key",
    secret: "secret",
    limits: { hedgeAfterMs: 30, totalTimeoutMs: 5_000, ...limits },
  });
  t.after(() => client.close());
  return client;
}

test("where everybody is slow, few requests are sent twice", async (t) => {
  // Slower than patience lasts: without a budget each request would go to both.
  const both = [
    await endpoint(t, { ...done, afterMs: 300 }),
    await endpoint(t, { ...done, afterMs: 300 }),
  ];
  const client = clientOf(t, both);
  const requests = 200;
  await Promise.all(Array.from({ length: requests }, () => client.placeOrder(order)));
  const sent = both.flatMap(({ keys }) => keys).length;
  assert.ok(sent <= requests * 1.1 + 10, `${sent} sendings`);
});

/** All at once, so that all go to the first: more than the budget of those that are merely slow has. */
async function placeManyAt(client: Client, sound: FakeEndpoint): Promise<void> {
  const placed = await Promise.all(Array.from({ length: 100 }, () => client.placeOrder(order)));
  assert.ok(placed.every(({ facts }) => facts.endpoint === sound.url));
  assert.ok(placed.filter(({ facts }) => facts.attempts > 1).length > 50);
}

test("whoever waits for an endpoint that lost others goes where one answers at once, however many they are", async (t) => {
  const frozen = await endpoint(t, "freeze");
  const sound = await endpoint(t, done);
  // That it is silent to all would be noticed much later.
  await placeManyAt(clientOf(t, [frozen, sound], { probeTimeoutMs: 60_000 }), sound);
});

test("an endpoint that lost one request and answers others slowly is not left by all that wait for it", async (t) => {
  const soon = Array.from({ length: 20 }, () => ({ ...done, afterMs: 20 }));
  const slow = await endpoint(t, "cut", ...soon, { ...done, afterMs: 400 });
  const quick = await endpoint(t, done);
  quick.probeAfterMs = 30;
  const client = clientOf(t, [slow, quick], { hedgeAfterMs: 100, probeIntervalMs: 60_000 });
  await Promise.all(Array.from({ length: 100 }, () => client.placeOrder(order)));
  const budget = 20 + 100 / 10;
  assert.ok(quick.keys.length <= budget + 1, `${quick.keys.length} were sent once more`);
  assert.ok(slow.keys.length >= 100);
});

test("whoever waits for an endpoint that is silent to all goes on, even to one that is slow", async (t) => {
  const frozen = await endpoint(t, "freeze");
  const slow = await endpoint(t, { ...done, afterMs: 300 });
  await placeManyAt(clientOf(t, [frozen, slow], { probeTimeoutMs: 200 }), slow);
});

test("an endpoint that ends its idle connections is asked at once, before a request has to find out", async (t) => {
  const dying = await endpoint(t, done);
  const sound = await endpoint(t, done);
  const client = clientOf(t, [dying, sound], { probeIntervalMs: 60_000 });
  assert.equal((await client.placeOrder(order)).facts.endpoint, dying.url);
  dying.die();
  const endMs = performance.now() + 5_000;
  while (client.endpoints[0]!.state !== "failed" && performance.now() < endMs) await delay(1);
  const { facts } = await client.placeOrder(order);
  assert.deepEqual([facts.endpoint, facts.attempts], [sound.url, 1]);
});

const impatient = { totalTimeoutMs: 1_000 };

test("what is lost, overloaded or unknown is sent again by the same key until it is answered", async (t) => {
  const only = await endpoint(t, lost, overloaded, "cut", { status: 500, code: -1000 }, done);
  const { orderId, facts } = await place(t, [only]);
  assert.equal(orderId, 7);
  assert.equal(facts.attempts, 5);
  assert.deepEqual(new Set(only.keys), new Set([facts.idempotencyKey]));
});

test("who is turned away everywhere asks nobody again before the time that it is told", async (t) => {
  const busy: Saying = { ...overloaded, retryAfter: 60 };
  const both = [await endpoint(t, busy), await endpoint(t, busy)];
  await assert.rejects(place(t, both, impatient), (error) => {
    assert.ok(error instanceof NotExecutedError);
    assert.equal(error.retryAfterMs, 60_000);
    return true;
  });
  assert.equal(both.flatMap(({ keys }) => keys).length, 2);
});

test("who was turned away asks again in its time, whoever else is turned away meanwhile", async (t) => {
  const only = await endpoint(t, { ...overloaded, retryAfter: 1 });
  const client = clientOf(t, [only], { totalTimeoutMs: 3_000 });
  const place = async (index: number): Promise<void> => {
    await delay(index * 300);
    await assert.rejects(client.placeOrder(order), NotExecutedError);
  };
  await Promise.all(Array.from({ length: 10 }, (_, index) => place(index)));
  const [first] = only.keys;
  assert.ok(only.keys.filter((key) => key === first).length >= 2);
});

test("who waits for a dead endpoint is not forgotten while the others turn it away for a while", async (t) => {
  const dead = await endpoint(t, "freeze");
  const busy: Saying = { ...overloaded, retryAfter: 1 };
  const others = [await endpoint(t, busy, done), await endpoint(t, busy, done)];
  const limits = { attemptTimeoutMs: 60_000, probeTimeoutMs: 100 };
  const client = clientOf(t, [dead, ...others], limits);
  const { facts } = await client.placeOrder(order);
  assert.notEqual(facts.endpoint, dead.url);
  assert.ok(
    facts.tookMs > 1_000,
    "it waits as long as it is told to, though the dead one says nothing",
  );
});

test("who waits for a dead endpoint is not forgotten while another turns others away", async (t) => {
  const dead = await endpoint(t, "freeze");
  const busy = { ...overloaded, retryAfter: 1 };
  // The second request hears of the one when the first has just been turned away by the other.
  const one = await endpoint(t, busy, { ...busy, afterMs: 60 }, done);
  const other = await endpoint(t, busy, done);
  const limits = { attemptTimeoutMs: 60_000, probeTimeoutMs: 100 };
  const client = clientOf(t, [dead, one, other], limits);
  const placed = await Promise.all([client.placeOrder(order), client.placeOrder(order)]);
  for (const { facts } of placed) assert.notEqual(facts.endpoint, dead.url);
});

test("an endpoint that turns away what another one does is not asked first any more", async (t) => {
  const cutOff = await endpoint(t, { ...overloaded, retryAfter: 0 });
  const sound = await endpoint(t, done);
  const client = clientOf(t, [cutOff, sound], {
    probeIntervalMs: 60_000,
    failedProbeIntervalMs: 60_000,
  });
  for (let i = 0; i < 5; i++)
    assert.equal((await client.placeOrder(order)).facts.endpoint, sound.url);
  assert.equal(cutOff.keys.length, 1);
});

test("an endpoint that says a client asks too much is no worse for it", async (t) => {
  const first = await endpoint(t, "cut", { status: 429, code: -1015, retryAfter: 0 }, done);
  const other = await endpoint(t, lost, done);
  other.probeAfterMs = 150;
  const client = clientOf(t, [first, other], { probeIntervalMs: 60_000 });
  await client.placeOrder(order);
  const failures = client.endpoints.map((one) => one.failures);
  assert.deepEqual(failures, [1, 1], "each lost one request; the limit is nobody's failure");
});

test("an endpoint that answers nothing, not even a probe, is passed by before its request is answered elsewhere", async (t) => {
  const frozen = await endpoint(t, "freeze");
  const slow = await endpoint(t, { ...done, afterMs: 400 });
  slow.probeAfterMs = 150;
  const client = clientOf(t, [frozen, slow], { hedgeAfterMs: 300, probeIntervalMs: 60_000 });
  const first = client.placeOrder(order);
  while (slow.keys.length === 0) await delay(1);
  const second = client.placeOrder(order);
  assert.equal((await second).facts.firstEndpoint, slow.url);
  assert.equal((await first).facts.firstEndpoint, frozen.url);
});

test("an endpoint that answers a probe while its request takes long is still asked first", async (t) => {
  const slow = { ...done, afterMs: 1_500 };
  const [near, far] = [await endpoint(t, slow), await endpoint(t, slow)];
  far.probeAfterMs = 150;
  const client = clientOf(t, [near, far], { hedgeAfterMs: 400, probeIntervalMs: 60_000 });
  const first = client.placeOrder(order);
  while (far.keys.length === 0) await delay(1);
  const second = client.placeOrder(order);
  const placed = await Promise.all([first, second]);
  for (const { facts } of placed) assert.equal(facts.firstEndpoint, near.url);
});

test("a client that asks too much is told so at once", async (t) => {
  const only = await endpoint(t, { status: 429, code: -1015, retryAfter: 5 });
  await assert.rejects(place(t, [only]), (error) => {
    assert.ok(error instanceof NotExecutedError);
    assert.equal(error.retryAfterMs, 5_000);
    return true;
  });
  assert.equal(only.keys.length, 1);
});

test("what an endpoint lost is not known to be undone because a later one had no room", async (t) => {
  for (const first of [lost, "cut", "silence"] as const) {
    const only = await endpoint(t, first, overloaded);
    const limits = { ...impatient, attemptTimeoutMs: 50 };
    await assert.rejects(place(t, [only], limits), OutcomeUnknownError, String(first));
    assert.ok(only.keys.length > 1);
  }
  const limited = await endpoint(t, lost, { status: 429, code: -1015, retryAfter: 60 });
  await assert.rejects(place(t, [limited], impatient), OutcomeUnknownError);
});

test("what was only ever turned away is known to be undone", async (t) => {
  const only = await endpoint(t, overloaded);
  await assert.rejects(place(t, [only], impatient), NotExecutedError);
  assert.ok(only.keys.length > 1);
});

test("a wrong clock of one endpoint is no answer of the venue", async (t) => {
  const only = await endpoint(t, { status: 400, code: -1021 }, done);
  assert.equal((await place(t, [only])).facts.attempts, 2);
});

test("a refusal is final, whoever gives it", async (t) => {
  const silent = await endpoint(t, "silence");
  const refusing = await endpoint(t, { status: 400, code: -2010 });
  await assert.rejects(place(t, [silent, refusing]), (error) => {
    assert.ok(error instanceof RefusedError);
    assert.equal(error.code, -2010);
    return true;
  });
});

test("a silent endpoint is passed by", async (t) => {
  const silent = await endpoint(t, "silence");
  const sound = await endpoint(t, done);
  for (let round = 0; round < 5; round++) {
    assert.equal((await place(t, [silent, sound])).facts.endpoint, sound.url);
  }
});
