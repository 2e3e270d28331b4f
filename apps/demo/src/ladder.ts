export type Side = "BUY" | "SELL";
export type OpenOrder = {
  readonly orderId: number;
  readonly side: Side;
  readonly ticks: number;
};
export type Rung = { readonly side: Side; readonly ticks: number };
export type LadderAction =
  | { readonly kind: "cancel"; readonly order: OpenOrder }
  | { readonly kind: "place"; readonly rung: Rung }
  | { readonly kind: "none" };

export type LadderShape = {
  /** Ticks between two rungs. Rungs lie on multiples of it, so that a small move changes few of them. */
  readonly stepTicks: number;
  readonly rungsPerSide: number;
  readonly ticksMin: number;
  readonly ticksMax: number;
};

/** Where a market maker wants one order each, nearest to the middle first, sides in turn. */
export function rungsAround(middleTicks: number, shape: LadderShape): Rung[] {
  const { stepTicks, rungsPerSide, ticksMin, ticksMax } = shape;
  const below = Math.floor(middleTicks / stepTicks);
  const rungs: Rung[] = [];
  for (let i = 0; i < rungsPerSide; i++) {
    rungs.push({ side: "BUY", ticks: (below - i) * stepTicks });
    rungs.push({ side: "SELL", ticks: (below + 1 + i) * stepTicks });
  }
  return rungs.filter(({ ticks }) => ticks >= ticksMin && ticks <= ticksMax);
}

/** Orders beyond the ladder that may wait until its rungs are there. */
const surplusMax = 2;

/**
 * The one step that brings the open orders nearest to the wanted ones: first away with what would
 * sell below or buy above the middle, then the missing rung nearest to it, then what is left over.
 */
export function nextAction(
  open: readonly OpenOrder[],
  middleTicks: number,
  shape: LadderShape,
): LadderAction {
  const rungs = rungsAround(middleTicks, shape);
  const keyOf = ({ side, ticks }: Rung) => `${side} ${ticks}`;
  const wanted = new Set(rungs.map(keyOf));
  const standing = new Set<string>();
  const surplus: OpenOrder[] = [];
  for (const order of open) {
    const key = keyOf(order);
    if (!wanted.has(key) || standing.has(key)) surplus.push(order);
    standing.add(key);
  }
  const isWrongSide = ({ side, ticks }: OpenOrder) =>
    side === "BUY" ? ticks > middleTicks : ticks < middleTicks;
  const wrong = surplus.find(isWrongSide);
  if (wrong !== undefined) return { kind: "cancel", order: wrong };
  const missing = rungs.find((rung) => !standing.has(keyOf(rung)));
  const [spare] = surplus;
  const isCrowded = surplus.length > surplusMax;
  if (missing !== undefined && !isCrowded) return { kind: "place", rung: missing };
  return spare === undefined ? { kind: "none" } : { kind: "cancel", order: spare };
}
