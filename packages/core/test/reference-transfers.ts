/**
 * Transfers written from docs/rules.md as plainly as can be: bigints, maps, and a copy of everything
 * before each chain. It shares no code with the core.
 */
export type ReferenceTransfer = {
  readonly id: string;
  readonly kind: "transfer" | "hold" | "post" | "void";
  readonly from: number;
  readonly to: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly timeoutSeconds: number;
  readonly hold: string;
  readonly code: number;
  readonly linked: boolean;
};

type Hold = {
  readonly number: number;
  readonly from: number;
  readonly to: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly endsAtMs: number;
  state: "open" | "posted" | "voided" | "expired";
};
/** What an id came to: a line to repeat, or null when it failed. */
type Known = { readonly content: string; readonly line: string } | null;

const max = 2n ** 63n - 1n;
/** What is wrong with the request itself does not burn its id. */
const harmless = ["malformed", "notPositive", "sameAccount", "idFailed", "idReused"];

type State = {
  available: Map<string, bigint>;
  held: Map<string, bigint>;
  entered: Map<number, bigint>;
  known: Map<string, Known>;
  holds: Map<string, Hold>;
  number: number;
};

export class ReferenceTransfers {
  state: State = {
    available: new Map(),
    held: new Map(),
    entered: new Map(),
    known: new Map(),
    holds: new Map(),
    number: 0,
  };
  readonly frozen = new Set<number>();
  readonly mayOverdraw = new Set<number>();
  readonly accounts: number;
  readonly assets: number;

  constructor(accounts: number, assets: number) {
    this.accounts = accounts;
    this.assets = assets;
  }

  available(account: number, asset: number): bigint {
    return this.state.available.get(`${account}/${asset}`) ?? 0n;
  }
  held(account: number, asset: number): bigint {
    return this.state.held.get(`${account}/${asset}`) ?? 0n;
  }
  entered(asset: number): bigint {
    return this.state.entered.get(asset) ?? 0n;
  }
  isOverdrawn(account: number): boolean {
    return [...Array(this.assets).keys()].some((asset) => this.available(account, asset) < 0n);
  }

  private add(which: "available" | "held", account: number, asset: number, by: bigint): void {
    const key = `${account}/${asset}`;
    const sum = (this.state[which].get(key) ?? 0n) + by;
    if (sum > max || sum < -max) throw new Error(`${which} of ${key} is beyond 64 bits`);
    this.state[which].set(key, sum);
  }

  private owned(asset: number): bigint {
    let sum = 0n;
    for (let account = 1; account < this.accounts; account++) {
      const available = this.available(account, asset);
      sum += this.held(account, asset) + (available > 0n ? available : 0n);
    }
    return sum;
  }

  /** Ends what is over; one line each. */
  expire(nowMs: number): string[] {
    return [...this.state.holds.entries()]
      .filter(([, hold]) => hold.state === "open" && hold.endsAtMs <= nowMs)
      .sort(([, a], [, b]) => a.endsAtMs - b.endsAtMs || a.number - b.number)
      .map(([id, hold]) => {
        this.add("held", hold.from, hold.asset, -hold.amount);
        this.add("available", hold.from, hold.asset, hold.amount);
        hold.state = "expired";
        return `expired ${id} ${hold.number} back ${hold.amount}`;
      });
  }

  /** A deposit (positive) or withdrawal with an id; the line that answers it. */
  move(id: string, account: number, asset: number, amount: bigint): string {
    const content = `money ${account} ${asset} ${amount}`;
    const known = this.state.known.get(id);
    if (known === null) return "refused idFailed";
    if (known !== undefined) return known.content === content ? known.line : "refused idReused";
    const wrong = this.checkMove(account, asset, amount);
    if (wrong !== "") {
      this.state.known.set(id, null);
      return `refused ${wrong}`;
    }
    this.add("available", account, asset, amount);
    this.state.entered.set(asset, this.entered(asset) + amount);
    const line = `moved ${++this.state.number}`;
    this.state.known.set(id, { content, line });
    return line;
  }

  private checkMove(account: number, asset: number, amount: bigint): string {
    if (this.frozen.has(account)) return "frozen";
    if (amount > 0n) return this.owned(asset) + amount > max ? "tooLarge" : "";
    const wrong = this.checkBalance(account, asset, -amount);
    if (wrong !== "") return wrong;
    return this.entered(asset) + amount < -max ? "tooLarge" : "";
  }

  transfers(list: readonly ReferenceTransfer[], nowMs: number): string[] {
    const lines: string[] = [];
    for (let from = 0; from < list.length; ) {
      let last = from;
      while (list[last]!.linked && last < list.length - 1) last++;
      lines.push(...this.chain(list.slice(from, last + 1), nowMs));
      from = last + 1;
    }
    return lines;
  }

