import { useState } from "react";
import { Modal } from "../../design/modal.tsx";
import { texts } from "../../texts/texts.ts";
import type { Order } from "../../venue/order.ts";
import { cancelAllOf } from "./order-acts.ts";

/** Cancels all orders that are shown, once it was confirmed. */
export function CancelAll({ orders }: { readonly orders: readonly Order[] }) {
  const [isOpen, setOpen] = useState(false);
  const symbols = new Set(orders.map(({ symbol }) => symbol));
  const close = () => setOpen(false);
  return (
    <>
      <button
        type="button"
        className="button small"
        data-focus="cancel-all"
        disabled={orders.length === 0}
        onClick={() => setOpen(true)}
      >
        {texts.orders.cancelAll}
      </button>
      <Modal isOpen={isOpen} onClose={close} title={texts.orders.cancelAllTitle}>
        <p>{texts.orders.cancelAllMore(orders.length, [...symbols].join(", "))}</p>
        <div className="actions">
          <button type="button" className="button" onClick={close}>
            {texts.orders.keep}
          </button>
          <button
            type="button"
            className="button sells"
            onClick={() => {
              close();
              void cancelAllOf(symbols);
            }}
          >
            {texts.orders.cancelAll}
          </button>
        </div>
      </Modal>
    </>
  );
}
