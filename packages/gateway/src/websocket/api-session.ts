import type { Key } from "@halcyon/core";
import { dialectError } from "../dialect/errors.ts";
import { type Answer, answer, type GatewayContext, refuse } from "../dialect/method.ts";
import { checkParams, type ParamTable, param } from "../dialect/params.ts";
import type { ApiRequest } from "./api-request.ts";
import type { UserStreams, UserSubscription } from "./user-streams.ts";

/** What the socket offers its session. */
export type ApiSessionSocket = {
  readonly address: string;
  readonly returnRateLimits: boolean;
  readonly subscriptionsMax: number;
  send(text: string): void;
};

type SessionMethod = {
  readonly params: ParamTable;
  run(session: ApiSession, request: ApiRequest): Answer;
};

/** The weight of each method of a session. */
export const sessionWeight = 2;

const tooManySubscriptions = {
  ...dialectError.notSupported,
  msg: "Too many user data subscriptions on this connection.",
};
const notSubscribed = {
  status: 400,
  code: -2036,
  msg: "User Data Stream subscription not active.",
};

/** Who a WebSocket API connection has logged on as, and the accounts whose events it gets. */
export class ApiSession {
  readonly #gateway: GatewayContext;
  readonly #users: UserStreams;
  readonly #socket: ApiSessionSocket;
  readonly #connectedSinceMs: number;
  #keyName: string | undefined;
  #authorizedSinceMs: number | null = null;
  readonly #subscriptions = new Map<number, UserSubscription>();
  #nextSubscriptionId = 0;
  /** The subscription that lives and dies with the logon; -1: none. */
  #ownSubscriptionId = -1;

  /** `signedIn` names the key of a browser's session that the handshake showed. */
  constructor(
    gateway: GatewayContext,
    users: UserStreams,
    socket: ApiSessionSocket,
    signedIn: string | undefined,
  ) {
    this.#keyName = signedIn;
    this.#gateway = gateway;
    this.#users = users;
    this.#socket = socket;
    this.#connectedSinceMs = gateway.now();
    if (signedIn !== undefined) this.#authorizedSinceMs = this.#connectedSinceMs;
  }

  /** The name of the key that requests without one are made with. */
  get keyName(): string | undefined {
    return this.#keyName;
  }

  /** Runs one of the session's own methods; null: it is none of them. */
  run(request: ApiRequest): Answer | null {
    const method = sessionMethods.get(request.method);
    if (method === undefined) return null;
    const { limits, now } = this.#gateway;
    const throttled = limits.charge(this.#socket.address, sessionWeight, now());
    if (throttled !== null) return { ok: false, ...throttled };
    // Some clients sign whatever they send: nobody is refused for a signature that is not needed.
    const invalid = checkParams(method.params, request.params, true);
    return invalid === null ? method.run(this, request) : refuse(invalid);
  }

  close(): void {
    for (const subscription of this.#subscriptions.values()) this.#users.remove(subscription);
    this.#subscriptions.clear();
  }

  logon(request: ApiRequest): Answer {
    const key = this.#prove(request, "key");
    if ("code" in key) return refuse(key);
    if (this.#ownSubscription()?.account !== key.account) this.#endOwnSubscription();
    this.#keyName = key.name;
    this.#authorizedSinceMs = this.#gateway.now();
    return this.status();
  }

  logout(): Answer {
    this.#endOwnSubscription();
    this.#keyName = undefined;
    this.#authorizedSinceMs = null;
    return this.status();
  }

  status(): Answer {
    return answer({
      apiKey: this.#keyName ?? null,
      authorizedSince: this.#authorizedSinceMs,
      connectedSince: this.#connectedSinceMs,
      returnRateLimits: this.#socket.returnRateLimits,
      serverTime: this.#gateway.now(),
      userDataStream: this.#subscriptions.size > 0,
    });
  }

  subscribe(): Answer {
    const { authenticator } = this.#gateway;
    const { address } = this.#socket;
    const key =
      this.#keyName === undefined
        ? authenticator.keyed(undefined, address, "read")
        : authenticator.proven(this.#keyName, address, "read");
    if ("code" in key) return refuse(key);
    return this.#open(key, true);
  }

  subscribeSigned(request: ApiRequest): Answer {
    const key = this.#prove(request, "read");
    return "code" in key ? refuse(key) : this.#open(key, false);
  }

  unsubscribe(request: ApiRequest): Answer {
    const wanted = request.params.get("subscriptionId");
    if (wanted === undefined) {
      this.close();
      return answer({});
    }
    const id = Number(wanted);
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) return refuse(notSubscribed);
    this.#users.remove(subscription);
    this.#subscriptions.delete(id);
    return answer({});
  }

  subscriptions(): Answer {
    return answer([...this.#subscriptions.keys()].map((subscriptionId) => ({ subscriptionId })));
  }

  #prove(
    request: ApiRequest,
    security: "key" | "read",
  ): ReturnType<GatewayContext["authenticator"]["signed"]> {
    const { params, payload, apiKey } = request;
    const nowMs = this.#gateway.now();
    const claim = {
      apiKey,
      address: this.#socket.address,
      timestamp: params.get("timestamp"),
      recvWindow: params.get("recvWindow"),
      signature: params.get("signature"),
      payload,
      arrivedMs: nowMs,
      nowMs,
    };
    return this.#gateway.authenticator.signed(claim, security);
  }

  /** Asking again for what is already sent is answered with its id: nobody wants events twice. */
  #open(key: Key, isOwn: boolean): Answer {
    for (const [subscriptionId, { account }] of this.#subscriptions) {
      if (account === key.account) return answer({ subscriptionId });
    }
    if (this.#subscriptions.size >= this.#socket.subscriptionsMax)
      return refuse(tooManySubscriptions);
    const subscriptionId = this.#nextSubscriptionId++;
    const head = `{"subscriptionId":${subscriptionId},"event":`;
    const subscription: UserSubscription = {
      account: key.account,
      keyName: key.name,
      deliver: (json) => this.#socket.send(`${head}${json}}`),
      onEnd: () => this.#subscriptions.delete(subscriptionId),
    };
    this.#subscriptions.set(subscriptionId, subscription);
    if (isOwn) this.#ownSubscriptionId = subscriptionId;
    this.#users.add(subscription);
    return answer({ subscriptionId });
  }

  #endOwnSubscription(): void {
    const own = this.#ownSubscription();
    if (own !== undefined) this.#users.end(own);
    this.#ownSubscriptionId = -1;
  }

  #ownSubscription(): UserSubscription | undefined {
    return this.#subscriptions.get(this.#ownSubscriptionId);
  }
}

const sessionMethods: ReadonlyMap<string, SessionMethod> = new Map<string, SessionMethod>([
  ["session.logon", { params: {}, run: (session, request) => session.logon(request) }],
  ["session.logout", { params: {}, run: (session) => session.logout() }],
  ["session.status", { params: {}, run: (session) => session.status() }],
  ["session.subscriptions", { params: {}, run: (session) => session.subscriptions() }],
  ["userDataStream.subscribe", { params: {}, run: (session) => session.subscribe() }],
  [
    "userDataStream.subscribe.signature",
    { params: {}, run: (session, request) => session.subscribeSigned(request) },
  ],
  [
    "userDataStream.unsubscribe",
    {
      params: { subscriptionId: param.integer },
      run: (session, request) => session.unsubscribe(request),
    },
  ],
]);
