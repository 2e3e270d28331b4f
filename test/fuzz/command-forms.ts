import type { CommandType, Origin, WordReader, WordWriter } from "@halcyon/core";
import * as core from "@halcyon/core";
import type { Random } from "@halcyon/sim";

/** A type of command: how one is made up, written by the real encoder, and read back. */
export type CommandForm = {
  /** One that a venue of `preparedVenue` mostly has a use for. */
  specimen(random: Random): (w: WordWriter, origin: Origin) => void;
  /** Reads a body; what comes back writes the command anew. */
  reread(r: WordReader): (w: WordWriter, origin: Origin) => void;
};

function form<Content>(
  encode: (w: WordWriter, origin: Origin, content: Content) => void,
  make: (random: Random) => Content,
  read: (r: WordReader) => Content,
): CommandForm {
  const writing = (content: Content) => (w: WordWriter, origin: Origin) =>
    encode(w, origin, content);
  return { specimen: (random) => writing(make(random)), reread: (r) => writing(read(r)) };
}

export const assetCount = 4;
export const marketCount = 3;
export const customers = [2, 3, 4, 5, 6] as const;
const textBytesMax = 1 << 20;

const text = (r: WordReader) => r.text(textBytesMax);
const oneAccount = (random: Random) => random.pick([...customers, 2, 3, 1, 7]);
const oneMarket = (random: Random) => random.below(marketCount + (random.chance(0.05) ? 1 : 0));
const oneAsset = (random: Random) => random.below(assetCount);
const onePpm = (random: Random) => random.pick([0, 1, 999, 100_000, -1]);
const oneName = (random: Random) =>
  random.pick(["", "a", "name", `n${random.below(9)}`, "höh", "x".repeat(36), "\u{1f600}"]);

const onePerson = (random: Random) => random.pick(["alice", "bob", "b.o-b_1@x", "Alice", ""]);
const oneSession = (random: Random) => `session-number-${random.below(24)}`;

/** Prices of the prepared venue lie around this many ticks. */
export const middleTicks = 1_000;

function oneOrder(random: Random): core.PlaceOrder {
  const type = random.pick([0, 0, 0, 0, 1, 2, 3, 4, 5, 6] as const);
  const isByQuote = type === 1 && random.chance(0.4);
  const side = random.below(2) as 0 | 1;
  const near = middleTicks + random.between(-20, 20) + (side === 0 ? -3 : 3);
  return {
    account: oneAccount(random),
    market: oneMarket(random),
    side,
    type,
    timeInForce: type === 0 ? random.pick([0, 0, 0, 1, 2, 3] as const) : 0,
    priceTicks: type === 1 ? 0 : random.chance(0.05) ? random.below(2 ** 31) : near,
    quantityLots: isByQuote ? 0 : random.between(1, random.pick([40, 40, 2 ** 31, 2 ** 52])),
    quoteUnits: isByQuote ? random.between(1, random.pick([500_000, 2 ** 40, 2 ** 53 - 2])) : 0,
    clientOrderId: random.chance(0.5) ? "" : oneName(random),
    ...(random.chance(0.8) ? {} : { selfTradeMode: random.below(5) as core.SelfTradeMode }),
    ...(random.chance(0.8) ? {} : { terms: oneTerms(random) }),
  };
}

function oneTerms(random: Random): core.OrderTerms {
  return {
    stopPriceTicks: random.chance(0.5) ? 0 : middleTicks + random.between(-20, 20),
    trailingDeltaBips: random.pick([0, 0, 10, 2_000]),
    icebergLots: random.pick([0, 0, 5, 2 ** 40]),
    expireAtMs: random.pick([0, 0, 1_700_000_060_000, 2 ** 53 - 1]),
    strategyId: random.pick([0, 7, 2 ** 53 - 1]),
    strategyType: random.pick([0, 1_000_000]),
  };
}

