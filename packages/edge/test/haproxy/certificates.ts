import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "halcyon-tls-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A certificate for localhost that is its own authority; `pem` holds its key as well. */
export function makeCertificate(t: TestContext): { readonly ca: string; readonly pem: string } {
  const folder = temporaryFolder(t);
  const [key, certificate] = [join(folder, "k"), join(folder, "c")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const files = ["-keyout", key, "-out", certificate];
  execFileSync("openssl", ["req", "-x509", ...curve, ...files, ...subject], { stdio: "ignore" });
  const ca = readFileSync(certificate, "utf8");
  return { ca, pem: ca + readFileSync(key, "utf8") };
}
