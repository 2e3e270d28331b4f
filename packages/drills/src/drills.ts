import type { Drill } from "./drill.ts";
import { machineDrills } from "./drills-machines.ts";
import { processDrills } from "./drills-processes.ts";
import { zoneDrills } from "./drills-zones.ts";

/** Every drill, in the order in which all of them are run. */
export const drills: readonly Drill[] = [...processDrills, ...zoneDrills, ...machineDrills];
