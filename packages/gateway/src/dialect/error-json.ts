import type { DialectError } from "./errors.ts";

/** The body of an error: code, text and, for cancel-replace, what became of either part. */
export function errorJson(error: DialectError, dataJson?: string): string {
  const data = dataJson === undefined ? "" : `,"data":${dataJson}`;
  return `{"code":${error.code},"msg":${JSON.stringify(error.msg)}${data}}`;
}
