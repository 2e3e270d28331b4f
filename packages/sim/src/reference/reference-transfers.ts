import { refusal } from "@halcyon/core";
import type { MoneyMove, Payment } from "./commands.ts";
import type { ReferenceState } from "./reference-state.ts";

const greatest = (1n << 63n) - 1n;
const fees = 1;
const frozen = 8;
const mayOverdraw = 16;
const kind = { transfer: 0, hold: 1, post: 2, void: 3 } as const;
const expiryMovement = 4;
const noId = "0 0 0 0";

/** What is wrong with the request itself: put right, it may come again under its id. */
const sparesId: readonly number[] = [
  refusal.malformedCommand,
  refusal.amountNotPositive,
  refusal.sameAccount,
  refusal.transferIdFailed,
  refusal.transferIdReused,
];

/** Money set aside until it is posted, voided or expires. */
type Hold = {
  readonly id: string;
  readonly number: number;
  readonly from: number;
  readonly to: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly expiresAtMs: number;
  readonly code: number;
  state: "open" | "posted" | "voided" | "expired";
};
/** What became of an id. */
type Known =
  | { readonly content: string; readonly failure: number }
  | { readonly content: string; readonly failure: 0; readonly result: string; hold: Hold | null };

/** Every id that money was ever moved under, or was to be, and the holds. */
export class ReferenceTransfers {
  #known = new Map<string, Known>();
  #holds: Hold[] = [];
  /** The number of the latest movement: deposits, withdrawals, transfers, holds, posts and voids. */
  #lastNumber = 0;

  nextNumber(): number {
    return ++this.#lastNumber;
  }

  /** The transfers of a command: linked ones happen all or none. Returns the refusal, or 0. */
  apply(s: ReferenceState, payments: readonly Payment[]): number {
    if (payments.length === 0) return refusal.malformedCommand;
    let chain: Payment[] = [];
    for (const payment of payments) {
      chain.push(payment);
      if (payment.linked && payment !== payments.at(-1)) continue;
      this.#applyChain(s, chain);
      chain = [];
    }
    return 0;
  }

  #applyChain(s: ReferenceState, chain: readonly Payment[]): void {
    const before = { ledger: s.ledger.copy(), holds: this.#copyHolds(), number: this.#lastNumber };
    const idsBefore = new Set(this.#known.keys());
    const lines: string[] = [];
    for (const payment of chain) {
      const isOpen = payment === chain.at(-1) && payment.linked;
      const outcome = isOpen ? refusal.malformedCommand : this.#add(s, payment);
      if (typeof outcome === "string") {
        lines.push(outcome);
        continue;
      }
      s.ledger.become(before.ledger);
      this.#restoreHolds(before.holds);
      this.#lastNumber = before.number;
      for (const [id, { content }] of this.#known) {
        if (!idsBefore.has(id))
          this.#known.set(id, { content, failure: refusal.linkedTransferFailed });
      }
      for (const member of chain) this.#refuse(s, member, member === payment ? outcome : null);
      return;
    }
    for (const line of lines) s.say(line);
  }

  /** A member of a chain that failed, by its own fault or (null) another's. */
  #refuse(s: ReferenceState, payment: Payment, own: number | null): void {
    const known = this.#known.get(payment.id);
    if (own === null && known?.failure === 0 && known.content === contentOf(payment)) {
      s.say(`transferred ${payment.kind} repeated true index ${payment.index} ${resultOf(known)}`);
      return;
    }
    const code = own ?? refusal.linkedTransferFailed;
    const isBurnt = !sparesId.includes(code) && payment.id !== noId && known === undefined;
    if (isBurnt) this.#known.set(payment.id, { content: contentOf(payment), failure: code });
    const failure = code === refusal.transferIdFailed ? (known?.failure ?? 0) : 0;
    s.say(
      `transfer refused ${payment.kind} index ${payment.index} id ${payment.id} ${code} failure ${failure}`,
    );
  }

