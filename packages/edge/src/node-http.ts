/**
 * What the edge uses of node:http. An import of it would load the fetch of undici as well, which is
 * 75 ms of a process's start.
 */
export const { Agent, createServer, request }: typeof import("node:http") =
  process.getBuiltinModule("node:http");
