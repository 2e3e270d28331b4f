import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerParser } from "../src/answer-parser.ts";

interface Parsed {
  status: number;
  headers: readonly string[];
  body: string;
  isWhole: boolean;
  wrong: string | null;
  keepAlive: boolean;
}

function parse(pieces: readonly Buffer[], method = "GET"): Parsed {
  const parsed = { status: 0, headers: [] as readonly string[], body: "", isWhole: false };
  const parser = new AnswerParser({
    onHead: (head) => Object.assign(parsed, head),
    onBody: (chunk) => {
      parsed.body += chunk.toString("latin1");
    },
    onEnd: () => {
      parsed.isWhole = true;
    },
  });
  parser.expect(method);
  let wrong: string | null = null;
  for (const piece of pieces) wrong ??= parser.feed(piece);
  return { ...parsed, wrong, keepAlive: parser.keepAlive };
}

const whole = (text: string, method?: string) => parse([Buffer.from(text, "latin1")], method);

const ANSWERS: readonly [text: string, body: string][] = [
  ["HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n\r\nhello", "hello"],
  [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
    "hello",
  ],
  [
    "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n0\r\nTrailer: x\r\n\r\n",
    "\n",
  ],
  ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nA:b\r\ncontent-length:0\r\n\r\n", ""],
  ["HTTP/1.1 204 No Content\r\nA: b\r\n\r\n", ""],
];

test("answers are read alike however their bytes are split", () => {
  for (const [text, body] of ANSWERS) {
    const bytes = Buffer.from(text, "latin1");
    for (let first = 0; first <= bytes.length; first += 1) {
      for (const second of [first, first + 1, first + 3, bytes.length]) {
        const pieces = [
          bytes.subarray(0, first),
          bytes.subarray(first, second),
          bytes.subarray(second),
        ];
        const parsed = parse(pieces.filter((piece) => piece.length > 0));
        assert.equal(parsed.wrong, null);
        assert.ok(parsed.isWhole);
        assert.equal(parsed.body, body);
        assert.ok(parsed.headers.includes("b"));
      }
    }
    const single = [...bytes].map((byte) => Buffer.from([byte]));
    assert.equal(parse(single).body, body);
    const unended = parse([bytes.subarray(0, bytes.length - 1)]);
    assert.equal(unended.isWhole, false, "a missing last byte is noticed");
  }
});

test("an answer to HEAD ends with its head", () => {
  const parsed = whole("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD");
  assert.ok(parsed.isWhole);
});

test("Connection: close is noticed", () => {
  assert.equal(
    whole("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").keepAlive,
    false,
  );
  assert.equal(
    whole("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n").keepAlive,
    true,
  );
});

test("anything odd is an error, not a guess", () => {
  const odd = [
    "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 101 Switching\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
    "HTTP/1.1 200 OK\r\n: nameless\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
    `HTTP/1.1 200 OK\r\nBig: ${"a".repeat(70_000)}\r\n\r\n`,
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1".repeat(2_000)}`,
  ];
  for (const text of odd) assert.notEqual(whole(text).wrong, null, text.slice(0, 80));
});
