/** Holds sockets open: `node storm-worker.ts COUNT URL,URL ADDRESS,ADDRESS`. Prints how many are. */
import { WebSocket } from "ws";

const [count = "", urls = "", addresses = ""] = process.argv.slice(2);
const endpoints = urls.split(",");
const sources = addresses.split(",");
const againMsMax = 500;
const tellEveryMs = 50;

let open = 0;

function connect(index: number, attempt: number): void {
  // Each attempt goes to the next endpoint: one that is dead does not hold a client back.
  const url = `${endpoints[(index + attempt) % endpoints.length]}/ws/btcusdt@trade`;
  const socket = new WebSocket(url, {
    localAddress: sources[index % sources.length],
    perMessageDeflate: false,
    handshakeTimeout: 10_000,
  });
  let wasOpen = false;
  socket.on("open", () => {
    wasOpen = true;
    open += 1;
  });
  socket.on("error", () => {
    // Its close event follows, and leads to the next attempt.
  });
  socket.on("close", () => {
    if (wasOpen) open -= 1;
    setTimeout(() => connect(index, attempt + 1), Math.random() * againMsMax);
  });
}

for (let index = 0; index < Number(count); index += 1) {
  setTimeout(() => connect(index, 0), (index / Number(count)) * 5_000);
}
setInterval(() => process.stdout.write(`${open}\n`), tellEveryMs);
