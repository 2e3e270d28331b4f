import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Field } from "../design/field.tsx";
import { operateTexts } from "../texts/operate-texts.ts";
import { texts } from "../texts/texts.ts";
import { VenueError } from "../venue/http.ts";
import { type AdminMarket, setMarketFees } from "./admin-api.ts";

const words = operateTexts.markets;

export function FeesForm(props: { readonly market: AdminMarket; readonly onDone: () => void }) {
  const { symbol } = props.market;
  const queries = useQueryClient();
  const [makerFee, setMaker] = useState(props.market.makerFee);
  const [takerFee, setTaker] = useState(props.market.takerFee);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      await setMarketFees(symbol, { makerFee, takerFee });
      await queries.invalidateQueries({ queryKey: ["admin-markets"] });
      props.onDone();
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      setProblem(error.message);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <p>{words.feesWhat}</p>
      <Field
        label={words.columns.maker}
        inputMode="decimal"
        autoFocus
        required
        value={makerFee}
        onChange={(event) => setMaker(event.target.value)}
      />
      <Field
        label={words.columns.taker}
        inputMode="decimal"
        required
        value={takerFee}
        onChange={(event) => setTaker(event.target.value)}
      />
      <p className="command">
        {texts.act.byCommand}
        <code className="secret">
          {`npx halcyon market fees ${symbol} --maker-fee ${makerFee} --taker-fee ${takerFee}`}
        </code>
      </p>
      <p className="sell" role="alert">
        {problem}
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={props.onDone}>
          {texts.act.back}
        </button>
        <button type="submit" className="button primary">
          {words.setFees}
        </button>
      </div>
    </form>
  );
}
