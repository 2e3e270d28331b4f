import type { RunFigures } from "./simulate.ts";

/** The figures of many seeds. */
export class Tally {
  readonly failedSeeds: number[] = [];
  #seeds = 0;
  #simulatedMs = 0;
  #ops = 0;
  #positions = 0;
  #faults = 0;
  #violations = 0;
  #traceHash = "";
  readonly #byKind = new Map<string, number>();

  add(report: RunFigures): void {
    this.#seeds++;
    this.#simulatedMs += report.simulatedMs;
    this.#ops += report.ops;
    this.#positions += report.positions;
    this.#faults += report.faults;
    this.#violations += report.violations.length;
    this.#traceHash = report.traceHash;
    if (report.violations.length > 0) this.failedSeeds.push(report.seed);
    for (const [kind, count] of Object.entries(report.faultsByKind)) {
      this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + count);
    }
  }

  json(): Readonly<Record<string, unknown>> {
    return {
      seeds: this.#seeds,
      simulatedHours: Number((this.#simulatedMs / 3_600_000).toFixed(3)),
      requests: this.#ops,
      batches: this.#positions,
      faults: this.#faults,
      faultsByKind: Object.fromEntries([...this.#byKind].sort(([a], [b]) => (a < b ? -1 : 1))),
      violations: this.#violations,
      failedSeeds: this.failedSeeds,
      ...(this.#seeds === 1 ? { traceHash: this.#traceHash } : {}),
    };
  }

  text(): string {
    const figures = Object.entries(this.json()).map(
      ([name, value]) =>
        `${name.padEnd(16)} ${typeof value === "object" ? JSON.stringify(value) : value}`,
    );
    return figures.join("\n");
  }
}
