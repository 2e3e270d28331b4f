// Clients that mean harm or know no better, against a venue as `npm start` runs it, through the edge
// and behind its back. One process and one venue for all: each file adds its tests.
import { testWhatIsLeft } from "./endurance.ts";
import "./http-form.ts";
import "./parameters.ts";
import "./identity.ts";
import "./admin.ts";
import "./websocket.ts";
import "./fuzz.ts";

testWhatIsLeft();
