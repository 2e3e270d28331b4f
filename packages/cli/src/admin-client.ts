import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { dataFolderOf, readCredentials } from "@halcyon/fleet";
import { CliError, exitCode } from "./cli-error.ts";
import { type CommonOptions, dataFolder } from "./options.ts";
import { withProgress } from "./output.ts";

const timeoutMs = 15_000;

/** Path segments that a user typed may hold anything. */
export function path(
  strings: TemplateStringsArray,
  ...values: readonly (string | number)[]
): string {
  return String.raw({ raw: strings }, ...values.map((value) => encodeURIComponent(value)));
}

/** Calls the admin API of the venue that runs on the data folder, as its first administrator. */
export async function callAdmin<Body>(
  options: CommonOptions,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
): Promise<Body> {
  const data = dataFolder(options);
  const url = urlOfVenue(data);
  const credentials = readCredentials(data);
  if (credentials === null) {
    throw new CliError(
      "No administrator",
      `${dataFolderOf(data).credentialsFile} cannot be read: name the venue's folder with --data.`,
    );
  }
  const response = await withProgress(`waiting for ${url}`, () =>
    fetch(`${url}/admin/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${credentials.administrator.token}`,
        // Sent again by the edge or by a person, it is executed once.
        ...(method === "GET" ? {} : { "idempotency-key": randomUUID() }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw unreachable(url, error);
    }),
  );
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as Body;
  throw refused(response.status, text);
}

/** All pages of a list. */
export async function listAdmin<Item>(
  options: CommonOptions,
  path: string,
  name: string,
): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | number | null = null;
  do {
    const query: string =
      after === null ? "?limit=1000" : `?limit=1000&after=${encodeURIComponent(after)}`;
    const page: Record<string, unknown> = await callAdmin(options, "GET", `${path}${query}`);
    items.push(...(page[name] as Item[]));
    after = page["next"] as string | number | null;
  } while (after !== null);
  return items;
}

function urlOfVenue(data: string): string {
  const file = dataFolderOf(data).venueFile;
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { url: string }).url;
  } catch {
    const detail = `No venue was started on ${data}: start it with npm start, or name its folder with --data.`;
    throw new CliError("Not running", detail, exitCode.notRunning);
  }
}

function unreachable(url: string, error: unknown): CliError {
  if ((error as Error).name === "TimeoutError") {
    const detail = `${url} did not answer within ${timeoutMs / 1000} s: see halcyon status, then ask again whether it was done.`;
    return new CliError("No answer", detail);
  }
  const detail = `Nothing answers at ${url}: start the venue with npm start.`;
  return new CliError("Not running", detail, exitCode.notRunning);
}

type Problem = {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { pointer?: string; parameter?: string; detail: string }[];
};

/** Title, detail and the fields of an RFC 9457 problem, for people. */
function refused(status: number, text: string): CliError {
  let problem: Problem;
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    return new CliError(`HTTP ${status}`, text.slice(0, 500));
  }
  const fields = (problem.errors ?? []).map(
    ({ pointer, parameter, detail }) =>
      `\n  ${pointer?.replace(/^#\//, "") ?? parameter} ${detail}`,
  );
  return new CliError(
    problem.title ?? `HTTP ${status}`,
    (problem.detail ?? text) + fields.join(""),
  );
}
