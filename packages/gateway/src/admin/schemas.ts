import { accountFlag, feeTiersMax, keyKind, keyPermission } from "@halcyon/core";
import { z } from "zod";

/**
 * The one description of every value of the admin API: what validates it, what types it, and what
 * openapi.json says about it. Amounts, prices and rates are decimal strings: JSON numbers would
 * pass through floating point in most clients.
 */
export const decimalText = z
  .string()
  .regex(
    /^(0|[1-9]\d{0,18})(\.\d{1,18})?$/,
    'must be a decimal number in plain digits, such as "0.01"',
  )
  .meta({
    description: "An exact decimal number: digits, at most one point, no sign, no exponent.",
  });

export const example = <T extends z.ZodType>(
  schema: T,
  description: string,
  value: z.input<T>,
): T => schema.meta({ description, examples: [value] });

const plainText = (lengthMax: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[^\\p{Cc}\\p{Cs}]{0,${lengthMax}}$`, "u"),
      `must be at most ${lengthMax} characters, without control characters`,
    );

export const assetCode = example(
  z.string().regex(/^[A-Z0-9]{1,20}$/, "must be 1 to 20 of A-Z and 0-9"),
  "Code of an asset.",
  "BTC",
);
export const marketSymbol = example(
  z.string().regex(/^[A-Z0-9]{1,40}$/, "must be 1 to 40 of A-Z and 0-9"),
  "Symbol of a market.",
  "BTCUSDT",
);
export const keyName = example(
  z.string().regex(/^[A-Za-z0-9_-]{1,128}$/, "must be 1 to 128 letters, digits, _ or -"),
  "Name of a key, as in X-MBX-APIKEY.",
  "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
);
export const accountId = example(
  z.int().min(0).max(0x7fff_ffff),
  "Number of an account: 0 is the world outside, 1 earns the fees, customers follow.",
  2,
);
/** At most 200 bytes, the core's limit, whatever the characters. */
const label = example(plainText(50), "What people call it; the venue does not read it.", "Alice");
export const timeText = example(
  z.iso.datetime(),
  "A moment of the log's time, in UTC.",
  "2026-01-31T12:00:00.000Z",
);
export const amount = example(decimalText, "An amount in whole units of the asset.", "1.50000000");
export const fee = example(
  decimalText,
  "Part of what a side receives, from 0 to 0.1, at most 6 decimals.",
  "0.001",
);

export const asset = z
  .strictObject({
    id: example(z.int().min(0), "Number of the asset.", 0),
    code: assetCode,
    decimals: example(
      z.int().min(0).max(18),
      "Digits after the point. The largest balance is 9223372036854775807 of the smallest unit.",
      8,
    ),
  })
  .meta({ id: "Asset", description: "Something that accounts hold amounts of." });
export const newAsset = asset
  .pick({ code: true, decimals: true })
  .meta({ id: "NewAsset", description: "An asset to create." });

export const marketStateName = example(
  z.enum(["trading", "halt", "cancel-only", "post-only", "auction"]),
  "trading: all is accepted; post-only: limit makers; auction: limit orders gather unmatched; cancel-only and halt: nothing new. Orders can always be cancelled.",
  "trading",
);

export const newMarket = z
  .strictObject({
    symbol: marketSymbol,
    baseAsset: example(assetCode, "What is bought and sold.", "BTC"),
    quoteAsset: example(assetCode, "What it is paid in.", "USDT"),
    tickSize: example(decimalText, "Step between prices.", "0.01"),
    lotSize: example(decimalText, "Step between quantities.", "0.00001"),
    minPrice: example(decimalText, "Lowest price, a whole number of ticks.", "0.01"),
    maxPrice: example(decimalText, "Highest price, a whole number of ticks.", "1000000"),
    minQuantity: example(decimalText, "Smallest quantity, a whole number of lots.", "0.00001"),
    maxQuantity: example(decimalText, "Largest quantity, a whole number of lots.", "9000"),
    maxMarketQuantity: example(decimalText, "Largest quantity of a market order.", "100"),
    minNotional: example(decimalText, "Smallest price times quantity, in quote units.", "5"),
    makerFee: fee,
    takerFee: fee,
    maxOpenOrders: example(
      z.int().min(1).max(10_000).default(200),
      "Open orders that one account may have in this market.",
      200,
    ),
  })
  .meta({
    id: "NewMarket",
    description:
      "A market to create. One tick times one lot must be a whole number of the quote asset's smallest unit, so that no fill is ever rounded.",
  });
export const market = z
  .strictObject({
    id: example(z.int().min(0), "Number of the market.", 0),
    state: marketStateName,
    ...newMarket.shape,
    maxOpenOrders: z.int(),
  })
  .meta({ id: "Market", description: "A market with its limits and fees." });
export const marketStateChange = z
  .strictObject({
    state: marketStateName,
    resumes: example(
      z.boolean().default(false),
      "For halt, cancel-only and auction: only for as long as the market's rules say, then on by itself to trading.",
      false,
    ),
  })
  .meta({ id: "MarketStateChange", description: "The state a market shall have." });
export const marketStateChanged = z
  .strictObject({
    symbol: marketSymbol,
    state: marketStateName,
    until: example(z.nullable(timeText), "When it goes on by itself; null: it stays.", null),
  })
  .meta({ id: "MarketStateChanged", description: "The state a market has now." });
export const fees = z
  .strictObject({ makerFee: fee, takerFee: fee })
  .meta({ id: "Fees", description: "The fees of a market." });
export const marketFees = z
  .strictObject({ symbol: marketSymbol, ...fees.shape })
  .meta({ id: "MarketFees", description: "The fees a market has now." });

export const accountFlagBits = accountFlag;
export const accountFlags = z
  .strictObject({
    noTrading: example(z.boolean(), "Orders are refused.", false),
    noWithdrawals: example(z.boolean(), "Withdrawals are refused.", false),
    noDeposits: example(z.boolean(), "Deposits are refused.", false),
    frozen: example(
      z.boolean(),
      "No orders, and no money in or out. Freezing cancels the open orders.",
      false,
    ),
    mayOverdraw: example(
      z.boolean(),
      "Transfers and withdrawals may take its balances below zero; orders may not.",
      false,
    ),
  })
  .meta({
    id: "AccountFlags",
    description: "What an account may not do, or may. All five are needed.",
  });
const ownFee = example(
  z.nullable(decimalText),
  "The account's own fee in every market; null: the market's.",
  null,
);
export const accountFees = z
  .strictObject({ makerFee: ownFee, takerFee: ownFee })
  .meta({ id: "AccountFees", description: "An account's own fees." });

export const accountTierNumber = example(
  z.int().min(0).max(feeTiersMax),
  "Fee tier: what it pays in markets that have fees for it; 0: none.",
  0,
);
export const accountTier = z
  .strictObject({ tier: accountTierNumber })
  .meta({ id: "AccountTier", description: "The fee tier an account shall be in." });
export const accountTierChanged = z
  .strictObject({ account: accountId, tier: accountTierNumber })
  .meta({ id: "AccountTierChanged", description: "The fee tier an account is in now." });

export const newAccount = z
  .strictObject({ label })
  .meta({ id: "NewAccount", description: "An account to create." });
export const account = z
  .strictObject({
    id: accountId,
    label,
    flags: accountFlags,
    fees: accountFees,
    tier: accountTierNumber,
    openOrders: example(z.int(), "Open orders in all markets.", 0),
  })
  .meta({ id: "Account", description: "An account without its balances." });
export const accountWithBalances = z
  .strictObject({
    ...account.shape,
    balances: z.array(
      z.strictObject({
        asset: assetCode,
        available: example(signedDecimal(), "Free to trade or withdraw.", "1.50000000"),
        held: example(signedDecimal(), "Reserved for open orders and holds.", "0.00000000"),
      }),
    ),
  })
  .meta({ id: "AccountWithBalances", description: "An account with its balances." });
export const accountFlagsChanged = z
  .strictObject({ account: accountId, flags: accountFlags })
  .meta({ id: "AccountFlagsChanged", description: "What an account may not do now." });
export const accountFeesChanged = z
  .strictObject({ account: accountId, fees: accountFees })
  .meta({ id: "AccountFeesChanged", description: "The fees an account has now." });

/** Below zero are the world's account, and accounts that may overdraw. */
export function signedDecimal() {
  return z.string().regex(/^-?(0|[1-9]\d*)(\.\d+)?$/);
}

export const keyKindNames = {
  "hmac-sha256": keyKind.hmacSha256,
  ed25519: keyKind.ed25519,
  rsa: keyKind.rsa,
} as const;
export const permissionBits = keyPermission;
const permission = z.enum(["read", "trade", "withdraw"]);
const keyFields = {
  label: label.default(""),
  permissions: example(
    z
      .array(permission)
      .min(1, "must name at least one permission")
      .max(3)
      .refine((all) => new Set(all).size === all.length, "must not name a permission twice"),
    "What the key may do.",
    ["read", "trade"],
  ),
  allowedAddresses: example(
    z
      .array(z.union([z.ipv4(), z.ipv6()], "must be an IPv4 or IPv6 address"))
      .max(20)
      .default([]),
    "Addresses that may use the key; none: any.",
    ["203.0.113.7"],
  ),
};
const publicKey = example(
  z.string().max(4096),
  "The public key in PEM. The private key stays with its owner.",
  "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
);
export const newKey = z
  .discriminatedUnion(
    "kind",
    [
      z
        .strictObject({ kind: z.literal("hmac-sha256"), ...keyFields })
        .meta({ id: "NewHmacKey", description: "The venue makes the secret and shows it once." }),
      z
        .strictObject({ kind: z.literal("ed25519"), publicKey, ...keyFields })
        .meta({ id: "NewEd25519Key", description: "An Ed25519 key of the client's own." }),
      z.strictObject({ kind: z.literal("rsa"), publicKey, ...keyFields }).meta({
        id: "NewRsaKey",
        description: "An RSA key of the client's own, 2048 to 4096 bits.",
      }),
    ],
    'must have a kind of "hmac-sha256", "ed25519" or "rsa"',
  )
  .meta({ id: "NewKey", description: "A key to create." });
export const createdKey = z
  .strictObject({
    name: keyName,
    account: accountId,
    kind: z.enum(["hmac-sha256", "ed25519", "rsa"]),
    permissions: z.array(permission),
    label,
    allowedAddresses: z.array(z.string()),
    secret: z
      .optional(z.string())
      .meta({ description: "The HMAC secret: in this answer only, the venue keeps it sealed." }),
  })
  .meta({ id: "CreatedKey", description: "A new key, for HMAC with its secret." });
export const key = z
  .strictObject({ ...createdKey.omit({ secret: true }).shape, createdAt: timeText })
  .meta({ id: "Key", description: "A key of an account." });
export const revokedKey = z
  .strictObject({ name: keyName, account: accountId })
  .meta({ id: "RevokedKey", description: "A key that no longer works." });

export const newAdministrator = z
  .strictObject({ label })
  .meta({ id: "NewAdministrator", description: "An administrator to create." });
export const createdAdministrator = z
  .strictObject({
    name: keyName,
    label,
    token: z.string().meta({ description: "In this answer only; the venue keeps its hash." }),
  })
  .meta({ id: "CreatedAdministrator", description: "A new administrator with the token." });
export const administrator = z
  .strictObject({ name: keyName, label, createdAt: timeText })
  .meta({ id: "Administrator", description: "Somebody who may use this API." });
export const revokedAdministrator = z
  .strictObject({ name: keyName })
  .meta({ id: "RevokedAdministrator", description: "A token that no longer works." });

const visible = (lengthMax: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[\\x21-\\x7e]{0,${lengthMax}}$`),
      `must be at most ${lengthMax} visible ASCII characters`,
    );
