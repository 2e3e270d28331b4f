import { exactLimit } from "../money/amount.ts";
import { holdField } from "../money/holds.ts";
import { feeAccount } from "../money/ledger.ts";
import { transferState } from "../money/transfer-ids.ts";
import { refusal } from "../refusal.ts";
import { feeTiersMax, isOwnFeePpm } from "../registry/markets.ts";
import type { VenueState } from "../venue.ts";

/** Scratch: the id of the row that is looked at. */
const id = new Int32Array(4);
const refusals = new Set<number>(Object.values(refusal));

/** What must hold of restored transfer ids, holds and fee tiers. Throws otherwise. */
export function checkTransfers(state: VenueState): void {
  for (let row = 1; row <= state.transferIds.count; row++) {
    if (!isSoundId(state, row)) throw new Error(`transfer id ${row} cannot have been used`);
  }
  for (let hold = 1; hold <= state.holds.rows.count; hold++) {
    if (!isSoundHold(state, hold)) throw new Error(`hold ${hold} cannot have been made`);
  }
  for (const { symbol, tierFees } of state.markets.all()) {
    const isSound = tierFees[0] === -1 && tierFees[1] === -1 && tierFees.every(isOwnFeePpm);
    if (!isSound) throw new Error(`market ${symbol} has fee tiers that cannot be set`);
  }
  for (let account = 0; account < state.accounts.count; account++) {
    const tier = state.accounts.tier(account);
    if (tier < 0 || tier > feeTiersMax) throw new Error(`account ${account} is in no tier`);
  }
}

function isSoundId({ transferIds: ids, holds }: VenueState, row: number): boolean {
  for (let word = 0; word < 4; word++) id[word] = ids.word(row, word);
  // Its own row is the only one with this id, and an id of zeros is none.
  if (ids.find(id, 0) !== row || (id[0]! | id[1]! | id[2]! | id[3]!) === 0) return false;
  const number = ids.number(row);
  const low = ids.detailLow(row);
  const high = ids.detailHigh(row);
  switch (ids.state(row)) {
    case transferState.failed:
      return number === 0 && refusals.has(low) && high === 0;
    case transferState.done:
      return number >= 1 && number <= ids.lastNumber && high >= 0;
    case transferState.holdOpen:
    case transferState.holdPosted:
    case transferState.holdVoided:
    case transferState.holdExpired: {
      const isItsHold =
        low >= 1 && low <= holds.rows.count && holds.rows.get(low, holdField.idRow) === row;
      return number >= 1 && number <= ids.lastNumber && high === 0 && isItsHold;
    }
    default:
      return false;
  }
}

function isSoundHold(state: VenueState, hold: number): boolean {
  const { accounts, assets, holds, transferIds: ids, ledger } = state;
  const from = holds.rows.get(hold, holdField.from);
  const to = holds.rows.get(hold, holdField.to);
  const asset = holds.rows.get(hold, holdField.asset);
  const idRow = holds.rows.get(hold, holdField.idRow);
  return (
    [from, to].every((account) => account >= feeAccount && accounts.exists(account)) &&
    from !== to &&
    assets.get(asset) !== undefined &&
    ledger.find(from, asset) !== 0 &&
    holds.amount(hold) > 0n &&
    holds.expiresAtMs(hold) >= 0 &&
    holds.expiresAtMs(hold) < exactLimit &&
    idRow >= 1 &&
    idRow <= ids.count &&
    ids.state(idRow) >= transferState.holdOpen &&
    ids.detailLow(idRow) === hold
  );
}
