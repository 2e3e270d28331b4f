import {
  type Asset,
  accountFlag,
  commandType,
  encodeWithdraw,
  type VenueEvent,
} from "@halcyon/core";
import { formatPpm, formatUnits, parseDecimal } from "../../decimal.ts";
import { transferIdOfReference } from "../../transfer-id.ts";
import type { Transfer } from "../../views/records.ts";
import {
  type DialectError,
  dialectError,
  invalidParameter,
  refusalErrors,
  tooPrecise,
} from "../errors.ts";
import { answer, type Caller, type GatewayContext, type Method, refuse } from "../method.ts";
import { answerNotApplied } from "../outcome.ts";
import { type Params, param, required } from "../params.ts";
import { eventsOf } from "../placed.ts";

export const systemStatus: Method = {
  name: "system.status",
  rest: [{ verb: "GET", path: "/sapi/v1/system/status" }],
  ws: null,
  security: "none",
  weight: 1,
  params: {},
  handle: () => answer({ status: 0, msg: "normal" }),
};

export const coins: Method = {
  name: "capital.config.getall",
  rest: [{ verb: "GET", path: "/sapi/v1/capital/config/getall" }],
  ws: null,
  security: "read",
  weight: 10,
  params: {},
  handle(gateway, caller) {
    const { assets } = gateway.replica.venue;
    return answer(assets.all().map((asset) => coinObject(gateway, caller, asset)));
  },
};

function coinObject(gateway: GatewayContext, caller: Caller, asset: Asset): object {
  const { venue } = gateway.replica;
  const { code, decimals } = asset;
  const flags = venue.accounts.flags(caller.account);
  const depositEnable = (flags & accountFlag.noDeposits) === 0;
  const withdrawEnable = (flags & accountFlag.noWithdrawals) === 0;
  const zero = formatUnits(0, decimals);
  const unit = formatUnits(1, decimals);
  return {
    coin: code,
    depositAllEnable: depositEnable,
    withdrawAllEnable: withdrawEnable,
    name: code,
    free: formatUnits(venue.available(caller.account, asset.id), decimals),
    locked: formatUnits(venue.held(caller.account, asset.id), decimals),
    freeze: zero,
    withdrawing: zero,
    ipoing: zero,
    ipoable: zero,
    storage: zero,
    isLegalMoney: false,
    trading: true,
    networkList: [
      {
        network: gateway.config.network,
        coin: code,
        name: gateway.config.network,
        isDefault: true,
        depositEnable,
        withdrawEnable,
        depositDesc: "",
        withdrawDesc: "",
        specialTips: "",
        resetAddressStatus: false,
        addressRegex: addressPattern.source,
        memoRegex: "",
        withdrawFee: zero,
        withdrawMin: unit,
        withdrawMax: formatUnits(amountMax, decimals),
        withdrawIntegerMultiple: unit,
        minConfirm: 1,
        unLockConfirm: 0,
        sameAddress: false,
        estimatedArrivalTime: 0,
        busy: false,
      },
    ],
  };
}

const amountMax = 0x7fff_ffff_ffff_ffffn;
const addressPattern = /^[!-~]{1,200}$/;

export const depositAddress: Method = {
  name: "capital.deposit.address",
  rest: [{ verb: "GET", path: "/sapi/v1/capital/deposit/address" }],
  ws: null,
  security: "read",
  weight: 10,
  params: { coin: required(param.asset), network: param.text, amount: param.decimal },
  handle(gateway, caller, params) {
    const asset = gateway.replica.venue.assets.byCode(params.required("coin"));
    if (asset === undefined) return refuse(dialectError.invalidAsset);
    if (!isKnownNetwork(gateway, params)) return refuse(invalidParameter("network"));
    // What a payer writes down, for the operators to post the deposit by.
    return answer({
      coin: asset.code,
      address: `${gateway.config.network}-${caller.account}`,
      tag: "",
      url: "",
    });
  },
};

