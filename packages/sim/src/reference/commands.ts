/**
 * Commands as they lie in the log, read once more by hand: this file knows the layout of batches and
 * commands from their description alone and shares no code with the core's reader.
 */
export type Order = {
  readonly account: number;
  readonly market: number;
  readonly side: number;
  readonly type: number;
  readonly timeInForce: number;
  readonly strayBits: number;
  readonly price: bigint;
  readonly lots: bigint;
  readonly quoteUnits: bigint;
  readonly clientOrderId: string;
};
export type Cancel = {
  readonly account: number;
  readonly market: number;
  readonly orderId: bigint;
  readonly clientOrderId: string;
  readonly cancelClientOrderId: string;
};
export type MarketRules = {
  readonly symbol: string;
  readonly baseAsset: number;
  readonly quoteAsset: number;
  readonly tickUnits: bigint;
  readonly lotUnits: bigint;
  readonly priceMin: bigint;
  readonly priceMax: bigint;
  readonly lotsMin: bigint;
  readonly lotsMax: bigint;
  readonly marketLotsMax: bigint;
  readonly notionalMin: bigint;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
  readonly openOrdersMax: number;
};
export type Transfer = {
  readonly account: number;
  readonly asset: number;
  readonly amount: bigint;
  readonly network: string;
  readonly address: string;
  readonly reference: string;
};
export type Command =
  | { readonly kind: "tick" }
  | { readonly kind: "createAsset"; readonly code: string; readonly decimals: number }
  | { readonly kind: "createMarket"; readonly rules: MarketRules }
  | { readonly kind: "setMarketState"; readonly market: number; readonly state: number }
  | {
      readonly kind: "setMarketFees";
      readonly market: number;
      readonly maker: number;
      readonly taker: number;
    }
  | { readonly kind: "createAccount"; readonly label: string }
  | { readonly kind: "setAccountFlags"; readonly account: number; readonly flags: number }
  | {
      readonly kind: "setAccountFees";
      readonly account: number;
      readonly maker: number;
      readonly taker: number;
    }
  | { readonly kind: "deposit" | "withdraw"; readonly transfer: Transfer }
  | { readonly kind: "placeOrder"; readonly order: Order }
  | { readonly kind: "cancelOrder"; readonly cancel: Cancel }
  | { readonly kind: "cancelAll"; readonly account: number; readonly market: number }
  | {
      readonly kind: "cancelReplace";
      readonly allowFailure: boolean;
      readonly cancel: Cancel;
      readonly order: Order;
    }
  | {
      readonly kind: "reduceOrder";
      readonly account: number;
      readonly market: number;
      readonly orderId: bigint;
      readonly by: bigint;
    };

export type LoggedCommand = {
  readonly typeNumber: number;
  /** Empty: none. */
  readonly requestId: string;
  readonly isRetry: boolean;
  readonly command: Command;
  /** The command's words but for its flags, to compare it with what was asked. */
  readonly content: string;
};
export type LoggedBatch = {
  readonly nodeId: number;
  readonly timeMs: number;
  readonly commands: readonly LoggedCommand[];
};

const commandsAt = 16;

export function readBatch(bytes: Uint8Array): LoggedBatch {
  const words = new Cursor(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const wordCount = bytes.byteLength / 4;
  words.at = 5;
  const nodeId = words.int();
  words.at = 9;
  const timeMs = Number(words.long());
  const commands: LoggedCommand[] = [];
  for (let at = commandsAt; at < wordCount; ) {
    const command = readCommand(words, at);
    commands.push(command.logged);
    at = command.end;
  }
  return { nodeId, timeMs, commands };
}

function readCommand(words: Cursor, at: number): { logged: LoggedCommand; end: number } {
  words.at = at;
  const head = words.int();
  const typeNumber = head & 0xff;
  const end = at + (head >>> 16);
  const id = [words.int(), words.int(), words.int(), words.int()];
  const requestId = id.every((word) => word === 0) ? "" : id.map(hex).join("");
  const command = readBody(words, typeNumber);
  if (words.at !== end)
    throw new Error(`a command of type ${typeNumber} has a body of another length`);
  const content = [typeNumber, ...words.slice(at + 5, end)].join(" ");
  return {
    logged: { typeNumber, requestId, isRetry: ((head >>> 8) & 1) === 1, command, content },
    end,
  };
}

export function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}

