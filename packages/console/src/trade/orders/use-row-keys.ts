import type { KeyboardEvent } from "react";
import { useState } from "react";
import type { Order } from "../../venue/order.ts";

interface RowActs {
  readonly cancel: (order: Order) => void;
  readonly amend: (order: Order) => void;
  readonly move: (order: Order, ticks: bigint) => void;
}

/** One row at a time can be reached by Tab; arrows go on from there. */
export function useRowKeys(orders: readonly Order[], acts: RowActs) {
  const [currentId, setCurrentId] = useState<number | null>(null);
  const current = orders.find(({ id }) => id === currentId) ?? orders[0];
  const onKeyDown = (order: Order, event: KeyboardEvent<HTMLTableRowElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
    const row = event.currentTarget;
    const { key } = event;
    if (key === "ArrowDown") (row.nextElementSibling as HTMLElement | null)?.focus();
    else if (key === "ArrowUp") (row.previousElementSibling as HTMLElement | null)?.focus();
    else if (key === "Delete" || key === "Backspace") {
      // The row goes: whoever is at it goes to the next.
      ((row.nextElementSibling ?? row.previousElementSibling) as HTMLElement | null)?.focus();
      acts.cancel(order);
    } else if (key === "Enter") acts.amend(order);
    else if (key === "+" || key === "=") acts.move(order, 1n);
    else if (key === "-") acts.move(order, -1n);
    else return;
    event.preventDefault();
  };
  return (order: Order) => ({
    tabIndex: order.id === current?.id ? 0 : -1,
    "data-focus": order.id === current?.id ? "orders" : undefined,
    onFocus: () => setCurrentId(order.id),
    onKeyDown: (event: KeyboardEvent<HTMLTableRowElement>) => onKeyDown(order, event),
  });
}
