import { generateKeyPairSync, sign } from "node:crypto";

/** DER: a tag, the length, the content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), body]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), body]);
}

const sequence = (...content: Uint8Array[]) => der(0x30, ...content);
const utcTime = (time: Date) =>
  der(0x17, Buffer.from(`${time.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));

const objectId = {
  commonName: Buffer.of(0x06, 0x03, 0x55, 0x04, 0x03),
  subjectAltName: Buffer.of(0x06, 0x03, 0x55, 0x1d, 0x11),
  ecdsaWithSha256: Buffer.of(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02),
};

/** A certificate for one host name, signed by itself, good for a day. */
export function selfSigned(hostName: string): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(objectId.ecdsaWithSha256);
  const name = sequence(der(0x31, sequence(objectId.commonName, der(0x0c, Buffer.from(hostName)))));
  const dayMs = 86_400_000;
  const [from, to] = [new Date(Date.now() - dayMs), new Date(Date.now() + dayMs)];
  const alternativeName = sequence(der(0x82, Buffer.from(hostName)));
  const content = sequence(
    der(0xa0, Buffer.of(0x02, 0x01, 0x02)),
    Buffer.of(0x02, 0x01, 0x01),
    algorithm,
    name,
    sequence(utcTime(from), utcTime(to)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(sequence(objectId.subjectAltName, der(0x04, alternativeName)))),
  );
  const signature = sign("sha256", content, privateKey);
  const certificate = sequence(content, algorithm, der(0x03, Buffer.of(0), signature));
  const lines = certificate.toString("base64").replace(/.{1,64}/g, "$&\n");
  return {
    key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
  };
}
