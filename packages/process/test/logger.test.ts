import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger, redactText } from "../src/index.ts";

function capture(): {
  lines: () => Record<string, unknown>[];
  text: () => string;
  write: (line: string) => void;
} {
  let text = "";
  return {
    write: (line) => {
      text += line;
    },
    text: () => text,
    lines: () =>
      text
        .trim()
        .split("\n")
        .map((line): Record<string, unknown> => JSON.parse(line)),
  };
}

test("a line is JSON with the level's name, ISO time, the process and the request id", () => {
  const out = capture();
  const logger = createLogger({ process: "node", node: "eu-1", region: "eu", destination: out });
  logger.child({ requestId: "r-1" }).info({ amount: 12345678901234567890n }, "placed");
  const [line] = out.lines();
  assert.equal(line?.["level"], "info");
  assert.match(String(line?.["time"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(line?.["process"], "node");
  assert.equal(line?.["node"], "eu-1");
  assert.equal(line?.["region"], "eu");
  assert.equal(line?.["requestId"], "r-1");
  assert.equal(line?.["amount"], "12345678901234567890");
  assert.equal(line?.["msg"], "placed");
});

test("no secret reaches the log, wherever a caller puts it", () => {
  const out = capture();
  const logger = createLogger({ process: "node", destination: out });
  const secret = "hunter2hunter2";
  const cyclic: Record<string, unknown> = { secret };
  cyclic["self"] = cyclic;
  logger.info({ secret, secretKey: secret, apiKey: secret, signature: secret, token: secret }, "a");
  logger.info({ headers: { "X-MBX-APIKEY": secret, Authorization: `Bearer ${secret}` } }, "b");
  logger.info({ deep: [{ list: [{ adminToken: secret, "api-secret": secret }] }] }, "c");
  logger.info(
    { url: `/api/v3/order?symbol=X&signature=${secret}` },
    `failed ?signature=${secret}&a=1`,
  );
  logger.info({ cyclic, bytes: Buffer.from(secret) }, `Authorization: Bearer ${secret}`);
  logger.error(
    { err: new Error(`bad {"secret":"${secret}"}`, { cause: { apiSecret: secret } }) },
    "d",
  );
  logger.error(new Error(`signature=${secret}`));
  logger.child({ apiKey: secret, nested: { password: secret } }).info("e");
  logger.info(`body was {"apiKey": "${secret}", "listenKey":"${secret}"}`);
  assert.equal(out.text().includes(secret), false, out.text());
  assert.equal(out.text().includes(Buffer.from(secret).toString("hex")), false);
  assert.equal(out.lines().length, 9);
});

test("what is no secret stays readable", () => {
  const out = capture();
  createLogger({ process: "node", destination: out }).info(
    { key: "BTCUSDT", tokens: 3, position: 7, author: "x", err: new TypeError("boom") },
    "tokens=3 left",
  );
  const [line] = out.lines();
  assert.equal(line?.["key"], "BTCUSDT");
  assert.equal(line?.["tokens"], 3);
  assert.equal(line?.["author"], "x");
  assert.equal(line?.["msg"], "tokens=3 left");
  const error = line?.["err"] as { type: string; message: string; stack: string };
  assert.equal(error.type, "TypeError");
  assert.match(error.stack, /logger\.test\.ts/);
  assert.equal(redactText("a=1&signature=abc&b=2"), "a=1&signature=[redacted]&b=2");
});
