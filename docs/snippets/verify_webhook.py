import hashlib, hmac, time


def is_genuine(body: bytes, signature: str, secret: str, now: float | None = None) -> bool:
    """Whether a request comes from ai-usage, is whole, and is from now. `body` is as it came, not parsed."""
    parts = dict(part.partition("=")[::2] for part in signature.split(","))
    t, v1 = parts.get("t", ""), parts.get("v1", "")
    expected = hmac.new(secret.encode(), t.encode() + b"." + body, hashlib.sha256).hexdigest()
    is_signed = hmac.compare_digest(v1.encode(), expected.encode())
    return is_signed and abs((now or time.time()) - int(t)) < 300
