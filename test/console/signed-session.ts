import { createHmac } from "node:crypto";
import type { BrowserContext } from "playwright-core";
import type { Trader } from "../venue-process.ts";

const ownPaths = /\/api\/v3\/(?:order|openOrders|allOrders|account|myTrades)/;

/**
 * Stands in for the venue's sign-in: signs what the page sends, with a trader's key, once somebody
 * has signed in on the page.
 */
export async function signSessions(context: BrowserContext, trader: Trader): Promise<void> {
  let isSignedIn = false;
  const session = {
    id: "s1",
    person: { name: "trader", role: "trader", account: trader.account, hasSecondFactor: false },
    createdAtMs: Date.now(),
    expiresAtMs: Date.now() + 900_000,
    elevatedUntilMs: null,
  };
  const sign = (payload: string) =>
    createHmac("sha256", trader.secret).update(payload).digest("hex");
  await context.route(/\/people\/v1\//, async (route) => {
    const request = route.request();
    if (request.method() === "POST" && request.url().endsWith("/sessions")) {
      const { password } = request.postDataJSON() as { password: string };
      isSignedIn = password === "right";
    }
    if (request.method() === "DELETE") {
      isSignedIn = false;
      return route.fulfill({ status: 204 });
    }
    if (isSignedIn) return route.fulfill({ status: 200, json: session });
    const problem = {
      type: "/problems/sign-in-refused",
      detail: "Name, password or code is wrong. Try again.",
    };
    return route.fulfill({ status: 401, json: problem });
  });
  await context.route(ownPaths, async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    url.searchParams.set("timestamp", String(Date.now()));
    url.searchParams.set("recvWindow", "20000");
    const query = url.searchParams.toString();
    const signed = `${url.origin}${url.pathname}?${query}&signature=${sign(query)}`;
    const headers = { ...request.headers(), "x-mbx-apikey": trader.apiKey };
    // A node that was killed ends what is on its way, as it would without anybody in between.
    await route.continue({ url: signed, headers });
  });
  await context.routeWebSocket(/\/ws-api\/v3/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const request = JSON.parse(String(message)) as { id: string; method: string };
      if (request.method !== "userDataStream.subscribe") return server.send(message);
      const params = { apiKey: trader.apiKey, timestamp: String(Date.now()) };
      const signature = sign(`apiKey=${params.apiKey}&timestamp=${params.timestamp}`);
      const method = "userDataStream.subscribe.signature";
      server.send(JSON.stringify({ id: request.id, method, params: { ...params, signature } }));
    });
  });
}