  /** Does one transfer: its line, or the number of the refusal. */
  #add(s: ReferenceState, p: Payment): string | number {
    if (!isWellFormed(p)) return refusal.malformedCommand;
    const known = this.#known.get(p.id);
    if (known !== undefined) {
      if (known.failure !== 0) return refusal.transferIdFailed;
      if (known.content !== contentOf(p)) return refusal.transferIdReused;
      return `transferred ${p.kind} repeated true index ${p.index} ${resultOf(known)}`;
    }
    const pays = p.kind === kind.transfer || p.kind === kind.hold;
    if (p.amount < 0n || (pays && p.amount === 0n)) return refusal.amountNotPositive;
    if (pays && p.from === p.to) return refusal.sameAccount;
    const refused = pays ? refusePayment(s, p) : this.#refuseEnd(s, p);
    if (refused !== 0) return refused;
    return pays ? this.#pay(s, p) : this.#endHold(s, p);
  }

  #pay(s: ReferenceState, p: Payment): string {
    const number = this.nextNumber();
    let hold: Hold | null = null;
    if (p.kind === kind.hold) {
      s.ledger.hold(p.from, p.asset, p.amount);
      const { id, from, to, asset, amount, code } = p;
      const expiresAtMs = p.timeoutSeconds === 0 ? 0 : s.clock.nowMs + p.timeoutSeconds * 1000;
      hold = { id, number, from, to, asset, amount, expiresAtMs, code, state: "open" };
      this.#holds.push(hold);
    } else {
      s.ledger.add(p.from, p.asset, -p.amount);
      s.ledger.add(p.to, p.asset, p.amount);
    }
    return this.#book(p, number, p.from, p.to, p.asset, p.amount, 0n, hold, hold);
  }

  #refuseEnd(s: ReferenceState, p: Payment): number {
    const hold = this.#holdOf(p);
    if (hold === null) return refusal.unknownHold;
    if (hold.state === "posted") return refusal.holdPosted;
    if (hold.state === "voided") return refusal.holdVoided;
    if (hold.state === "expired" || isOver(hold, s.clock.nowMs)) return refusal.holdExpired;
    if (p.namedAsset !== 0 && p.namedAsset - 1 !== hold.asset) return refusal.holdOfOtherAsset;
    if (p.amount > hold.amount) return refusal.exceedsHold;
    const isBarred = p.kind === kind.post && (isFrozen(s, hold.from) || isFrozen(s, hold.to));
    return isBarred ? refusal.accountFrozen : 0;
  }

  #endHold(s: ReferenceState, p: Payment): string {
    const hold = this.#holdOf(p)!;
    const isPost = p.kind === kind.post;
    const moved = !isPost ? 0n : p.amount === 0n ? hold.amount : p.amount;
    s.ledger.hold(hold.from, hold.asset, -hold.amount);
    if (isPost) {
      s.ledger.add(hold.from, hold.asset, -moved);
      s.ledger.add(hold.to, hold.asset, moved);
    }
    hold.state = isPost ? "posted" : "voided";
    const { from, to, asset, amount } = hold;
    return this.#book(p, this.nextNumber(), from, to, asset, moved, amount - moved, hold, null);
  }

  #book(
    p: Payment,
    number: number,
    from: number,
    to: number,
    asset: number,
    amount: bigint,
    released: bigint,
    of: Hold | null,
    made: Hold | null,
  ): string {
    const result =
      `id ${p.id} number ${number} from ${from} to ${to} asset ${asset} amount ${amount} ` +
      `released ${released} code ${p.code} until ${of?.expiresAtMs ?? 0} hold ${of?.number ?? 0}`;
    this.#known.set(p.id, { content: contentOf(p), failure: 0, result, hold: made });
    return `transferred ${p.kind} repeated false index ${p.index} ${result}`;
  }

  #holdOf(p: Payment): Hold | null {
    const known = this.#known.get(p.holdId);
    return known !== undefined && "hold" in known ? known.hold : null;
  }

  /** Before a batch's commands: what has been held for its time goes back, the earliest first. */
  expire(s: ReferenceState): void {
    const due = this.#holds
      .filter((hold) => hold.state === "open" && isOver(hold, s.clock.nowMs))
      .sort((a, b) => a.expiresAtMs - b.expiresAtMs || a.number - b.number);
    for (const hold of due) {
      const { id, number, from, to, asset, amount, expiresAtMs, code } = hold;
      s.ledger.hold(from, asset, -amount);
      hold.state = "expired";
      s.say(
        `transferred ${expiryMovement} repeated false index -1 id ${id} number ${number} from ${from} ` +
          `to ${to} asset ${asset} amount 0 released ${amount} code ${code} until ${expiresAtMs} hold ${number}`,
      );
    }
  }

  /** A deposit or withdrawal with an id: null where it is new, else the line or the refusal. */
  known(move: MoneyMove): string | number | null {
    const known = this.#known.get(move.id);
    if (known === undefined) return null;
    if (known.failure !== 0) return refusal.transferIdFailed;
    return known.content === contentOf(move) ? resultOf(known) : refusal.transferIdReused;
  }

  /** What became of a deposit or withdrawal with an id. */
  remember(move: MoneyMove, refused: number, result: string): void {
    if (refused !== 0 && sparesId.includes(refused)) return;
    const content = contentOf(move);
    const known: Known =
      refused === 0 ? { content, failure: 0, result, hold: null } : { content, failure: refused };
    this.#known.set(move.id, known);
  }

  /** What open holds have set aside, by account and asset. */
  heldOf(account: number, asset: number): bigint {
    return this.#holds
      .filter((hold) => hold.state === "open" && hold.from === account && hold.asset === asset)
      .reduce((sum, { amount }) => sum + amount, 0n);
  }

  #copyHolds(): readonly (readonly [Hold, Hold["state"]])[] {
    return this.#holds.map((hold) => [hold, hold.state]);
  }
  #restoreHolds(before: readonly (readonly [Hold, Hold["state"]])[]): void {
    this.#holds = before.map(([hold, state]) => {
      hold.state = state;
      return hold;
    });
  }
}

