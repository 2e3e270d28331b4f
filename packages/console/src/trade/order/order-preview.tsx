import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useFormat } from "../../settings/format.ts";
import { texts } from "../../texts/texts.ts";
import { ask } from "../../venue/http.ts";
import { useAccount } from "../../venue/use-account.ts";
import { useDesk } from "../desk.tsx";
import type { Checked, Surroundings } from "./check.ts";
import { useDraft } from "./draft-context.tsx";
import { type FeeRates, previewOf } from "./preview.ts";

const NO_FEES: FeeRates = { maker: "0", taker: "0" };

/** What the order would cost and bring. Its place is there before there is something to show. */
export function OrderPreview(props: { readonly checked: Checked; readonly around: Surroundings }) {
  const { checked, around } = props;
  const { market } = useDesk();
  const { draft } = useDraft();
  const format = useFormat();
  const rates = useFeeRates(market.symbol);
  const preview = previewOf(draft, checked, around, rates ?? NO_FEES);
  const names = texts.order.preview;
  const price = (units: bigint | null | undefined) =>
    units === null || units === undefined ? "—" : format.units(units, market.priceDecimals);
  return (
    <dl className="preview">
      <Line name={texts.order.total}>
        {preview === null ? "—" : format.short(preview.total, market.quoteDecimals)} {market.quote}
      </Line>
      {draft.kind === "MARKET" && (
        <>
          <Line name={names.average}>{price(preview?.averagePrice)}</Line>
          <Line name={names.worst}>{price(preview?.worstPrice)}</Line>
        </>
      )}
      <Line name={names.fee}>
        {preview === null || rates === undefined
          ? "—"
          : `${format.short(preview.fee, preview.feeDecimals)} ${preview.feeAsset}`}
      </Line>
      <Line name={names.received}>
        {preview === null
          ? "—"
          : `${format.short(preview.received, preview.feeDecimals)} ${preview.feeAsset}`}
      </Line>
      {preview?.isWhole === false && <p className="warn">{names.partial}</p>}
    </dl>
  );
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function useFeeRates(symbol: string): FeeRates | undefined {
  const account = useAccount();
  const { data } = useQuery({
    queryKey: ["fees", symbol],
    enabled: account !== null,
    staleTime: 60_000,
    queryFn: () =>
      ask<{ readonly standardCommission: FeeRates }>("GET", "/api/v3/account/commission", {
        query: { symbol },
      }),
  });
  return data?.standardCommission;
}
