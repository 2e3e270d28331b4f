import {
  createClient,
  type Done,
  NotExecutedError,
  OutcomeUnknownError,
  RefusedError,
} from "@halcyon/sdk";
import type { Operation } from "./operation.ts";
import type { Trader } from "./provision.ts";

type Order = {
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly price: string;
  readonly quantity: string;
  readonly clientOrderId: string;
};

export type Outcome = Pick<
  Operation,
  | "result"
  | "reason"
  | "orderId"
  | "status"
  | "executed"
  | "attempts"
  | "endpoint"
  | "firstEndpoint"
>;

/** One trader's way to the venue. */
export type Session = {
  /** Resolves once it knows the venue's time. */
  ready(): Promise<void>;
  place(order: Order): Promise<Outcome>;
  cancel(symbol: string, clientOrderId: string): Promise<Outcome>;
  close(): void;
};

export function openSession(endpoints: readonly string[], trader: Trader): Session {
  const client = createClient({ endpoints, ...trader });
  return {
    ready: async () => {
      await client.serverTimeMs();
    },
    place: ({ clientOrderId, ...order }) =>
      outcomeOf(
        client.placeOrder({
          ...order,
          type: "LIMIT",
          timeInForce: "GTC",
          newClientOrderId: clientOrderId,
        }),
      ),
    cancel: (symbol, origClientOrderId) =>
      outcomeOf(client.cancelOrder({ symbol, origClientOrderId })),
    close: () => client.close(),
  };
}

type Answer = {
  readonly orderId: number;
  readonly status?: string;
  readonly executedQty?: string;
};

async function outcomeOf(asked: Promise<Done<Answer>>): Promise<Outcome> {
  try {
    const { orderId, status = "", executedQty: executed = "", facts } = await asked;
    const { attempts, endpoint, firstEndpoint } = facts;
    return {
      result: "done",
      reason: "",
      orderId,
      status,
      executed,
      attempts,
      endpoint,
      firstEndpoint,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const none = {
      orderId: 0,
      status: "",
      executed: "0",
      attempts: 1,
      endpoint: "",
      firstEndpoint: "",
    };
    return { result: resultOf(error), reason, ...none };
  }
}

function resultOf(error: unknown): Outcome["result"] {
  if (error instanceof RefusedError) return "refused";
  if (error instanceof NotExecutedError) return "shed";
  if (error instanceof OutcomeUnknownError) return "failed";
  throw error;
}
