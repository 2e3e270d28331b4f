import type { VenueEvent } from "@halcyon/core";

/** An event as one line of text: what the reference writes, and what the venue's events are compared as. */
export function eventLine(event: VenueEvent): string {
  switch (event.type) {
    case "refused":
      return `refused ${event.code} stage ${event.stage} type ${event.commandType}`;
    case "orderAccepted":
      return (
        `accepted #${event.orderId} account ${event.account} market ${event.market} ` +
        `side ${event.side} type ${event.orderType} tif ${event.timeInForce} ` +
        `${event.quantityLots} @ ${event.priceTicks} quote ${event.quoteUnits} id "${event.clientOrderId}"`
      );
    case "fill":
      return (
        `fill ${event.market}/${event.tradeId} side ${event.takerSide} ` +
        `${event.quantityLots} @ ${event.priceTicks} = ${event.quoteUnits} ` +
        `taker #${event.takerOrderId} of ${event.takerAccount} fee ${event.takerFee} left ${event.takerRemainingLots} ` +
        `maker #${event.makerOrderId} of ${event.makerAccount} fee ${event.makerFee} left ${event.makerRemainingLots}`
      );
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
      return `market ${event.market} state ${event.state}`;
    case "marketFeesChanged":
      return `market ${event.market} fees ${event.makerFeePpm} ${event.takerFeePpm}`;
    case "accountCreated":
      return `account ${event.account} "${event.label}"`;
    case "accountFlagsChanged":
      return `account ${event.account} flags ${event.flags}`;
    case "accountFeesChanged":
      return `account ${event.account} fees ${event.makerFeePpm} ${event.takerFeePpm}`;
    default:
      return event.type;
  }
}
