import { createHmac } from "node:crypto";

export type ApiKey = { readonly name: string; readonly secret: string };
export type Parameters = Readonly<Record<string, string | number>>;

/** A query string with its signature, as REST takes it. */
export function signedQuery(parameters: Parameters, { secret }: ApiKey): string {
  const query = new URLSearchParams(asText({ ...parameters, timestamp: Date.now() })).toString();
  return `${query}&signature=${hmac(query, secret)}`;
}

/** Parameters with their signature, as the WebSocket API takes them: sorted by name, not encoded. */
export function signedParameters(parameters: Parameters, key: ApiKey): Record<string, string> {
  const all = asText({ ...parameters, apiKey: key.name, timestamp: Date.now() });
  const payload = Object.keys(all)
    .sort()
    .map((name) => `${name}=${all[name]}`)
    .join("&");
  return { ...all, signature: hmac(payload, key.secret) };
}

function asText(parameters: Parameters): Record<string, string> {
  const entries = Object.entries(parameters);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function hmac(payload: string, secret: string): string {
  return createHmac("sha256", secret).update(payload).digest("hex");
}
