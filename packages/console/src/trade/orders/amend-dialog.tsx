import { type FormEvent, useState } from "react";
import { Field } from "../../design/field.tsx";
import { Modal } from "../../design/modal.tsx";
import { texts } from "../../texts/texts.ts";
import { parseUnits, trimmed, unitsText } from "../../venue/decimal.ts";
import type { Market } from "../../venue/market.ts";
import type { Order } from "../../venue/order.ts";
import { amend, canBeReplaced, keepsPlace } from "./order-acts.ts";

/** Changes an open order, and says what that means for its place in the queue. */
export function AmendDialog(props: {
  readonly order: Order;
  readonly market: Market;
  readonly onClose: () => void;
}) {
  const { order, market, onClose } = props;
  const [price, setPrice] = useState(trimmed(order.price, market.priceDecimals));
  const [quantity, setQuantity] = useState(trimmed(order.quantity, market.quantityDecimals));
  const priceUnits = parseUnits(price, market.priceDecimals);
  const quantityUnits = parseUnits(quantity, market.quantityDecimals);
  const keeps =
    priceUnits !== null &&
    quantityUnits !== null &&
    keepsPlace(order, priceUnits, quantityUnits, market);
  const isPlain = canBeReplaced(order);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (priceUnits === null || quantityUnits === null) return;
    void amend(order, market, priceUnits, quantityUnits).then((isDone) => isDone && onClose());
  };
  const { problems } = texts.order;
  const lot = unitsText(market.lot, market.quantityDecimals);
  const tick = unitsText(market.tick, market.priceDecimals);
  return (
    <Modal isOpen onClose={onClose} title={texts.orders.amendTitle}>
      <form onSubmit={submit} className="amend">
        <Field
          label={texts.order.price}
          unit={market.quote}
          inputMode="decimal"
          disabled={!isPlain}
          value={price}
          problem={priceUnits === null ? problems.tick(tick) : null}
          onChange={(event) => setPrice(event.target.value.trim().replace(",", "."))}
        />
        <Field
          label={texts.order.quantity}
          unit={market.base}
          inputMode="decimal"
          value={quantity}
          problem={quantityUnits === null ? problems.lot(lot) : null}
          onChange={(event) => setQuantity(event.target.value.trim().replace(",", "."))}
        />
        <p className="dim">
          {keeps || !isPlain ? texts.orders.amendKeeps : texts.orders.amendLoses}
        </p>
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {texts.orders.back}
          </button>
          <button type="submit" className="button primary" disabled={!keeps && !isPlain}>
            {texts.orders.amendSubmit}
          </button>
        </div>
      </form>
    </Modal>
  );
}
