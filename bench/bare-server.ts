import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

/**
 * What the venue is measured against: a bare node:http server and a bare WebSocket server that check
 * the same signatures and answer the same bodies, and do nothing else.
 * Usage: node bench/bare-server.ts SECRET REST_ANSWER_BASE64 WS_ANSWER_BASE64; prints its port.
 */
const [secret = "", restBase64 = "", wsBase64 = ""] = process.argv.slice(2);
const restAnswer = Buffer.from(restBase64, "base64");
const wsAnswer = JSON.parse(Buffer.from(wsBase64, "base64").toString()) as object;

function isSigned(payload: string, signature: string): boolean {
  const expected = createHmac("sha256", secret).update(payload).digest();
  const given = Buffer.from(signature, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const query =
      request.url!.slice(request.url!.indexOf("?") + 1) + Buffer.concat(chunks).toString();
    const at = query.lastIndexOf("&signature=");
    const ok = isSigned(query.slice(0, at), query.slice(at + 11));
    response.writeHead(ok ? 200 : 400, {
      "content-type": "application/json;charset=UTF-8",
      "content-length": restAnswer.length,
    });
    response.end(restAnswer);
  });
});

const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket) => {
  socket.on("message", (data) => {
    const { id, params } = JSON.parse(String(data)) as {
      id: string;
      params: Record<string, string | number>;
    };
    const { signature, ...signed } = params;
    const payload = Object.keys(signed)
      .sort()
      .map((name) => `${name}=${signed[name]}`)
      .join("&");
    const status = isSigned(payload, String(signature)) ? 200 : 400;
    socket.send(JSON.stringify({ ...wsAnswer, id, status }));
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") console.log(address.port);
});
