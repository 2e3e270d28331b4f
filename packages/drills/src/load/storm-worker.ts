/** Holds sockets open: `node storm-worker.ts COUNT URL,URL ADDRESS,ADDRESS`. Prints how many are. */
import { WebSocket } from "ws";

const [count = "", urls = "", addresses = ""] = process.argv.slice(2);
const endpoints = urls.split(",");
const sources = addresses.split(",");
const againMsMax = 500;
const tellEveryMs = 50;

/** At the beginning; whoever is cut off later comes back at once. */
const handshakesMax = 50;

let open = 0;
let begun = 0;

function connect(index: number, attempt: number): void {
  // Of a market that the load leaves alone: sockets are drilled, not messages.
  // Each attempt goes to the next endpoint: one that is dead does not hold a client back.
  const url = `${endpoints[(index + attempt) % endpoints.length]}/ws/ethbtc@trade`;
  const socket = new WebSocket(url, {
    localAddress: sources[index % sources.length],
    perMessageDeflate: false,
    handshakeTimeout: 10_000,
  });
  let wasOpen = false;
  socket.on("open", () => {
    wasOpen = true;
    open += 1;
    if (attempt === 0) beginNext();
  });
  socket.on("error", () => {
    // Its close event follows, and leads to the next attempt.
  });
  socket.on("close", () => {
    if (wasOpen) open -= 1;
    else if (attempt === 0) beginNext();
    setTimeout(() => connect(index, attempt + 1), Math.random() * againMsMax);
  });
}

function beginNext(): void {
  if (begun < Number(count)) connect(begun++, 0);
}

for (let i = 0; i < handshakesMax; i += 1) beginNext();
setInterval(() => process.stdout.write(`${open}\n`), tellEveryMs);
