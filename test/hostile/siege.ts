import type { Socket } from "node:net";
import { eventually } from "../failover/eventually.ts";
import { openSocket } from "./raw-http.ts";
import { frameBytes, opcode } from "./raw-websocket.ts";
import { type Door, portOf } from "./world.ts";

/** How the sockets of a siege behave, and how many of them there are at each door. */
const troops = {
  /** Say nothing at all. */
  silent: { edge: 400, node: 150 },
  /** Send a head, a byte at a time. */
  trickledHeads: { edge: 300, node: 150 },
  /** Send the first half of a body, then a byte at a time. */
  trickledBodies: { edge: 300, node: 0 },
  /** Open a WebSocket and neither read nor answer pings. */
  deafStreams: { edge: 150, node: 50 },
  /** Ask the WebSocket API again and again and read no answer. */
  deafAsking: { edge: 5, node: 5 },
  /** Ask for large answers over HTTP, one behind the other, and read none. */
  deafRequests: { edge: 30, node: 30 },
  /** Ask for a state that will not come for a long time. */
  waiting: { edge: 700, node: 0 },
} as const;
export type Troop = keyof typeof troops;

const trickleMs = 250;
/** So many addresses, that none has more sockets than one may open. */
const addresses = 8;

const upgrade = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const streams = ["trade", "aggTrade", "depth@100ms", "depth20@100ms", "bookTicker", "kline_1s"]
  .map((kind) => `btcusdt@${kind}`)
  .join("/");
const large = "GET /api/v3/exchangeInfo HTTP/1.1\r\nHost: x\r\n\r\n";
const asking = frameBytes({ opcode: opcode.text, payload: '{"id":1,"method":"exchangeInfo"}' });

const openings: Readonly<Record<Troop, Buffer | string>> = {
  silent: "",
  trickledHeads: "GET /api/v3/ping HTTP/1.1\r\nHost: x\r\nX-Slow: ",
  trickledBodies: `POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n${"a".repeat(30_000)}`,
  deafStreams: upgrade(`/stream?streams=${streams}`),
  deafAsking: Buffer.concat([
    Buffer.from(upgrade("/ws-api/v3"), "latin1"),
    ...Array.from({ length: 5_000 }, () => asking),
  ]),
  deafRequests: large.repeat(1_000),
  waiting: "GET /api/v3/ping HTTP/1.1\r\nHost: x\r\nHalcyon-Position: 100000000\r\n\r\n",
};

type Soldier = { readonly socket: Socket; heard: string; isClosed: boolean };

/** Thousands of sockets that are half open, slow, deaf or idle. */
export class Siege {
  readonly #soldiers = new Map<string, Soldier[]>();
  readonly #trickle: NodeJS.Timeout;

  constructor() {
    for (const troop of Object.keys(troops) as Troop[]) {
      for (const door of ["edge", "node"] as const) {
        const soldiers = Array.from({ length: troops[troop][door] }, (_, index) =>
          open(troop, door, `127.0.3.${(index % addresses) + 1}`),
        );
        this.#soldiers.set(`${troop} at ${door}`, soldiers);
      }
    }
    this.#trickle = setInterval(() => {
      for (const troop of ["trickledHeads", "trickledBodies"] as const) {
        for (const { socket } of [...this.at(troop, "edge"), ...this.at(troop, "node")]) {
          if (socket.writable) socket.write("a");
        }
      }
    }, trickleMs);
  }

  async untilOpen(): Promise<void> {
    const all = [...this.#soldiers.values()].flat();
    await eventually("all are connected", 10_000, () => all.every(({ socket }) => !socket.pending));
  }

  at(troop: Troop, door: Door): readonly Soldier[] {
    return this.#soldiers.get(`${troop} at ${door}`) ?? [];
  }

  lift(): void {
    clearInterval(this.#trickle);
    for (const soldiers of this.#soldiers.values()) {
      for (const { socket } of soldiers) socket.destroy();
    }
  }
}

function open(troop: Troop, door: Door, from: string): Soldier {
  const socket = openSocket(portOf(door), from);
  const soldier: Soldier = { socket, heard: "", isClosed: false };
  socket.on("error", () => undefined);
  socket.on("close", () => {
    soldier.isClosed = true;
  });
  if (troop.startsWith("deaf")) socket.pause();
  else {
    socket.on("data", (chunk: Buffer) => {
      soldier.heard += chunk.toString("latin1");
    });
  }
  socket.write(openings[troop]);
  return soldier;
}
