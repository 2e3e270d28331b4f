import type { Method } from "@halcyon/gateway";
import type { Random } from "@halcyon/sim";

/** Values that some parameter or other takes. */
const values = [
  ...["BTCUSDT", "ETHUSDT", "BTC", "USDT", '["BTCUSDT"]', '["BTCUSDT","ETHUSDT"]', "[]"],
  ...["0", "1", "2", "5", "10", "100", "1700000000000", "0.5", "0.001", "1000", "600.5"],
  ...["BUY", "SELL", "LIMIT", "MARKET", "LIMIT_MAKER", "STOP_LOSS", "STOP_LOSS_LIMIT"],
  ...["TAKE_PROFIT", "TAKE_PROFIT_LIMIT", "GTC", "IOC", "FOK", "GTD", "ACK", "RESULT", "FULL"],
  ...["MINI", "NONE", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT", "STOP_ON_FAILURE"],
  ...["ALLOW_FAILURE", "ONLY_NEW", "ONLY_PARTIALLY_FILLED", "true", "false", "1m", "1h", "1d"],
  ...["SPOT", "MARGIN", "TRADING", "HALT", "my-order-1", "8:00", "-1:00", "somewhere"],
];
const taken = new Map<Method, ReadonlyMap<string, readonly string[]>>();

/** For each parameter of a method those of the values that it takes: a new method needs nothing here. */
function takenBy(method: Method): ReadonlyMap<string, readonly string[]> {
  const known = taken.get(method);
  if (known !== undefined) return known;
  const made = new Map(
    Object.entries(method.params).map(([name, spec]) => {
      const fits = values.filter((value) => spec.check(name, value) === null);
      return [name, fits.length === 0 ? values : fits];
    }),
  );
  taken.set(method, made);
  return made;
}

/** Parameters that pass the method's table: all that it must have, and some that it may. */
export function validFields(random: Random, method: Method): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, fits] of takenBy(method)) {
    if (method.params[name]!.required || random.chance(0.3)) fields[name] = random.pick(fits);
  }
  return fields;
}
