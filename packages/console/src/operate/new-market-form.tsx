import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Field } from "../design/field.tsx";
import { operateTexts } from "../texts/operate-texts.ts";
import { texts } from "../texts/texts.ts";
import { VenueError } from "../venue/http.ts";
import { createMarket, type NewMarket } from "./admin-api.ts";

const words = operateTexts.markets;
type Names = typeof words.fields;
const NAMES = Object.keys(words.fields) as (keyof Names & keyof NewMarket)[];
const DEFAULTS: NewMarket = {
  symbol: "",
  baseAsset: "",
  quoteAsset: "USDT",
  tickSize: "0.01",
  lotSize: "0.0001",
  minPrice: "0.01",
  maxPrice: "1000000",
  minQuantity: "0.0001",
  maxQuantity: "9000",
  maxMarketQuantity: "100",
  minNotional: "5",
  makerFee: "0.001",
  takerFee: "0.001",
};

/** A market's names, grid and limits, which stay as they are for ever. */
export function NewMarketForm({ onDone }: { readonly onDone: () => void }) {
  const queries = useQueryClient();
  const [market, setMarket] = useState(DEFAULTS);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      await createMarket(market);
      await queries.invalidateQueries({ queryKey: ["admin-markets"] });
      onDone();
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      setProblem(error.message);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <p>{words.forEver}</p>
      <div className="pairs">
        {NAMES.map((name) => (
          <Field
            key={name}
            label={words.fields[name]}
            required
            value={market[name]}
            onChange={(event) => setMarket({ ...market, [name]: event.target.value.trim() })}
          />
        ))}
      </div>
      <p className="command">
        {texts.act.byCommand}
        <code className="secret">{commandOf(market)}</code>
      </p>
      <p className="sell" role="alert">
        {problem}
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={onDone}>
          {texts.act.back}
        </button>
        <button type="submit" className="button primary">
          {words.make}
        </button>
      </div>
    </form>
  );
}

function commandOf(market: NewMarket): string {
  const { symbol, baseAsset, quoteAsset, ...rest } = market;
  const flags = Object.entries(rest).map(([name, value]) => `--${kebab(name)} ${value}`);
  return `npx halcyon market create ${symbol || "SYMBOL"} --base ${baseAsset || "ASSET"} --quote ${quoteAsset} ${flags.join(" ")}`;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