export const newTransfer = z
  .strictObject({
    account: accountId,
    asset: assetCode,
    amount,
    network: example(visible(20).default(""), "Over which network it came or goes.", "BTC"),
    address: example(visible(128).default(""), "From or to which address.", "bc1qexample"),
    reference: example(
      visible(64).default(""),
      "The payment's own id. With one, the same payment cannot be booked twice.",
      "payment-1",
    ),
  })
  .meta({ id: "NewTransfer", description: "Money to book in or out." });
/** Without its time: a repeated request is answered from the outcome, which does not keep it. */
export const bookedTransfer = z
  .strictObject({
    id: example(z.int().min(1), "Counts deposits and withdrawals together.", 1),
    kind: example(z.enum(["deposit", "withdrawal"]), "In or out.", "deposit"),
    account: accountId,
    asset: assetCode,
    amount,
    network: z.string(),
    address: z.string(),
    reference: z.string(),
  })
  .meta({ id: "BookedTransfer", description: "Money that has just come in or gone out." });
export const transfer = z
  .strictObject({ ...bookedTransfer.shape, time: timeText })
  .meta({ id: "Transfer", description: "Money that came in or went out." });

const units = (description: string) => example(signedDecimal(), description, "1.50000000");
export const audit = z
  .strictObject({
    balanced: example(z.boolean(), "Whether every asset is.", true),
    position: example(z.int(), "Position in the log that this was added up at.", 1234),
    assets: z.array(
      z.strictObject({
        asset: assetCode,
        balanced: z.boolean().meta({
          description:
            "entered = owed, held = heldByOrders + heldByTransfers, and no balance is negative.",
        }),
        entered: units("Deposits less withdrawals."),
        owed: units("What all accounts have, available and held, the venue's fees included."),
        held: units("What all accounts have on hold."),
        heldByOrders: units("What the open orders should hold."),
        heldByTransfers: units("What open holds of transfers set aside."),
        negativeBalances: example(z.int(), "Balances below zero that may not be.", 0),
      }),
    ),
  })
  .meta({ id: "Audit", description: "The ledger, added up anew." });

