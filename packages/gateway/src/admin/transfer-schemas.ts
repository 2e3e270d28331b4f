import { transfersPerCommandMax } from "@halcyon/core";
import { z } from "zod";
import { readTransferId } from "../transfer-id.ts";
import { accountId, amount, assetCode, example, timeText } from "./schemas.ts";

export const transferId = example(
  z.string().refine((text) => readTransferId(text) !== null, "must be a UUID in lower case"),
  "A UUID of any version, chosen where the payment begins and kept there before it is sent. It belongs to this transfer for ever.",
  "0199c2d4-6a5e-7cc3-98a4-3a2f6a9a2f11",
);
const code = example(
  z.int().min(0).max(0xffff_ffff),
  "Your own number, for instance of the payment's purpose; the venue hands it through.",
  0,
);
const head = {
  id: transferId,
  code: code.default(0),
  linked: example(
    z.boolean().default(false),
    "With the next transfer: all of a chain happen, or none.",
    false,
  ),
};
const parties = { from: accountId, to: accountId, asset: assetCode, amount };
const hold = example(transferId, "The id of the hold.", "0199c2d4-6a5e-7cc3-98a4-3a2f6a9a2f11");

const newDirect = z
  .strictObject({ kind: z.literal("transfer"), ...head, ...parties })
  .meta({ id: "NewDirectTransfer", description: "Money from one account to another, at once." });
const newHold = z
  .strictObject({
    kind: z.literal("hold"),
    ...head,
    ...parties,
    timeoutSeconds: example(
      z.int().min(0).max(0x7fff_ffff).default(0),
      "Until it ends by itself, in seconds of the log's time; 0: never.",
      3600,
    ),
  })
  .meta({ id: "NewHold", description: "Money set aside for an account until it is posted." });
const newPost = z
  .strictObject({
    kind: z.literal("post"),
    ...head,
    hold,
    amount: z.optional(amount).meta({ description: "Part of the hold; without it all is posted." }),
    asset: z.optional(assetCode).meta({ description: "The hold's: needed with an amount." }),
  })
  .meta({ id: "NewPost", description: "Pays out of a hold; what is left goes back." });
const newVoid = z
  .strictObject({ kind: z.literal("void"), ...head, hold })
  .meta({ id: "NewVoid", description: "Gives a hold back." });

export const newTransfers = z
  .strictObject({
    transfers: z
      .array(
        z.discriminatedUnion(
          "kind",
          [newDirect, newHold, newPost, newVoid],
          'must have a kind of "transfer", "hold", "post" or "void"',
        ),
      )
      .min(1)
      .max(transfersPerCommandMax),
  })
  .meta({
    id: "NewTransfers",
    description: `1 to ${transfersPerCommandMax} transfers, done in this order.`,
  });

const kind = z.enum(["transfer", "hold", "post", "void"]);
const coreRefusal = z.strictObject({ number: z.int(), name: z.string() });
const doneTransfer = z
  .strictObject({
    id: transferId,
    kind,
    status: z.literal("done"),
    repeated: example(
      z.boolean(),
      "The same transfer was done before: this is its result, and nothing moved now.",
      false,
    ),
    number: example(z.int(), "Counts deposits, withdrawals and transfers together.", 1),
    from: accountId,
    to: accountId,
    asset: assetCode,
    amount,
    released: amount.meta({ description: "What went back to `from`: of a post or void." }),
    code,
    expiresAt: example(z.nullable(timeText), "When the hold ends by itself.", null),
    holdNumber: example(z.nullable(z.int()), "Number of the hold made or ended.", null),
  })
  .meta({ id: "DoneTransfer", description: "A transfer that was done." });
const refusedTransfer = z
  .strictObject({
    id: transferId,
    kind,
    status: z.literal("refused"),
    type: z.string().meta({ description: "Names the cause, as a problem's type does." }),
    title: z.string(),
    detail: z.string(),
    refusal: coreRefusal,
    failure: z
      .nullable(coreRefusal)
      .meta({ description: "Of an id that had failed: what it failed with." }),
  })
  .meta({ id: "RefusedTransfer", description: "A transfer that was not done." });
export const transferResults = z
  .strictObject({
    results: z.array(z.discriminatedUnion("status", [doneTransfer, refusedTransfer])),
  })
  .meta({ id: "TransferResults", description: "One result for each transfer, in their order." });

export const holdBody = z
  .strictObject({
    id: transferId,
    number: z.int(),
    status: z.enum(["open", "posted", "voided", "expired"]),
    from: accountId,
    to: accountId,
    asset: assetCode,
    amount,
    code,
    expiresAt: z.nullable(timeText),
  })
  .meta({ id: "Hold", description: "Money set aside by a transfer." });