function readOrder(r: WordReader): core.PlaceOrder {
  const account = r.i32();
  const market = r.i32();
  const kind = r.i32();
  if (kind >>> core.kindBits !== 0) r.ok = false;
  const order = {
    account,
    market,
    side: core.kindSide(kind),
    type: core.kindType(kind),
    timeInForce: core.kindTimeInForce(kind),
    selfTradeMode: core.kindSelfTradeMode(kind),
    priceTicks: r.i32(),
    quantityLots: r.u53(),
    quoteUnits: r.u53(),
    clientOrderId: text(r),
  };
  return (kind & core.kindHasTerms) === 0 ? order : { ...order, terms: readTerms(r) };
}

function readTerms(r: WordReader): core.OrderTerms {
  return {
    stopPriceTicks: r.i32(),
    trailingDeltaBips: r.i32(),
    icebergLots: r.u53(),
    expireAtMs: r.u53(),
    strategyId: r.u53(),
    strategyType: r.i32(),
  };
}

function oneCancel(random: Random): core.CancelOrder {
  const byId = random.chance(0.7);
  return {
    account: oneAccount(random),
    market: oneMarket(random),
    orderId: byId ? random.between(0, 90) : 0,
    clientOrderId: byId ? "" : oneName(random),
    cancelClientOrderId: random.chance(0.5) ? "" : oneName(random),
  };
}

function readCancel(r: WordReader): core.CancelOrder {
  return {
    account: r.i32(),
    market: r.i32(),
    orderId: r.u53(),
    clientOrderId: text(r),
    cancelClientOrderId: text(r),
  };
}

function oneMarketRules(random: Random): core.MarketParameters {
  const base = oneAsset(random);
  return {
    symbol: `M${random.below(6)}`,
    baseAsset: base,
    quoteAsset: (base + 1 + random.below(assetCount - 1)) % assetCount,
    tickUnits: random.pick([1_000_000n, 1n, 700_000n, 10n ** 18n]),
    lotUnits: random.pick([1_000n, 100_000_000n, 500_000_000_000_000n]),
    priceTicksMin: random.pick([1, 10]),
    priceTicksMax: random.pick([4_000_000, 2 ** 31 - 1]),
    quantityLotsMin: random.pick([1, 2]),
    quantityLotsMax: random.pick([1_000_000_000, 2 ** 53 - 1]),
    marketQuantityLotsMax: random.pick([1_000, 1_000_000]),
    notionalMin: random.pick([0n, 20_000n]),
    makerFeePpm: random.pick([0, 1_000]),
    takerFeePpm: random.pick([0, 2_500, 100_000]),
    openOrdersMax: random.pick([1, 12, 1_000]),
  };
}

const oneTransfer = (random: Random): core.MoneyTransfer => ({
  account: oneAccount(random),
  asset: oneAsset(random),
  amount: random.pick([1n, 1_000n, 10n ** 12n, 2n ** 53n, 2n ** 62n, 0n, -1n]),
  network: oneName(random),
  address: oneName(random),
  reference: random.chance(0.4) ? "" : `r${random.below(40)}`,
  ...(random.chance(0.5) ? {} : { transferId: oneTransferId(random) }),
});
const readTransfer = (r: WordReader): core.MoneyTransfer => {
  const [account, asset, amount] = [r.i32(), r.i32(), r.i64()];
  const content = {
    account,
    asset,
    amount,
    network: text(r),
    address: text(r),
    reference: text(r),
  };
  if (r.at === r.end) return content;
  return { ...content, transferId: [r.i32(), r.i32(), r.i32(), r.i32()] };
};

const oneKey = (random: Random): core.CreateKey => {
  const kind = random.below(4) as core.KeyKind;
  return {
    account: kind === core.keyKind.administrator ? 0 : oneAccount(random),
    kind,
    permissions: random.below(8),
    name: `key-${random.below(30)}`,
    label: oneName(random),
    material: Uint8Array.from({ length: random.below(40) }, () => random.below(256)),
    allowedAddresses: random.pick(["", "203.0.113.7", "10.0.0.0/8,::1"]),
  };
};

