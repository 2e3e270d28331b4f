import type { Sabotage } from "../sabotage.ts";
import { logPlants } from "./log-plants.ts";
import { matchingPlants, transferPlants } from "./matching-plants.ts";
import { snapshotPlants } from "./snapshot-plants.ts";
import { memoryPlants, moneyPlants, orderPlants, timePlants } from "./venue-plants.ts";
import { waitingPlants } from "./waiting-plants.ts";

const edgePlants: Readonly<Record<string, Sabotage>> = {
  "a retry gets a new request id": { edge: { newIdPerAttempt: true } },
  "the edge forgets that a request may have run": { edge: { forgetsMayHaveRun: true } },
  "a timeout is told as not executed": { edge: { timeoutIsNotExecuted: true } },
  "two requests get the same id": { edge: { reusesIds: true } },
};

const nodePlants: Readonly<Record<string, Sabotage>> = {
  "acknowledged before it is durable": { node: { answersBeforeDurable: true } },
  "a stale read is served as fresh": { node: { readsStale: true } },
  "a read claims a newer position": { node: { overstatesPosition: true } },
  "a depth event is dropped": { node: { dropsDepth: true } },
  "an unknown outcome is told as not executed": { node: { unknownIsShed: true } },
  "an old program goes on under rules it does not know": { node: { ignoresNewRules: true } },
};

/** Bugs, by what they do. Each must be found. */
export const plants: Readonly<Record<string, Sabotage>> = {
  ...edgePlants,
  ...nodePlants,
  ...logPlants,
  ...snapshotPlants,
  ...memoryPlants,
  ...moneyPlants,
  ...orderPlants,
  ...timePlants,
  ...waitingPlants,
  ...matchingPlants,
  ...transferPlants,
};
