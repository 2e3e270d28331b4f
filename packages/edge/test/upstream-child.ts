// A node of the tests in a process of its own, so that it can be killed. Tells its parent the ports
// it listens on and then every request it executes.
import { echo, startUpstream } from "./upstream.ts";

const [name = "child", delayText = "0"] = process.argv.slice(2);
const upstream = await startUpstream(name, (received, response) => {
  process.send?.({ executed: received.headers["halcyon-request-id"] });
  setTimeout(() => echo(received, response), Number(delayText));
});
process.send?.({ port: upstream.port, healthPort: upstream.healthPort });
process.on("disconnect", () => process.exit(0));