function oneRules(random: Random): core.MarketRules {
  const isLoose = random.chance(0.5);
  return {
    bidDownPpm: isLoose ? 0 : 500_000,
    bidUpPpm: isLoose ? 0 : 2_000_000,
    askDownPpm: isLoose ? 0 : 500_000,
    askUpPpm: isLoose ? 0 : 2_000_000,
    notionalMax: random.pick([0n, 0n, 2n ** 62n]),
    algoOrdersMax: random.pick([0, 5, 1_000]),
    orderListsMax: random.pick([0, 5, 1_000]),
    icebergPartsMax: random.pick([0, 10, 100_000]),
    trailingAboveBipsMin: 1,
    trailingAboveBipsMax: 9_999,
    trailingBelowBipsMin: 1,
    trailingBelowBipsMax: 9_999,
    positionLotsMax: random.pick([0, 0, 2 ** 53 - 1]),
    selfTradeModeDefault: random.below(5) as core.SelfTradeMode,
    selfTradeModes: 31,
    bandPpm: random.pick([0, 0, 5_000]),
    bandWindowMs: random.pick([0, 1_000]),
    haltMs: random.pick([20, 1_000]),
    cancelOnlyMs: random.pick([0, 20]),
    auctionMs: random.pick([0, 20]),
  };
}

function oneAmendment(random: Random): core.AmendOrder {
  const byId = random.chance(0.7);
  return {
    account: oneAccount(random),
    market: oneMarket(random),
    orderId: byId ? random.between(1, 90) : 0,
    clientOrderId: byId ? "" : oneName(random),
    newQuantityLots: random.between(0, 30),
    newClientOrderId: random.chance(0.5) ? "" : oneName(random),
  };
}

/** A list whose orders mostly fit together. */
function oneList(random: Random): core.PlaceOrderList {
  const account = oneAccount(random);
  const market = oneMarket(random);
  const side = random.below(2) as 0 | 1;
  const lots = random.between(1, 40);
  const near = () => middleTicks + random.between(-15, 15);
  const leg = (type: core.OrderType, priceTicks: number, stopPriceTicks: number) => ({
    ...{ account, market, side, type, timeInForce: 0 as const, priceTicks, quantityLots: lots },
    ...{ quoteUnits: 0, clientOrderId: random.chance(0.7) ? "" : oneName(random) },
    ...(stopPriceTicks === 0 ? {} : { terms: { stopPriceTicks } }),
  });
  const away = side === 0 ? 1 : -1;
  const pair = [
    leg(random.pick([3, 4] as const), near(), middleTicks + 30 * away),
    leg(2, middleTicks - 30 * away, 0),
  ].map((order) => (order.type === 3 ? { ...order, priceTicks: 0 } : order));
  const contingency = random.below(3) as core.Contingency;
  const first = { ...leg(0, near(), 0), side: random.below(2) as 0 | 1 };
  const orders =
    contingency === 0 ? pair : contingency === 1 ? [first, pair[0]!] : [first, ...pair];
  const listClientOrderId = random.chance(0.6) ? "" : oneName(random);
  return { account, market, contingency, listClientOrderId, orders };
}

function readOrderList(r: WordReader): core.PlaceOrderList {
  const [account, market, contingency] = [r.i32(), r.i32(), r.i32() as core.Contingency];
  const listClientOrderId = text(r);
  const orders: core.PlaceOrder[] = [];
  while (r.ok && r.at < r.end) orders.push(readOrder(r));
  return { account, market, contingency, listClientOrderId, orders };
}

const oneTransferId = (random: Random) => [1, 2, 3, random.between(1, 60)] as const;