function isKnownNetwork(gateway: GatewayContext, params: Params): boolean {
  const network = params.text("network");
  return network === undefined || network === gateway.config.network;
}

const historyParams = {
  coin: param.asset,
  status: param.integer,
  offset: param.integer,
  limit: param.integer,
  startTime: param.integer,
  endTime: param.integer,
} as const;
const historyMax = 1_000;
const statusOfDone = { deposited: 1, withdrawn: 6 } as const;

function readHistory(
  gateway: GatewayContext,
  caller: Caller,
  params: Params,
  type: Transfer["type"],
): readonly Transfer[] | DialectError {
  const coin = params.text("coin");
  const asset = coin === undefined ? undefined : gateway.replica.venue.assets.byCode(coin);
  if (coin !== undefined && asset === undefined) return dialectError.invalidAsset;
  const status = params.integer("status");
  // Transfers are postings: each is done as soon as it is known.
  if (status !== undefined && status !== statusOfDone[type]) return [];
  const limit = params.integer("limit") ?? historyMax;
  if (limit === 0) return invalidParameter("limit");
  return gateway.views.transfers.ofAccount(caller.account, {
    type,
    asset: asset?.id,
    startTimeMs: params.integer("startTime"),
    endTimeMs: params.integer("endTime"),
    offset: params.integer("offset"),
    limit: Math.min(limit, historyMax),
  });
}

export const depositHistory: Method = {
  name: "capital.deposit.hisrec",
  rest: [{ verb: "GET", path: "/sapi/v1/capital/deposit/hisrec" }],
  ws: null,
  security: "read",
  weight: 1,
  params: { ...historyParams, txId: param.text, includeSource: param.flag },
  handle(gateway, caller, params) {
    const found = readHistory(gateway, caller, params, "deposited");
    if ("code" in found) return refuse(found);
    const txId = params.text("txId");
    const rows = found.filter((transfer) => txId === undefined || transfer.reference === txId);
    return answer(
      rows.map((transfer) => ({
        id: String(transfer.transferId),
        amount: amountText(gateway, transfer),
        coin: codeOf(gateway, transfer),
        network: transfer.network,
        status: statusOfDone.deposited,
        address: transfer.address,
        addressTag: "",
        txId: transfer.reference,
        insertTime: transfer.timeMs,
        completeTime: transfer.timeMs,
        transferType: 0,
        confirmTimes: "1/1",
        unlockConfirm: 0,
        walletType: 0,
      })),
    );
  },
};

export const withdrawHistory: Method = {
  name: "capital.withdraw.history",
  rest: [{ verb: "GET", path: "/sapi/v1/capital/withdraw/history" }],
  ws: null,
  security: "read",
  weight: 10,
  params: { ...historyParams, withdrawOrderId: param.text, idList: param.text },
  handle(gateway, caller, params) {
    const found = readHistory(gateway, caller, params, "withdrawn");
    if ("code" in found) return refuse(found);
    const reference = params.text("withdrawOrderId");
    const ids = params.text("idList")?.split(",");
    const rows = found.filter(
      (transfer) =>
        (reference === undefined || transfer.reference === reference) &&
        (ids === undefined || ids.includes(String(transfer.transferId))),
    );
    return answer(
      rows.map((transfer) => ({
        id: String(transfer.transferId),
        amount: amountText(gateway, transfer),
        transactionFee: "0",
        coin: codeOf(gateway, transfer),
        status: statusOfDone.withdrawn,
        address: transfer.address,
        txId: String(transfer.transferId),
        applyTime: wallClockText(transfer.timeMs),
        network: transfer.network,
        transferType: 0,
        withdrawOrderId: transfer.reference,
        info: "",
        confirmNo: 1,
        walletType: 0,
        txKey: "",
        completeTime: wallClockText(transfer.timeMs),
      })),
    );
  },
};

/** `2026-11-21 03:46:00`, UTC. */
function wallClockText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace("T", " ");
}

function amountText(gateway: GatewayContext, transfer: Transfer): string {
  const asset = gateway.replica.venue.assets.get(transfer.asset)!;
  return formatUnits(transfer.amountUnits, asset.decimals);
}

