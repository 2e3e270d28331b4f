import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerReader, type HttpAnswer } from "../src/http-answer.ts";

/** What is read when the bytes come in pieces of this size. */
function read(text: string, pieceBytes: number, reader = new AnswerReader(10_000)): HttpAnswer[] {
  const bytes = Buffer.from(text);
  const answers: HttpAnswer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const answer = reader.push(bytes.subarray(at, at + pieceBytes));
    if (answer !== null) answers.push(answer);
  }
  return answers;
}

const plain =
  'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nHalcyon-Position:  12 \r\n\r\n{"ä":1}'.replace("7", "8");
const chunked =
  "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: 1\r\n\r\n";

test("answers are read whole, in whatever pieces they come", () => {
  for (let pieceBytes = 1; pieceBytes < 200; pieceBytes++) {
    const [first, ...more] = read(plain, pieceBytes);
    assert.deepEqual(more, []);
    assert.equal(first?.status, 200);
    assert.equal(first.text, '{"ä":1}');
    assert.equal(first.headers["halcyon-position"], "12");
    const [second] = read(`HTTP/1.1 100 Continue\r\n\r\n${chunked}`, pieceBytes);
    assert.equal(second?.status, 503);
    assert.equal(second.text, "abcdefg");
  }
  const empty = read("HTTP/1.1 204 No Content\r\n\r\n", 1_000);
  assert.equal(empty[0]?.text, "");
});

test("one answer after the other is read on the same connection", () => {
  const reader = new AnswerReader(10_000);
  for (let round = 0; round < 3; round++) {
    assert.equal(read(plain, 1_000, reader)[0]?.text, '{"ä":1}');
    assert.equal(read(chunked, 5, reader)[0]?.text, "abcdefg");
    assert.ok(reader.isBlank);
  }
});

test("an answer without a length ends with its connection, others break off", () => {
  const reader = new AnswerReader(10_000);
  assert.deepEqual(read("HTTP/1.0 200 OK\r\n\r\nabc", 4, reader), []);
  assert.equal(reader.end()?.text, "abc");
  for (const broken of [plain.slice(0, -1), chunked.slice(0, -3), "HTTP/1.1 200 OK\r\nContent"]) {
    const half = new AnswerReader(10_000);
    assert.deepEqual(read(broken, 1_000, half), []);
    assert.equal(half.end(), null, broken);
  }
});

test("what is no answer, or is too long, is an error", () => {
  assert.throws(() => read("SSH-2.0-x\r\n\r\n", 100), /not of HTTP/);
  const long = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n";
  assert.throws(() => read(long + "x".repeat(100_000), 1_000), /too long/);
  assert.throws(
    () => read(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(70_000)}`, 1_000),
    /head is too long/,
  );
  assert.throws(() => read("HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n", 100), /length/);
  const chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
  assert.throws(() => read(chunks, 100), /chunks/);
});