function isOver({ expiresAtMs }: Hold, nowMs: number): boolean {
  return expiresAtMs !== 0 && expiresAtMs <= nowMs;
}
function isFrozen(s: ReferenceState, account: number): boolean {
  return (s.accounts[account]!.flags & frozen) !== 0;
}

function isWellFormed(p: Payment): boolean {
  if (p.strayBits !== 0 || p.kind > kind.void || p.id === noId) return false;
  if (p.namedAsset !== 0 && p.kind !== kind.post) return false;
  if (p.kind === kind.transfer) return p.timeoutSeconds === 0;
  if (p.kind === kind.hold) return p.timeoutSeconds >= 0;
  return p.kind === kind.post || p.amount === 0n;
}

/** All that a repetition must have in common with the first. */
function contentOf(of: Payment | MoneyMove): string {
  return of.content;
}
function resultOf(known: Known): string {
  return "result" in known ? known.result : "";
}

function refusePayment(s: ReferenceState, { from, to, asset, amount }: Payment): number {
  const isInside = (account: number) => account >= fees && s.accounts[account] !== undefined;
  if (!isInside(from) || !isInside(to)) return refusal.unknownAccount;
  if (s.assets[asset] === undefined) return refusal.unknownAsset;
  if (isFrozen(s, from) || isFrozen(s, to)) return refusal.accountFrozen;
  return refuseDebit(s, from, asset, amount);
}

/** Whether an account can pay so much out of what is available. */
export function refuseDebit(
  s: ReferenceState,
  account: number,
  asset: number,
  amount: bigint,
): number {
  const available = s.ledger.available(account, asset);
  if (available >= amount) return 0;
  if ((s.accounts[account]!.flags & mayOverdraw) === 0) return refusal.insufficientBalance;
  const after = available - amount;
  const overdraws = below(after) - below(available);
  return after >= -greatest && mayGrow(s, asset, overdraws) ? 0 : refusal.amountTooLarge;
}

/** Whether all that accounts have of an asset may become so much more: it stays within 64 bits. */
export function mayGrow(s: ReferenceState, asset: number, by: bigint): boolean {
  let sum = -s.ledger.available(0, asset) + by;
  for (let account = fees; account < s.accounts.length; account++) {
    sum += below(s.ledger.available(account, asset));
  }
  return sum <= greatest;
}

function below(balance: bigint): bigint {
  return balance < 0n ? -balance : 0n;
}
