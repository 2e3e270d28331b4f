import { type CommandType, commandType } from "../commands/command.ts";

/**
 * The version of the rules in force (docs/rules.md) is part of the state: a command raises it, from
 * the next command on, so that nodes change their behaviour at the same place in the log and an old
 * log replays as it was. A program knows all versions up to its newest one.
 */
export const rulesVersionMax = 3;

const sinceVersionTwo: readonly CommandType[] = [
  commandType.setMarketRules,
  commandType.setFeeTier,
  commandType.setAccountTier,
  commandType.transfer,
  commandType.amendOrder,
  commandType.placeOrderList,
  commandType.cancelOrderList,
];

const sinceVersionThree: readonly CommandType[] = [commandType.setPerson, commandType.setSession];

export class Rules {
  private current = 1;
  /** Types of commands that these rules do not know, a bit each. */
  private unknownTypes = 0;

  constructor(version = 1) {
    this.set(version);
  }

  get version(): number {
    return this.current;
  }

  set(version: number): void {
    if (version < 1 || version > rulesVersionMax) {
      throw new Error(`rules version ${version}: this program knows 1 to ${rulesVersionMax}`);
    }
    this.current = version;
    const unknown = [
      ...(version < 2 ? sinceVersionTwo : []),
      ...(version < 3 ? sinceVersionThree : []),
    ];
    this.unknownTypes = unknown.reduce((bits, type) => bits | (1 << type), 0);
  }

  knows(type: number): boolean {
    return ((this.unknownTypes >>> type) & 1) === 0;
  }
}
