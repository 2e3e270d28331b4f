import type { AcceptedTerms, OrderAcceptedEvent, VenueEvent } from "@halcyon/core";

type Event<T extends VenueEvent["type"]> = Extract<VenueEvent, { type: T }>;

/** An event as one line of text: what the reference writes, and what the venue's events are compared as. */
export function eventLine(event: VenueEvent): string {
  switch (event.type) {
    case "refused":
      return `refused ${event.code} stage ${event.stage} type ${event.commandType}`;
    case "orderAccepted":
      return acceptedLine(event);
    case "fill":
      return fillLine(event);
    case "orderClosed":
      return (
        `closed #${event.orderId} account ${event.account} market ${event.market} side ${event.side} ` +
        `type ${event.orderType} @ ${event.priceTicks} reason ${event.reason} left ${event.remainingLots} ` +
        `resting ${event.wasResting} by "${event.cancelClientOrderId}"`
      );
    case "orderReduced":
      return (
        `reduced #${event.orderId} account ${event.account} market ${event.market} side ${event.side} ` +
        `@ ${event.priceTicks} by ${event.byLots} left ${event.remainingLots}`
      );
    case "deposited":
    case "withdrawn":
      return (
        `${event.type} ${event.transferId} account ${event.account} asset ${event.asset} ` +
        `${event.amount} "${event.network}" "${event.address}" "${event.reference}"`
      );
    default:
      return newerOrderLine(event);
  }
}

const noTerms: AcceptedTerms = {
  stopPriceTicks: 0,
  trailingDeltaBips: 0,
  icebergLots: 0,
  expireAtMs: 0,
  strategyId: 0,
  strategyType: 0,
  listId: 0,
  isPending: false,
};

function acceptedLine(event: OrderAcceptedEvent): string {
  const t = event.terms ?? noTerms;
  return (
    `accepted #${event.orderId} account ${event.account} market ${event.market} ` +
    `side ${event.side} type ${event.orderType} tif ${event.timeInForce} ` +
    `${event.quantityLots} @ ${event.priceTicks} quote ${event.quoteUnits} mode ${event.selfTradeMode} ` +
    `stop ${t.stopPriceTicks} trailing ${t.trailingDeltaBips} iceberg ${t.icebergLots} ` +
    `until ${t.expireAtMs} strategy ${t.strategyId}/${t.strategyType} list ${t.listId} ` +
    `pending ${t.isPending} id "${event.clientOrderId}"`
  );
}

function fillLine(event: Event<"fill">): string {
  const { auction } = event;
  const prices =
    auction === null ? "" : ` auction ${auction.takerPriceTicks} ${auction.makerPriceTicks}`;
  return (
    `fill ${event.market}/${event.tradeId} side ${event.takerSide} ` +
    `${event.quantityLots} @ ${event.priceTicks} = ${event.quoteUnits} ` +
    `taker #${event.takerOrderId} of ${event.takerAccount} fee ${event.takerFee} left ${event.takerRemainingLots} ` +
    `maker #${event.makerOrderId} of ${event.makerAccount} fee ${event.makerFee} left ${event.makerRemainingLots}` +
    prices
  );
}

function newerOrderLine(event: VenueEvent): string {
  switch (event.type) {
    case "orderActivated":
      return (
        `activated #${event.orderId} account ${event.account} market ${event.market} ` +
        `side ${event.side} type ${event.orderType} @ ${event.priceTicks} how ${event.activation}`
      );
    case "tradePrevented":
      return (
        `prevented ${event.market}/${event.preventedMatchId} of ${event.account} mode ${event.mode} ` +
        `@ ${event.priceTicks} side ${event.takerSide} ` +
        `taker #${event.takerOrderId} loses ${event.takerPreventedLots} ` +
        `maker #${event.makerOrderId} loses ${event.makerPreventedLots}`
      );
    case "orderAmended":
      return (
        `amended #${event.orderId} account ${event.account} market ${event.market} side ${event.side} ` +
        `@ ${event.priceTicks} from ${event.oldQuantityLots} to ${event.newQuantityLots} ` +
        `left ${event.remainingLots} id "${event.clientOrderId}" to "${event.newClientOrderId}"`
      );
    case "listOpened":
      return (
        `list ${event.listId} of ${event.account} market ${event.market} ` +
        `contingency ${event.contingency} opened with ${event.orderIds.map((id) => `#${id}`).join(" ")} ` +
        `id "${event.listClientOrderId}"`
      );
    case "listClosed":
      return (
        `list ${event.listId} of ${event.account} market ${event.market} ` +
        `closed by "${event.cancelClientOrderId}"`
      );
    case "transferred":
      return (
        `transferred ${event.movement} repeated ${event.repeated} index ${event.index} ` +
        `id ${event.id.join(" ")} number ${event.number} from ${event.from} to ${event.to} ` +
        `asset ${event.asset} amount ${event.amount} released ${event.released} code ${event.code} ` +
        `until ${event.expiresAtMs} hold ${event.holdNumber}`
      );
    case "transferRefused":
      return (
        `transfer refused ${event.kind} index ${event.index} id ${event.id.join(" ")} ${event.code} ` +
        `failure ${event.failure}`
      );
    default:
      return rareLine(event);
  }
}

function rareLine(event: VenueEvent): string {
  switch (event.type) {
    case "assetCreated":
      return `asset ${event.asset} ${event.code} ${event.decimals}`;
    case "marketCreated":
      return `market ${event.market} ${event.parameters.symbol}`;
    case "marketStateChanged":
      return `market ${event.market} state ${event.state} cause ${event.cause} until ${event.untilMs}`;
    case "marketRulesChanged":
      return `market ${event.market} rules ${Object.values(event.rules).join(" ")}`;
    case "rulesVersionChanged":
      return `rules ${event.version}`;
    case "marketFeesChanged":
      return `market ${event.market} fees ${event.makerFeePpm} ${event.takerFeePpm}`;
    case "accountCreated":
      return `account ${event.account} "${event.label}"`;
    case "accountFlagsChanged":
      return `account ${event.account} flags ${event.flags}`;
    case "feeTierChanged":
      return `market ${event.market} tier ${event.tier} fees ${event.makerFeePpm} ${event.takerFeePpm}`;
    case "accountTierChanged":
      return `account ${event.account} tier ${event.tier}`;
    case "accountFeesChanged":
      return `account ${event.account} fees ${event.makerFeePpm} ${event.takerFeePpm}`;
    default:
      return event.type;
  }
}
