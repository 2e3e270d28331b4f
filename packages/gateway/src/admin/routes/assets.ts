import { encodeCreateAsset, refusal } from "@halcyon/core";
import { z } from "zod";
import { change } from "../change.ts";
import { noAsset } from "../lookup.ts";
import { page, pageQuery, wholeNumber } from "../page.ts";
import { created, defineRoute, ok } from "../route.ts";
import { asset, newAsset } from "../schemas.ts";

const listAssets = defineRoute({
  verb: "GET",
  path: "/assets",
  operationId: "listAssets",
  tag: "Assets",
  summary: "List the assets",
  description: "In the order in which they were created.",
  query: z.strictObject(pageQuery(wholeNumber(0, 0x7fff_ffff))),
  success: {
    status: 200,
    description: "A page of assets.",
    schema: z
      .strictObject({ assets: z.array(asset), next: z.nullable(z.int()) })
      .meta({ id: "AssetPage", description: "Assets, and `after` of the next page." }),
  },
  handle({ replica }, _call, { query }) {
    const rest = replica.venue.assets.all().slice((query.after ?? -1) + 1);
    const { items, next } = page(rest, query.limit, ({ id }) => id);
    return ok({ assets: items.map(({ id, code, decimals }) => ({ id, code, decimals })), next });
  },
});

const createAsset = defineRoute({
  verb: "POST",
  path: "/assets",
  operationId: "createAsset",
  tag: "Assets",
  summary: "Create an asset",
  description: "At once, on all nodes. Code and decimals can never be changed.",
  body: newAsset,
  success: { status: 201, description: "The new asset.", schema: asset },
  refusals: [refusal.assetExists, refusal.tooManyAssets],
  handle: (context, call, { body }) =>
    change(context, call, {
      lane: "normal",
      target: body,
      event: "assetCreated",
      encode: (w, origin) => encodeCreateAsset(w, origin, body),
      matches: ({ code, decimals }) => code === body.code && decimals === body.decimals,
      success: ({ asset: id, code, decimals }) => created({ id, code, decimals }, "assets", code),
    }),
});

const getAsset = defineRoute({
  verb: "GET",
  path: "/assets/{code}",
  operationId: "getAsset",
  tag: "Assets",
  summary: "Show an asset",
  description: "By its code.",
  pathParameters: z.strictObject({ code: asset.shape.code }),
  success: { status: 200, description: "The asset.", schema: asset },
  problems: ["not-found"],
  handle({ replica }, _call, { path }) {
    const found = replica.venue.assets.byCode(path.code);
    if (found === undefined) return noAsset(path.code);
    return ok({ id: found.id, code: found.code, decimals: found.decimals });
  },
});

export const assetRoutes = [listAssets, createAsset, getAsset];
