import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export type Secret = { readonly name: string; readonly bytes: Buffer };

/** A text that is a secret as it stands. */
export function secretText(name: string, text: string): Secret {
  return { name, bytes: Buffer.from(text) };
}

/** The forms in which a secret might be written down. */
function formsOf({ bytes }: Secret): Buffer[] {
  const hex = bytes.toString("hex");
  // The last characters of base64 depend on what follows.
  const base64 = bytes.toString("base64").replace(/.=*$/, "");
  const base64url = bytes.toString("base64url").slice(0, -1);
  return [bytes, ...[hex, hex.toUpperCase(), base64, base64url].map((text) => Buffer.from(text))];
}

/** Files below the folder that hold one of the secrets, as "path: which secret". */
export function secretsInFiles(folder: string, secrets: readonly Secret[]): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((file) => join(file.parentPath, file.name));
  return paths.sort().flatMap((path) => {
    const content = readFileSync(path);
    return secretsIn(content, secrets).map(({ name }) => `${relative(folder, path)}: ${name}`);
  });
}

/** Arguments and environments of processes that hold one of the secrets. */
export function secretsInProcesses(pids: readonly number[], secrets: readonly Secret[]): string[] {
  return pids.flatMap((pid) =>
    ["cmdline", "environ"].flatMap((file) => {
      const content = readFileSync(`/proc/${pid}/${file}`);
      return secretsIn(content, secrets).map(({ name }) => `${pid}/${file}: ${name}`);
    }),
  );
}

function secretsIn(content: Buffer, secrets: readonly Secret[]): Secret[] {
  return secrets.filter((secret) => formsOf(secret).some((form) => content.includes(form)));
}
