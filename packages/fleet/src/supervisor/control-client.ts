import { request } from "node:http";
import type { VenueStatus } from "./control-server.ts";
import { controlSocketPath } from "./control-server.ts";
import type { ProcessStatus } from "./supervisor.ts";

export type VenueProcesses = {
  readonly venue: VenueStatus;
  readonly processes: readonly ProcessStatus[];
};
export type ControlReply<Body> =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly code: string; readonly detail: string };

const timeoutMs = 10_000;

/** Speaks to the supervisor of a data folder, if one runs. */
export class ControlClient {
  readonly #dataFolder: string;

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  processes(): Promise<ControlReply<VenueProcesses>> {
    return this.#ask("GET", "/processes");
  }

  stop(): Promise<ControlReply<{ readonly status: string }>> {
    return this.#ask("POST", "/stop");
  }

  act(
    name: string,
    action: "drain" | "undrain" | "kill",
  ): Promise<ControlReply<{ readonly name: string; readonly done: string }>> {
    return this.#ask("POST", `/processes/${encodeURIComponent(name)}/${action}`);
  }

  #ask<Body>(method: string, path: string): Promise<ControlReply<Body>> {
    const socketPath = controlSocketPath(this.#dataFolder);
    return new Promise((resolve) => {
      const refuse = (code: string, detail: string) => resolve({ ok: false, code, detail });
      const call = request({ socketPath, method, path, timeout: timeoutMs }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => {
          const body = JSON.parse(text) as Body & { code?: string; detail?: string };
          if ((response.statusCode ?? 500) < 300) resolve({ ok: true, body });
          else refuse(body.code ?? "failed", body.detail ?? text);
        });
      });
      call.on("timeout", () => call.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      call.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "ECONNREFUSED") {
          refuse("not-running", `No venue runs on ${this.#dataFolder}: start it with npm start.`);
        } else if (error.code === "EACCES") {
          refuse(
            "not-allowed",
            `${socketPath} belongs to another user: use the one who started it.`,
          );
        } else refuse("failed", `${socketPath}: ${error.message}`);
      });
      call.end();
    });
  }
}
