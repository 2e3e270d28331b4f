import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";

/** A page in a folder: `index.html`, and everything that it loads under `assets/`. */
export interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  /** The bytes by content coding; `identity` is always there. */
  readonly bodies: Readonly<Partial<Record<Coding, Buffer>>> & { readonly identity: Buffer };
}

type Coding = "br" | "gzip" | "identity";

const FILES_MAX = 1_000;
const BYTES_MAX = 64 * 1024 * 1024;

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css;charset=UTF-8",
  ".html": "text/html;charset=UTF-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript;charset=UTF-8",
  ".json": "application/json;charset=UTF-8",
  ".md": "text/plain;charset=UTF-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain;charset=UTF-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Names under `assets/` carry a hash of their content; whatever else there is must be asked for anew. */
const HASHED = /-[\w-]{8}\.\w+$/;
/** What is compressed lies beside the file, by these endings. */
const CODINGS: Readonly<Record<string, Coding>> = { ".br": "br", ".gz": "gzip" };

const SECURITY_HEADERS: readonly string[] = [
  "Content-Security-Policy",
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "Cross-Origin-Opener-Policy",
  "same-origin",
  "Cross-Origin-Resource-Policy",
  "same-origin",
  "Permissions-Policy",
  "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "Referrer-Policy",
  "no-referrer",
  "X-Content-Type-Options",
  "nosniff",
  "X-Frame-Options",
  "DENY",
];

/** Where programs ask; a browser that looks at one of these paths sees what a program sees. */
export const API_ROOTS: readonly string[] = [
  "api",
  "sapi",
  "admin",
  "people",
  "ws",
  "stream",
  "ws-api",
];
const API_PATH = new RegExp(`^/(?:${API_ROOTS.join("|")})(?:/|$)`);

/** The files of a page, in memory. */
export class PageFiles {
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #index: PageFile;

  constructor(files: ReadonlyMap<string, PageFile>) {
    const index = files.get("/index.html");
    if (index === undefined)
      throw new Error("The page's folder has no index.html: build the page.");
    this.#files = files;
    this.#index = index;
  }

  /** Answers what a browser asks for; false: the request is none of a page's. `path` has no query. */
  answer(request: IncomingMessage, path: string, response: ServerResponse): boolean {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    const file = this.#fileFor(path, request.headers.accept);
    if (file === null) return false;
    send(request, response, file);
    return true;
  }

  #fileFor(path: string, accept: string | undefined): PageFile | null {
    if (path.startsWith("/assets/")) return this.#files.get(path) ?? null;
    // Every path of the app's own is the same document; who does not want documents asks an API.
    const wantsDocument = accept?.includes("text/html") === true;
    return wantsDocument && !API_PATH.test(path) ? this.#index : null;
  }
}

/** Reads a built page whole. Throws where the folder is not there or holds too much for a page. */
export function readPageFiles(folder: string): PageFiles {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  if (names.length > FILES_MAX) throw new Error(`${folder} has over ${FILES_MAX} files: no page.`);
  const files = new Map<string, PageFile>();
  let bytes = 0;
  for (const name of names.filter((name) => CODINGS[extname(name)] === undefined)) {
    const file = readFile(name);
    const path = name.slice(folder.length).split(sep).join("/");
    files.set(path.startsWith("/") ? path : `/${path}`, file);
    for (const body of Object.values(file.bodies)) bytes += body.length;
  }
  if (bytes > BYTES_MAX) throw new Error(`${folder} has over ${BYTES_MAX} bytes: no page.`);
  return new PageFiles(files);
}

function readFile(name: string): PageFile {
  const identity = readFileSync(name);
  const bodies: { identity: Buffer } & Partial<Record<Coding, Buffer>> = { identity };
  for (const [ending, coding] of Object.entries(CODINGS)) {
    if (existsSync(name + ending)) bodies[coding] = readFileSync(name + ending);
  }
  const isForEver = name.includes(`${sep}assets${sep}`) && HASHED.test(name);
  return {
    type: TYPES[extname(name)] ?? "application/octet-stream",
    etag: createHash("sha256").update(identity).digest("base64url").slice(0, 22),
    cacheControl: isForEver ? "public, max-age=31536000, immutable" : "no-cache",
    bodies,
  };
}

function send(request: IncomingMessage, response: ServerResponse, file: PageFile): void {
  const coding = codingFor(request.headers["accept-encoding"], file);
  // Different bytes, different tags (RFC 9110, 8.8.3.3).
  const etag = `"${file.etag}-${coding}"`;
  const headers = [
    ...SECURITY_HEADERS,
    "Cache-Control",
    file.cacheControl,
    "ETag",
    etag,
    "Vary",
    "Accept, Accept-Encoding",
  ];
  if (tagsOf(request.headers["if-none-match"]).includes(etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const body = file.bodies[coding] ?? file.bodies.identity;
  headers.push("Content-Type", file.type, "Content-Length", String(body.length));
  if (coding !== "identity") headers.push("Content-Encoding", coding);
  response.writeHead(200, headers);
  response.end(request.method === "HEAD" ? undefined : body);
}

function tagsOf(header: string | undefined): string[] {
  return (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
}

function codingFor(accepted: string | undefined, file: PageFile): Coding {
  const names = (accepted ?? "")
    .split(",")
    .filter((part) => !/;\s*q=0(?:\.0*)?\s*$/.test(part))
    .map((part) => part.split(";", 1)[0]!.trim().toLowerCase());
  for (const coding of ["br", "gzip"] as const) {
    if (names.includes(coding) && file.bodies[coding] !== undefined) return coding;
  }
  return "identity";
}
