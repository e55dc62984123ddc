const certificates: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate has been revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself, and by nobody who is trusted",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by nobody who is trusted",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate is signed by nobody who is trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is signed by nobody who is trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by nobody who is trusted",
  CERT_SIGNATURE_FAILURE: "its certificate is signed by nobody who is trusted",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
};

const connections: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name could not be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was closed before the answer was there",
  EPIPE: "the connection was closed before the answer was there",
  ETIMEDOUT: "the connection could not be made in time",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the host cannot be reached",
  EPROTO: "what answered does not speak HTTPS",
};

/** What went wrong with a connection, in our words: those of the network may hold addresses and what was sent. */
export function connectionProblem(error: unknown): string {
  const code = codeOf(error);
  const known = certificates[code] ?? connections[code];
  if (known !== undefined) return known;
  if (code.startsWith("HPE_")) return "what answered does not speak HTTP";
  if (code.startsWith("ERR_SSL_")) return "no encrypted connection could be agreed on";
  return "the connection failed";
}

/** Of several addresses that were tried, what became of the first. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
