/** Passes each byte on later: `node delaying-proxy.ts LOCAL_PORT HOST PORT DELAY_MS`. */
import { connect, createServer, type Socket } from "node:net";

const [localPort = "", host = "", port = "", delayMs = ""] = process.argv.slice(2);
const pendingBytesMax = 16 * 1024 * 1024;

function passOn(from: Socket, to: Socket): void {
  let pendingBytes = 0;
  from.on("data", (chunk) => {
    pendingBytes += chunk.length;
    if (pendingBytes > pendingBytesMax) from.pause();
    setTimeout(() => {
      pendingBytes -= chunk.length;
      if (!to.destroyed) to.write(chunk);
      if (pendingBytes <= pendingBytesMax) from.resume();
    }, Number(delayMs));
  });
  from.on("end", () => setTimeout(() => to.end(), Number(delayMs)));
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
}

const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
  const far = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true });
  passOn(near, far);
  passOn(far, near);
});
server.listen(Number(localPort), "127.0.0.1", () => process.stdout.write("ready\n"));
