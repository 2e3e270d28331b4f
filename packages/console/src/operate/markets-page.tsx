import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Confirmed } from "../design/confirmed.tsx";
import { Modal } from "../design/modal.tsx";
import { Empty, Panel } from "../design/panel.tsx";
import { Table } from "../design/table.tsx";
import { operateTexts } from "../texts/operate-texts.ts";
import { texts } from "../texts/texts.ts";
import { trimmed } from "../venue/decimal.ts";
import {
  type AdminMarket,
  fetchAdminMarkets,
  type StateOfMarket,
  setMarketState,
} from "./admin-api.ts";
import { FeesForm } from "./fees-form.tsx";
import { NewMarketForm } from "./new-market-form.tsx";
import { State } from "./state.tsx";

const words = operateTexts.markets;

/** The markets, what state each is in, and what it costs. */
export function MarketsPage() {
  const { data } = useQuery({
    queryKey: ["admin-markets"],
    queryFn: fetchAdminMarkets,
    refetchInterval: 5_000,
  });
  const [isMaking, setMaking] = useState(false);
  return (
    <>
      <Panel
        title={words.title}
        label={words.title}
        end={
          <button type="button" className="button small" onClick={() => setMaking(true)}>
            {words.make}
          </button>
        }
      >
        {data === undefined ? (
          <Empty>{texts.loading}</Empty>
        ) : data.length === 0 ? (
          <Empty>{texts.problem.noMarkets}</Empty>
        ) : (
          <MarketTable markets={data} />
        )}
      </Panel>
      <Modal isOpen={isMaking} onClose={() => setMaking(false)} title={words.make}>
        <NewMarketForm onDone={() => setMaking(false)} />
      </Modal>
    </>
  );
}

function MarketTable({ markets }: { readonly markets: readonly AdminMarket[] }) {
  const { columns } = words;
  const [feesOf, setFeesOf] = useState<AdminMarket | null>(null);
  return (
    <>
      <Table
        label={words.title}
        columns={[
          { name: columns.market },
          { name: columns.state },
          { name: columns.tick, isNumber: true, isOptional: true },
          { name: columns.lot, isNumber: true, isOptional: true },
          { name: columns.notional, isNumber: true, isOptional: true },
          { name: columns.maker, isNumber: true },
          { name: columns.taker, isNumber: true },
          { name: "" },
        ]}
      >
        {markets.map((market) => (
          <tr key={market.symbol}>
            <td>{market.symbol}</td>
            <td>
              <State tone={market.state === "trading" ? "good" : "warn"}>
                {words.states[market.state]}
              </State>
            </td>
            <td className="number optional">{trimmed(market.tickSize)}</td>
            <td className="number optional">{trimmed(market.lotSize)}</td>
            <td className="number optional">
              {trimmed(market.minNotional)} {market.quoteAsset}
            </td>
            <td className="number">{trimmed(market.makerFee)}</td>
            <td className="number">{trimmed(market.takerFee)}</td>
            <td className="row-actions">
              <span className="acts">
                <StateActs market={market} />
                <button
                  type="button"
                  className="button small"
                  aria-label={words.feesOf(market.symbol)}
                  onClick={() => setFeesOf(market)}
                >
                  {words.fees}
                </button>
              </span>
            </td>
          </tr>
        ))}
      </Table>
      <Modal
        isOpen={feesOf !== null}
        onClose={() => setFeesOf(null)}
        title={words.feesOf(feesOf?.symbol ?? "")}
      >
        {feesOf !== null && <FeesForm market={feesOf} onDone={() => setFeesOf(null)} />}
      </Modal>
    </>
  );
}

const VERBS = {
  trading: "resume",
  halt: "halt",
  "cancel-only": "cancel-only",
  "post-only": "post-only",
  auction: "auction",
} as const satisfies Record<StateOfMarket, string>;

function StateActs({ market }: { readonly market: AdminMarket }) {
  const queries = useQueryClient();
  const offered: readonly StateOfMarket[] =
    market.state === "trading" ? ["halt", "cancel-only"] : ["trading"];
  return offered.map((state) => (
    <Confirmed
      key={state}
      label={words.acts[state]}
      name={words.actOn(words.acts[state], market.symbol)}
      title={words.actOn(words.acts[state], market.symbol)}
      what={words.what[state]}
      command={`npx halcyon market ${VERBS[state]} ${market.symbol}`}
      act={async () => {
        await setMarketState(market.symbol, state);
        await queries.invalidateQueries({ queryKey: ["admin-markets"] });
      }}
    />
  ));
}