function oneTransferOrder(random: Random): core.TransferOrder {
  const head = {
    id: oneTransferId(random),
    ...(random.chance(0.5) ? {} : { code: random.word() >>> 0 }),
    ...(random.chance(0.8) ? {} : { linked: true }),
  };
  const amount = random.pick([1n, 1_000n, 10n ** 12n, 2n ** 53n, 0n]);
  const kind = random.below(4) as core.TransferKind;
  const hold = oneTransferId(random);
  if (kind === core.transferKind.post) return { ...head, kind, hold, amount };
  if (kind === core.transferKind.void) return { ...head, kind, hold };
  const from = oneAccount(random);
  const parties = { ...head, from, to: oneAccount(random), asset: oneAsset(random), amount };
  return kind === core.transferKind.hold
    ? { ...parties, kind, timeoutSeconds: random.pick([0, 0, 1, 2 ** 31 - 1]) }
    : { ...parties, kind };
}

function readTransferOrders(r: WordReader): core.TransferOrder[] {
  if (r.i32() !== r.end - r.at + 1 + core.commandHeaderWords) r.ok = false;
  const orders: core.TransferOrder[] = [];
  for (let count = r.i32(); count > 0 && r.ok; count--) orders.push(readTransferOrder(r));
  return orders;
}

function readTransferOrder(r: WordReader): core.TransferOrder {
  const kind = r.i32();
  const id = [r.i32(), r.i32(), r.i32(), r.i32()] as const;
  const four = [r.i32(), r.i32(), r.i32(), r.i32()] as const;
  const amount = r.i64();
  const head = { id, code: r.i32(), linked: kind >>> 8 === 1 };
  if (kind >>> 8 > 1) r.ok = false;
  const [from, to, asset, timeoutSeconds] = four;
  switch (kind & 0xff) {
    case core.transferKind.transfer:
      return { ...head, kind: core.transferKind.transfer, from, to, asset, amount };
    case core.transferKind.hold:
      return { ...head, kind: core.transferKind.hold, from, to, asset, amount, timeoutSeconds };
    case core.transferKind.post:
      return { ...head, kind: core.transferKind.post, hold: four, amount };
    default:
      return { ...head, kind: core.transferKind.void, hold: four };
  }
}

