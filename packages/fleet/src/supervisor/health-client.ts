const timeoutMs = 1_000;

export type HealthReply = {
  readonly status: number;
  /** The answer's `status`: one word such as draining. */
  readonly word: string | null;
  readonly reasons: readonly string[];
};

/** Asks a process at its health address; null when it does not answer in time. */
export async function askHealth(
  at: { readonly host: string; readonly port: number },
  method: "GET" | "POST",
  path: string,
): Promise<HealthReply | null> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`http://${at.host}:${at.port}${path}`, { method, signal });
    const body = (await response.json().catch(() => null)) as {
      status?: unknown;
      reasons?: unknown;
    } | null;
    return {
      status: response.status,
      word: typeof body?.status === "string" ? body.status : null,
      reasons: Array.isArray(body?.reasons) ? body.reasons.map(String) : [],
    };
  } catch {
    return null;
  }
}
