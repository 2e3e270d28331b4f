// npm run config-schema: writes config/halcyon.schema.json from the schema that checks configurations.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { venueConfigJsonSchema } from "./schema.ts";

const path = join(import.meta.dirname, "../../../../config/halcyon.schema.json");
writeFileSync(path, `${JSON.stringify(venueConfigJsonSchema(), null, 2)}\n`);