/** Exhaustive: a new type of command does not compile before it has its form here. */
const forms: Readonly<Record<CommandType, CommandForm>> = {
  [core.commandType.tick]: form(
    (w, origin, _content: null) =>
      core.endCommand(w, core.beginFrom(w, core.commandType.tick, origin)),
    () => null,
    () => null,
  ),
  [core.commandType.createAsset]: form(
    core.encodeCreateAsset,
    (random) => ({ code: `A${random.below(9)}`, decimals: random.below(19) }),
    (r) => ({ code: text(r), decimals: r.i32() }),
  ),
  [core.commandType.createMarket]: form(
    core.encodeCreateMarket,
    oneMarketRules,
    core.readMarketParameters,
  ),
  [core.commandType.setMarketState]: form(
    core.encodeSetMarketState,
    (random) => ({
      market: oneMarket(random),
      state: random.pick([0, 0, 0, 1, 2, 3, 4] as const),
      ...(random.chance(0.5) ? {} : { resumes: true }),
    }),
    (r) => {
      const content = { market: r.i32(), state: r.i32() as core.MarketState };
      if (r.at === r.end) return content;
      if (r.i32() !== 1) r.ok = false;
      return { ...content, resumes: true };
    },
  ),
  [core.commandType.setMarketRules]: form(
    core.encodeSetMarketRules,
    (random) => ({ market: oneMarket(random), rules: oneRules(random) }),
    (r) => ({ market: r.i32(), rules: core.readMarketRules(r) }),
  ),
  [core.commandType.setFeeTier]: form(
    core.encodeSetFeeTier,
    (random) => ({
      market: oneMarket(random),
      tier: random.between(0, 4),
      makerFeePpm: onePpm(random),
      takerFeePpm: onePpm(random),
    }),
    (r) => ({ market: r.i32(), tier: r.i32(), makerFeePpm: r.i32(), takerFeePpm: r.i32() }),
  ),
  [core.commandType.setAccountTier]: form(
    core.encodeSetAccountTier,
    (random) => ({ account: oneAccount(random), tier: random.between(0, 4) }),
    (r) => ({ account: r.i32(), tier: r.i32() }),
  ),
  [core.commandType.setRulesVersion]: form(
    core.encodeSetRulesVersion,
    (random) => ({ version: random.between(1, 2) }),
    (r) => ({ version: r.i32() }),
  ),
  [core.commandType.transfer]: form(
    core.encodeTransfers,
    (random) => Array.from({ length: random.between(1, 4) }, () => oneTransferOrder(random)),
    readTransferOrders,
  ),
  [core.commandType.amendOrder]: form(core.encodeAmendOrder, oneAmendment, (r) => ({
    account: r.i32(),
    market: r.i32(),
    orderId: r.u53(),
    clientOrderId: text(r),
    newQuantityLots: r.u53(),
    newClientOrderId: text(r),
  })),
  [core.commandType.placeOrderList]: form(core.encodePlaceOrderList, oneList, readOrderList),
  [core.commandType.cancelOrderList]: form(
    core.encodeCancelOrderList,
    (random) => ({
      account: oneAccount(random),
      market: oneMarket(random),
      listId: random.below(12),
      listClientOrderId: random.chance(0.7) ? "" : oneName(random),
      cancelClientOrderId: "",
    }),
    (r) => ({
      account: r.i32(),
      market: r.i32(),
      listId: r.u53(),
      listClientOrderId: text(r),
      cancelClientOrderId: text(r),
    }),
  ),
  [core.commandType.setMarketFees]: form(
    core.encodeSetMarketFees,
    (random) => ({
      market: oneMarket(random),
      makerFeePpm: onePpm(random),
      takerFeePpm: onePpm(random),
    }),
    (r) => ({ market: r.i32(), makerFeePpm: r.i32(), takerFeePpm: r.i32() }),
  ),
  [core.commandType.createAccount]: form(
    core.encodeCreateAccount,
    (random) => ({ label: oneName(random) }),
    (r) => ({ label: text(r) }),
  ),
  [core.commandType.setAccountFlags]: form(
    core.encodeSetAccountFlags,
    (random) => ({ account: oneAccount(random), flags: random.pick([0, 0, 0, 1, 2, 4, 8, 16]) }),
    (r) => ({ account: r.i32(), flags: r.i32() }),
  ),
  [core.commandType.setAccountFees]: form(
    core.encodeSetAccountFees,
    (random) => ({
      account: oneAccount(random),
      makerFeePpm: onePpm(random),
      takerFeePpm: onePpm(random),
    }),
    (r) => ({ account: r.i32(), makerFeePpm: r.i32(), takerFeePpm: r.i32() }),
  ),
  [core.commandType.createKey]: form(core.encodeCreateKey, oneKey, (r) => ({
    account: r.i32(),
    kind: r.i32() as core.KeyKind,
    permissions: r.i32(),
    name: text(r),
    label: text(r),
    material: r.bytes(),
    allowedAddresses: text(r),
  })),
  [core.commandType.revokeKey]: form(
    core.encodeRevokeKey,
    (random) => ({ name: `key-${random.below(30)}` }),
    (r) => ({ name: text(r) }),
  ),
  [core.commandType.deposit]: form(core.encodeDeposit, oneTransfer, readTransfer),
  [core.commandType.withdraw]: form(core.encodeWithdraw, oneTransfer, readTransfer),
  [core.commandType.placeOrder]: form(core.encodePlaceOrder, oneOrder, readOrder),
  [core.commandType.cancelOrder]: form(core.encodeCancelOrder, oneCancel, readCancel),
  [core.commandType.cancelAll]: form(
    core.encodeCancelAll,
    (random) => ({ account: oneAccount(random), market: random.between(-1, marketCount) }),
    (r) => ({ account: r.i32(), market: r.i32() }),
  ),
  [core.commandType.setPerson]: form(
    core.encodeSetPerson,
    (random) => ({
      name: onePerson(random),
      revision: random.pick([0, 0, 1, 2, 2 ** 53 - 1]),
      role: random.pick([0, 0, 1, -1] as const),
      account: random.chance(0.3) ? 0 : oneAccount(random),
      password: new Uint8Array(random.pick([0, 97, 512, 513])).fill(65),
      secondFactor: new Uint8Array(random.pick([0, 49])).fill(1),
      keepSession: random.chance(0.5) ? "" : oneSession(random),
    }),
    (r) => ({
      name: text(r),
      revision: r.u53(),
      role: r.i32() as core.PersonRole | -1,
      account: r.i32(),
      password: r.bytes(),
      secondFactor: r.bytes(),
      keepSession: text(r),
    }),
  ),
  [core.commandType.setSession]: form(
    core.encodeSetSession,
    (random) => ({
      person: onePerson(random),
      revision: random.pick([1, 1, 1, 2, 3]),
      id: oneSession(random),
      expiresAtMs: random.pick([0, 1_700_000_060_000, 2 ** 53 - 1]),
      elevatedUntilMs: random.pick([0, 1_700_000_060_000]),
      factorStep: random.pick([0, 0, random.below(9)]),
      address: random.pick(["", "203.0.113.7"]),
      agent: oneName(random),
    }),
    (r) => ({
      person: text(r),
      revision: r.u53(),
      id: text(r),
      expiresAtMs: r.u53(),
      elevatedUntilMs: r.u53(),
      factorStep: r.u53(),
      address: text(r),
      agent: text(r),
    }),
  ),
  [core.commandType.cancelReplace]: form(
    core.encodeCancelReplace,
    (random) => ({
      allowFailure: random.chance(0.5),
      cancel: oneCancel(random),
      order: oneOrder(random),
    }),
    (r) => {
      const allowed = r.i32();
      if (allowed !== 0 && allowed !== 1) r.ok = false;
      return { allowFailure: allowed === 1, cancel: readCancel(r), order: readOrder(r) };
    },
  ),
  [core.commandType.reduceOrder]: form(
    core.encodeReduceOrder,
    (random) => ({
      account: oneAccount(random),
      market: oneMarket(random),
      orderId: random.between(1, 90),
      byLots: random.between(0, 9),
    }),
    (r) => ({ account: r.i32(), market: r.i32(), orderId: r.u53(), byLots: r.u53() }),
  ),
};

export function commandForm(type: number): CommandForm {
  return forms[type as CommandType];
}

const types = Object.values(core.commandType);
const orderTypes = types.filter((type) => type >= core.commandType.placeOrder);
const time = 0x18f_0000;

function oneOrigin(random: Random): Origin {
  const requestId = [time, 0x7000 + random.below(4), -2, random.below(60)] as const;
  return random.chance(0.6) ? {} : { requestId, retry: random.chance(0.3) };
}

/** A command as its encoder writes it, half of them orders'. */
export function oneCommand(random: Random): (w: WordWriter) => void {
  const type = random.pick(random.chance(0.5) ? orderTypes : types);
  const write = forms[type].specimen(random);
  const origin = oneOrigin(random);
  return (w) => write(w, origin);
}

/** Any type with a body of small words. */
export function oneStrangeCommand(random: Random): (w: WordWriter) => void {
  const type = random.pick(types);
  const body = Array.from({ length: random.below(24) }, () => random.below(40));
  const isLong = random.chance(0.3);
  return (w) => {
    const start = core.beginFrom(w, type, {});
    if (isLong) w.i32(core.commandHeaderWords + 1 + body.length);
    for (const word of body) w.i32(word);
    if (!isLong) core.endCommand(w, start);
  };
}