function readBody(w: Cursor, type: number): Command {
  switch (type) {
    case 1:
      return { kind: "tick" };
    case 2:
      return { kind: "createAsset", code: w.text(), decimals: w.int() };
    case 3:
      return { kind: "createMarket", rules: readRules(w) };
    case 4:
      return { kind: "setMarketState", market: w.int(), state: w.int() };
    case 5:
      return { kind: "setMarketFees", market: w.int(), maker: w.int(), taker: w.int() };
    case 6:
      return { kind: "createAccount", label: w.text() };
    case 7:
      return { kind: "setAccountFlags", account: w.int(), flags: w.int() };
    case 8:
      return { kind: "setAccountFees", account: w.int(), maker: w.int(), taker: w.int() };
    case 11:
    case 12:
      return { kind: type === 11 ? "deposit" : "withdraw", transfer: readTransfer(w) };
    case 20:
      return { kind: "placeOrder", order: readOrder(w) };
    case 21:
      return { kind: "cancelOrder", cancel: readCancel(w) };
    case 22:
      return { kind: "cancelAll", account: w.int(), market: w.int() };
    case 23:
      return {
        kind: "cancelReplace",
        allowFailure: w.int() === 1,
        cancel: readCancel(w),
        order: readOrder(w),
      };
    case 24:
      return {
        kind: "reduceOrder",
        account: w.int(),
        market: w.int(),
        orderId: w.long(),
        by: w.long(),
      };
    default:
      throw new Error(`the reference does not know command type ${type}`);
  }
}

function readRules(w: Cursor): MarketRules {
  return {
    symbol: w.text(),
    baseAsset: w.int(),
    quoteAsset: w.int(),
    tickUnits: w.long(),
    lotUnits: w.long(),
    priceMin: BigInt(w.int()),
    priceMax: BigInt(w.int()),
    lotsMin: w.long(),
    lotsMax: w.long(),
    marketLotsMax: w.long(),
    notionalMin: w.long(),
    makerFeePpm: w.int(),
    takerFeePpm: w.int(),
    openOrdersMax: w.int(),
  };
}

function readTransfer(w: Cursor): Transfer {
  return {
    account: w.int(),
    asset: w.int(),
    amount: w.long(),
    network: w.text(),
    address: w.text(),
    reference: w.text(),
  };
}

function readCancel(w: Cursor): Cancel {
  return {
    account: w.int(),
    market: w.int(),
    orderId: w.long(),
    clientOrderId: w.text(),
    cancelClientOrderId: w.text(),
  };
}

function readOrder(w: Cursor): Order {
  const account = w.int();
  const market = w.int();
  const kind = w.int();
  return {
    account,
    market,
    side: kind & 1,
    type: (kind >> 1) & 15,
    timeInForce: (kind >> 5) & 7,
    strayBits: kind >>> 8,
    price: BigInt(w.int()),
    lots: w.long(),
    quoteUnits: w.long(),
    clientOrderId: w.text(),
  };
}

/** Little-endian words of a batch, one after the other. */
class Cursor {
  readonly #view: DataView;
  /** In words. */
  at = 0;

  constructor(view: DataView) {
    this.#view = view;
  }
  int(): number {
    return this.#view.getInt32(this.at++ * 4, true);
  }
  long(): bigint {
    const value = this.#view.getBigInt64(this.at * 4, true);
    this.at += 2;
    return value;
  }
  text(): string {
    const length = this.int();
    const bytes = new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.at * 4, length);
    this.at += Math.ceil(length / 4);
    return new TextDecoder().decode(bytes);
  }
  slice(from: number, to: number): number[] {
    const words: number[] = [];
    for (let at = from; at < to; at++) words.push(this.#view.getInt32(at * 4, true));
    return words;
  }
}