  private chain(members: readonly ReferenceTransfer[], nowMs: number): string[] {
    const before = structuredClone(this.state);
    const lines: string[] = [];
    for (const [index, member] of members.entries()) {
      const isOpen = index === members.length - 1 && member.linked;
      const line = isOpen ? "refused malformed" : this.one(member, nowMs);
      if (line.startsWith("refused")) {
        this.state = before;
        return members.map((other) =>
          this.failed(other, other === member ? line.slice(8) : "linked"),
        );
      }
      lines.push(line);
    }
    return lines;
  }

  private failed(t: ReferenceTransfer, why: string): string {
    const known = this.state.known.get(t.id);
    if (why === "linked" && known != null && known.content === contentOf(t)) return known.line;
    if (known === undefined && !harmless.includes(why)) this.state.known.set(t.id, null);
    return `refused ${why}`;
  }

  private one(t: ReferenceTransfer, nowMs: number): string {
    const known = this.state.known.get(t.id);
    if (known === null) return "refused idFailed";
    if (known !== undefined)
      return known.content === contentOf(t) ? known.line : "refused idReused";
    const line =
      t.kind === "transfer" || t.kind === "hold" ? this.pay(t, nowMs) : this.end(t, nowMs);
    if (!line.startsWith("refused")) this.state.known.set(t.id, { content: contentOf(t), line });
    return line;
  }

  private pay(t: ReferenceTransfer, nowMs: number): string {
    if (t.amount <= 0n) return "refused notPositive";
    if (t.from === t.to) return "refused sameAccount";
    for (const account of [t.from, t.to]) {
      if (account < 1 || account >= this.accounts) return "refused unknownAccount";
    }
    if (t.asset >= this.assets) return "refused unknownAsset";
    if (this.frozen.has(t.from) || this.frozen.has(t.to)) return "refused frozen";
    const wrong = this.checkBalance(t.from, t.asset, t.amount);
    if (wrong !== "") return `refused ${wrong}`;
    this.add("available", t.from, t.asset, -t.amount);
    const number = ++this.state.number;
    if (t.kind === "transfer") {
      this.add("available", t.to, t.asset, t.amount);
      return `transfer ${number} ${t.from}>${t.to} ${t.asset} ${t.amount} back 0 code ${t.code}`;
    }
    this.add("held", t.from, t.asset, t.amount);
    const endsAtMs = t.timeoutSeconds === 0 ? Infinity : nowMs + t.timeoutSeconds * 1000;
    const { from, to, asset, amount } = t;
    this.state.holds.set(t.id, { number, from, to, asset, amount, endsAtMs, state: "open" });
    return `hold ${number} ${from}>${to} ${asset} ${amount} back 0 code ${t.code} until ${endsAtMs}`;
  }

  private checkBalance(account: number, asset: number, amount: bigint): string {
    const available = this.available(account, asset);
    if (available >= amount) return "";
    if (!this.mayOverdraw.has(account)) return "insufficient";
    const after = available - amount;
    const more = available < 0n ? amount : -after;
    // All that anybody has of an asset is 2^63 - 1 units at most.
    return after < -max || this.owned(asset) + more > max ? "tooLarge" : "";
  }

  private end(t: ReferenceTransfer, nowMs: number): string {
    if (t.amount < 0n) return "refused notPositive";
    const hold = this.state.holds.get(t.hold);
    if (hold === undefined) return "refused unknownHold";
    if (hold.state !== "open") return `refused ${hold.state}`;
    if (hold.endsAtMs <= nowMs) return "refused expired";
    if (t.amount > hold.amount) return "refused exceedsHold";
    const isPost = t.kind === "post";
    if (isPost && (this.frozen.has(hold.from) || this.frozen.has(hold.to))) return "refused frozen";
    const amount = !isPost ? 0n : t.amount === 0n ? hold.amount : t.amount;
    this.add("held", hold.from, hold.asset, -hold.amount);
    this.add("available", hold.from, hold.asset, hold.amount - amount);
    this.add("available", hold.to, hold.asset, amount);
    hold.state = isPost ? "posted" : "voided";
    const back = hold.amount - amount;
    const number = ++this.state.number;
    const parties = `${hold.from}>${hold.to} ${hold.asset}`;
    return `${t.kind} ${number} ${parties} ${amount} back ${back} code ${t.code} of ${hold.number}`;
  }
}

/** All but the id and the link. */
function contentOf(t: ReferenceTransfer): string {
  if (t.kind === "post" || t.kind === "void") return `${t.kind} ${t.hold} ${t.amount} ${t.code}`;
  const timeout = t.kind === "hold" ? t.timeoutSeconds : 0;
  return `${t.kind} ${t.from} ${t.to} ${t.asset} ${t.amount} ${timeout} ${t.code}`;
}
