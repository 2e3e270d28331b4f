import { type DestinationStream, type Logger, pino, stdSerializers } from "pino";
import { LineWriter } from "./line-writer.ts";

export type { Logger };

export interface LoggerOptions {
  readonly process: string;
  readonly node?: string;
  readonly region?: string;
  readonly level?: "debug" | "info" | "warn" | "error" | "fatal";
  /** Where lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

const REDACTED = "[redacted]";
const DEPTH_MAX = 6;
const STDOUT_FD = 1;

const SECRET_KEY =
  /secret|signature|authorization|password|passphrase|cookie|private.?key|api.?key|listen.?key|sealing.?key|^token$|[a-z]Token$|_token$/i;
/**
 * Secrets that travel inside text: query strings, authorization headers and quoted JSON in messages
 * and stacks. Applied to whole lines, so it also covers what a child logger was bound to.
 */
const SECRET_TEXT =
  /\b(signature|secret|secretkey|api_?key|listenkey|token|password)(=|%3D)[^&\s"'\\]+|\bBearer\s+[^\s"'\\]+/gi;
const SECRET_JSON =
  /(\\?"[\w.-]{0,40}(?:secret|signature|authorization|password|passphrase|cookie|apikey|listenkey)[\w.-]{0,40}\\?":\s?\\?")[^"\\]*/gi;

/** Structured log lines: JSON, ISO time, level names, and no field whose name says secret. */
export function createLogger(options: LoggerOptions): Logger {
  const { node, region } = options;
  const base = { process: options.process, pid: process.pid, node, region };
  return pino(
    {
      level: options.level ?? "info",
      base,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactFields(fields),
      },
      // Errors were made plain by the formatter; pino's own serializer would lose their type.
      serializers: { err: (error: unknown) => error },
      hooks: { streamWrite: redactText },
    },
    options.destination ?? new LineWriter(STDOUT_FD),
  );
}

/** Replaces `signature=...`, `"secret":"..."` and the like inside any text. */
export function redactText(text: string): string {
  return text
    .replace(SECRET_TEXT, (_match, name: string | undefined, equals: string | undefined) =>
      name === undefined ? `Bearer ${REDACTED}` : `${name}${equals}${REDACTED}`,
    )
    .replace(SECRET_JSON, `$1${REDACTED}`);
}

function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) out[key] = redact(key, value, DEPTH_MAX);
  return out;
}

function redact(key: string, value: unknown, depth: number): unknown {
  if (value !== undefined && value !== null && SECRET_KEY.test(key)) return REDACTED;
  // JSON has no bigint; the digits are kept as text so that no amount is rounded.
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object") return value;
  // The depth bound also ends cycles.
  if (depth === 0) return "[too deep]";
  if (value instanceof Error) return redact("", { ...stdSerializers.err(value) }, depth - 1);
  if (value instanceof Date) return value.toISOString();
  // Bytes are never logged: they are request bodies, keys or signatures.
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item: unknown) => redact("", item, depth - 1));
  const out: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) out[name] = redact(name, item, depth - 1);
  return out;
}
