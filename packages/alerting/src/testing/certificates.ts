import { generate } from "selfsigned";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 86_400_000;

/** An authority that tests trust, and nobody else does. */
export async function newAuthority(name = "Test authority"): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: "commonName", value: name }], {
    ...common,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key, cert };
}

/** @param by who signs it. Absent: it does so itself */
export async function newCertificate(of: {
  host: string;
  by?: Certificate;
  expired?: boolean;
}): Promise<Certificate> {
  const { host, by, expired = false } = of;
  const now = Date.now();
  const { private: key, cert } = await generate([{ name: "commonName", value: host }], {
    ...common,
    notBeforeDate: new Date(now - 30 * DAY_MS),
    notAfterDate: new Date(now + (expired ? -DAY_MS : DAY_MS)),
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: host }] },
    ],
    ...(by && { ca: by }),
  });
  return { key, cert };
}

const common = { keyType: "ec", algorithm: "sha256" } as const;
