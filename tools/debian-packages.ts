import { spawnSync } from "node:child_process";

/** What tests use of Debian, by the command that shows it is there. */
const packages = {
  chromium: "chromium",
  etcd: "etcd-server",
  etcdctl: "etcd-client",
  haproxy: "haproxy",
  ip: "iproute2",
  iptables: "iptables",
  openssl: "openssl",
  strace: "strace",
} as const;

/**
 * Installs what is missing where that is possible (root, apt-get). Otherwise says what to install:
 * the tests that need it are skipped then, but in CI they fail.
 */
export function ensureDebianPackages(): void {
  const missing = Object.entries(packages)
    .filter(([command]) => spawnSync("which", [command]).status !== 0)
    .map(([, name]) => name);
  if (missing.length === 0) return;
  const names = missing.join(" ");
  if (process.getuid?.() === 0 && spawnSync("which", ["apt-get"]).status === 0) {
    process.stderr.write(`Installing Debian packages for the tests: ${names} ...\n`);
    const apt = (...args: string[]) =>
      spawnSync("apt-get", args, {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      }).status === 0;
    const install = () => apt("install", "-y", "--no-install-recommends", ...missing);
    if (install() || (apt("update") && install())) return;
  }
  process.stderr.write(
    `Some tests need Debian packages that are not here. As root: apt-get install ${names}\n`,
  );
}
