/**
 * One process of traders, run in the clients' network: `node worker.ts CONFIG`. It reads lines from
 * standard input ("rate 100", "stop") and writes what became of each request into a file at its end.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { nowUs, type Operation } from "./operation.ts";
import { openPlainSession } from "./plain-session.ts";
import type { Trader } from "./provision.ts";
import { openSession, type Session } from "./session.ts";

export type WorkerConfig = {
  readonly name: string;
  readonly endpoints: readonly string[];
  readonly traders: readonly Trader[];
  readonly symbol: string;
  readonly historyFile: string;
  /** `sdk`: they look for another way and wait when told to. `plain`: they heed nothing. */
  readonly manners: "sdk" | "plain";
};

const paceMs = 4;
const quantity = "0.001";
/** Buyers pay from here on, sellers ask up to here: each pair trades, whoever comes first. */
const touchCents = 5_000_000;
const spreadCents = 300;
/** Far from the touch: these rest until their own account cancels them. */
const restingPrice = "10000.00";
const everyNthRests = 4;
const restingMax = 40;
/** Requests without an answer; beyond it the load waits, as clients with so many threads would. */
const inFlightMax = { sdk: 3_000, plain: 384 } as const;

class Worker {
  readonly #config: WorkerConfig;
  readonly #sessions: readonly Session[];
  readonly #history: Operation[] = [];
  readonly #resting: { readonly trader: number; readonly clientOrderId: string }[] = [];
  readonly #timer: NodeJS.Timeout;
  #ratePerSecond = 0;
  #due = 0;
  #pacedAtMs = performance.now();
  #sent = 0;
  #inFlight = 0;

  constructor(config: WorkerConfig) {
    this.#config = config;
    const { endpoints } = config;
    this.#sessions = config.traders.map((trader, index) =>
      config.manners === "sdk"
        ? openSession(endpoints, trader)
        : openPlainSession(endpoints[index % endpoints.length]!, trader),
    );
    this.#timer = setInterval(() => this.#pace(), paceMs);
  }

  async open(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.ready()));
  }

  setRate(ratePerSecond: number): void {
    this.#ratePerSecond = ratePerSecond;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    while (this.#inFlight > 0) await new Promise((resolve) => setTimeout(resolve, paceMs));
    await Promise.all(this.#sessions.map((session) => session.close()));
    writeFileSync(this.#config.historyFile, JSON.stringify(this.#history));
  }

  #pace(): void {
    const nowMs = performance.now();
    this.#due += ((nowMs - this.#pacedAtMs) * this.#ratePerSecond) / 1_000;
    this.#pacedAtMs = nowMs;
    for (; this.#due >= 1; this.#due -= 1) {
      if (this.#inFlight >= inFlightMax[this.#config.manners]) {
        this.#due = 0;
        return;
      }
      this.#place(this.#sent++);
    }
  }

  #place(index: number): void {
    const trader = index % this.#sessions.length;
    const clientOrderId = `${this.#config.name}-${index}`;
    const rests = index % everyNthRests === 0;
    const { side, price } = rests ? { side: "BUY" as const, price: restingPrice } : crossing(index);
    const order = { symbol: this.#config.symbol, side, price, quantity, clientOrderId };
    void this.#do("place", trader, clientOrderId, (own) => own.place(order)).then((done) => {
      if (!done || !rests) return;
      this.#resting.push({ trader, clientOrderId });
      if (this.#resting.length > restingMax) this.#cancelOldest();
    });
  }

  #cancelOldest(): void {
    const { trader, clientOrderId } = this.#resting.shift()!;
    const { symbol } = this.#config;
    void this.#do("cancel", trader, clientOrderId, (own) => own.cancel(symbol, clientOrderId));
  }

  async #do(
    kind: Operation["kind"],
    trader: number,
    clientOrderId: string,
    ask: (session: Session) => ReturnType<Session["place"]>,
  ): Promise<boolean> {
    this.#inFlight += 1;
    const askedAtUs = nowUs();
    const outcome = await ask(this.#sessions[trader]!);
    this.#inFlight -= 1;
    const client = `${this.#config.name}-${trader}`;
    const answeredAtUs = nowUs();
    this.#history.push({ client, kind, clientOrderId, askedAtUs, answeredAtUs, ...outcome });
    return outcome.result === "done";
  }
}

/** As many buy as sell, so that what is open stays little: of each four one rests, the others alternate. */
function crossing(index: number): { side: "BUY" | "SELL"; price: string } {
  const side = (index + Math.floor(index / everyNthRests)) % 2 === 0 ? "SELL" : "BUY";
  const distance = (index * 7) % spreadCents;
  const cents = touchCents + (side === "BUY" ? distance : -distance);
  return { side, price: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}` };
}

const config = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as WorkerConfig;
const worker = new Worker(config);
await worker.open();
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const [word, value] = line.split(" ");
  if (word === "rate") worker.setRate(Number(value));
  if (word === "stop") break;
}
await worker.stop();
