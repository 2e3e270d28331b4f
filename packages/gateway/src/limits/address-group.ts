import { isIPv6 } from "node:net";

/** Whoever has one IPv6 address has 2^64 of them: they count as one. */
export function addressGroup(address: string): string {
  if (!address.includes(":") || !isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const words = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const tailWords = tail === "" ? 0 : tail.split(":").length;
    while (words.length + tailWords < 8 && words.length < 4) words.push("0");
  }
  return words.slice(0, 4).join(":");
}
