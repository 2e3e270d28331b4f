import { randomUUID } from "node:crypto";

export type Trader = { readonly apiKey: string; readonly secret: string };

const timeoutMs = 10_000;
const tries = 5;
const funds = { BTC: "100", USDT: "1000000" };

/** Accounts with money and a key each, made through the admin API. */
export async function makeTraders(
  url: string,
  token: string,
  label: string,
  count: number,
): Promise<Trader[]> {
  const post = <Body>(path: string, body: object) => ask<Body>(url, token, path, body);
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const { id } = await post<{ id: number }>("/accounts", { label: `${label} ${index + 1}` });
      for (const [asset, amount] of Object.entries(funds)) {
        await post("/deposits", { account: id, asset, amount, network: "DRILL" });
      }
      const key = { kind: "hmac-sha256", permissions: ["read", "trade"], label };
      const { name, secret } = await post<{ name: string; secret: string }>(
        `/accounts/${id}/keys`,
        key,
      );
      return { apiKey: name, secret };
    }),
  );
}

async function ask<Body>(url: string, token: string, path: string, body: object): Promise<Body> {
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "idempotency-key": randomUUID(),
  };
  for (let attempt = 1; ; attempt += 1) {
    const signal = AbortSignal.timeout(timeoutMs);
    const init = { method: "POST", headers, body: JSON.stringify(body), signal };
    const response = await fetch(`${url}/admin/v1${path}`, init);
    if (response.ok) return (await response.json()) as Body;
    const text = await response.text();
    if (attempt === tries || response.status !== 503) {
      throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
    }
    // The same key again: it is done once.
  }
}