function codeOf(gateway: GatewayContext, transfer: Transfer): string {
  return gateway.replica.venue.assets.get(transfer.asset)!.code;
}

export const withdraw: Method = {
  name: "capital.withdraw.apply",
  rest: [{ verb: "POST", path: "/sapi/v1/capital/withdraw/apply" }],
  ws: null,
  security: "withdraw",
  weight: 10,
  params: {
    coin: required(param.asset),
    address: required(param.text),
    amount: required(param.decimal),
    network: param.text,
    addressTag: param.text,
    withdrawOrderId: param.clientOrderId,
    name: param.text,
    transactionFeeFlag: param.flag,
    walletType: param.integer,
  },
  async handle(gateway, caller, params) {
    const asset = gateway.replica.venue.assets.byCode(params.required("coin"));
    if (asset === undefined) return refuse(dialectError.invalidAsset);
    if (!isKnownNetwork(gateway, params)) return refuse(invalidParameter("network"));
    const address = params.required("address");
    if (!addressPattern.test(address)) return refuse(invalidParameter("address"));
    const amount = parseDecimal(params.required("amount"), asset.decimals);
    if (amount === null) return refuse(tooPrecise("amount"));
    if (amount === 0n || amount > amountMax) return refuse(invalidParameter("amount"));
    const tag = params.text("addressTag");
    if (tag !== undefined && tag.length > addressTagMax)
      return refuse(invalidParameter("addressTag"));
    const { account } = caller;
    const reference = params.text("withdrawOrderId") ?? "";
    const transferId = transferIdOfReference("withdrawal", account, reference);
    const outcome = await gateway.replica.submit("normal", (writer) =>
      encodeWithdraw(writer, caller, {
        account,
        asset: asset.id,
        amount,
        network: gateway.config.network,
        address: tag === undefined ? address : `${address}:${tag}`,
        reference,
        ...(transferId === undefined ? {} : { transferId }),
      }),
    );
    if (outcome.kind !== "applied") return answerNotApplied(outcome);
    const [event] = eventsOf(outcome);
    if (outcome.repeated && !isWithdrawal(event, asset.id, amount)) {
      return refuse(dialectError.idempotencyKeyReused);
    }
    if (event?.type === "withdrawn") return answer({ id: String(event.transferId) });
    if (event?.type !== "refused") throw new Error("a withdrawal was neither made nor refused");
    return refuse(withdrawRefusal(event.code));
  },
};

const addressTagMax = 50;

/** Whether a repeated outcome is that of this withdrawal, or of one that was refused. */
function isWithdrawal(event: VenueEvent | undefined, asset: number, amount: bigint): boolean {
  if (event?.type === "refused") return event.commandType === commandType.withdraw;
  return event?.type === "withdrawn" && event.asset === asset && event.amount === amount;
}

function withdrawRefusal(code: keyof typeof refusalErrors): DialectError {
  const error = refusalErrors[code];
  return error === dialectError.insufficientBalance ? dialectError.withdrawBalance : error;
}

export const tradeFee: Method = {
  name: "asset.tradeFee",
  rest: [{ verb: "GET", path: "/sapi/v1/asset/tradeFee" }],
  ws: null,
  security: "read",
  weight: 1,
  params: { symbol: param.symbol },
  handle(gateway, caller, params) {
    const { venue } = gateway.replica;
    const symbol = params.text("symbol");
    const chosen = symbol === undefined ? venue.markets.all() : [venue.markets.bySymbol(symbol)];
    if (chosen[0] === undefined && symbol !== undefined) return refuse(dialectError.invalidSymbol);
    return answer(
      chosen.map((market) => {
        const fees = venue.effectiveFees(caller.account, market!.id);
        return {
          symbol: market!.symbol,
          makerCommission: formatPpm(fees.makerFeePpm),
          takerCommission: formatPpm(fees.takerFeePpm),
        };
      }),
    );
  },
};
