/** Sendings that may follow each other at once, however little was asked before. */
const tokensMin = 10;
/** What is saved up at most: those that find out that an endpoint died; the others need none then. */
const tokensMax = 20;
const tokensPerRequest = 0.1;

/**
 * How many requests may be sent once more only because an answer is late. Where one endpoint died,
 * those that wait for it are few among all; where everybody is slow, sending everything twice makes
 * the venue slower still, until nothing is in time. So a tenth of the requests may, on top of a few.
 */
export class PatienceBudget {
  #tokens = tokensMin;

  /** A request was made. */
  earn(): void {
    this.#tokens = Math.min(this.#tokens + tokensPerRequest, tokensMax);
  }

  /** Whether one more may be sent. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
