import { gaussian, type Random } from "./random.ts";

/** Small against the distance of two rungs, so that a ladder keeps up with a few requests a second. */
const stepDeviation = 0.00004;
/** Pull back to the start: a demo of weeks stays within some percent of it. */
const pull = 0.000002;

/** What a demo market is worth, in ticks: a random walk around its start. */
export class PriceWalk {
  readonly startTicks: number;
  readonly #random: Random;
  #ticks: number;

  constructor(startTicks: number, random: Random) {
    this.startTicks = startTicks;
    this.#ticks = startTicks;
    this.#random = random;
  }

  get ticks(): number {
    return this.#ticks;
  }

  step(): void {
    const drift = pull * Math.log(this.startTicks / this.#ticks);
    this.#ticks *= Math.exp(drift + stepDeviation * gaussian(this.#random));
  }
}
