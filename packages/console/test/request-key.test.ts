import assert from "node:assert/strict";
import test from "node:test";
import { newRequestKey } from "../src/venue/request-key.ts";

test("a request's key is a UUIDv7 of the time that it is given", () => {
  const key = newRequestKey(1_795_687_040_316);
  assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16), 1_795_687_040_316);
  assert.notEqual(key, newRequestKey(1_795_687_040_316));
});