export const status = z
  .strictObject({
    node: example(z.string(), "The node that answers.", "node-1"),
    region: example(z.string(), "Its region.", "london"),
    version: example(z.string(), "Version of its code.", "0.1.0"),
    position: example(z.int(), "Position in the log up to which it has applied commands.", 1234),
    logTime: timeText,
    stateHash: example(
      z.string().regex(/^[0-9a-f]{16}$/),
      "Equal on all nodes at the same position.",
      "0011223344556677",
    ),
    counts: z.strictObject({
      assets: z.int(),
      markets: z.int(),
      accounts: z.int(),
      openOrders: z.int(),
    }),
  })
  .meta({ id: "Status", description: "One node, and how much it holds." });

export const problemSchema = z
  .object({
    type: example(
      z.string(),
      "Names the cause; never changes its meaning.",
      "urn:problem-type:halcyon:insufficient-balance",
    ),
    title: example(
      z.string(),
      "The cause in words.",
      "The account's available balance is too small",
    ),
    status: example(z.int(), "The HTTP status.", 409),
    detail: example(
      z.string(),
      "What to do about it.",
      "Ask for less, cancel open orders that hold the money, or deposit first. Nothing was changed.",
    ),
    code: z
      .optional(z.strictObject({ number: z.int(), name: z.string() }))
      .meta({ description: "The core's own refusal, where it was the core that refused." }),
    errors: z
      .optional(
        z.array(
          z.union([
            z.strictObject({ pointer: z.string(), detail: z.string() }),
            z.strictObject({ parameter: z.string(), detail: z.string() }),
          ]),
        ),
      )
      .meta({
        description: "Where the request does not fit: JSON pointers into the body, or parameters.",
      }),
    instance: example(
      z.string(),
      "The request's id.",
      "urn:uuid:0199c2d4-6a5e-7cc3-98a4-3a2f6a9a2f11",
    ),
  })
  .meta({ id: "Problem", description: "An error after RFC 9457." });
