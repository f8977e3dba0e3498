"""Check the proof of an entry with plain Python: python read_proof.py FILE NAME+ID+BASE64"""
import base64, hashlib, json, pathlib, re, sys
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # RFC 8032, 5.1
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
FIELDS = {"format": str, "version": int, "entry": int, "stream": str, "place": int, "kind": str,
          "state": str, "index": int, "path": list, "checkpoint": str}
need = lambda holds, what: holds or sys.exit(f"NOT PROVEN: {what}")
once = lambda pairs: dict(pairs) if len(dict(pairs)) == len(pairs) else {}
compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
sha, num = lambda data: hashlib.sha256(data).digest(), lambda data: int.from_bytes(data, "little")
def decoded(text):
    data = base64.b64decode(text, validate=True)
    return data if base64.b64encode(data).decode() == text else b""
def point(data):  # of the curve, as (x, y)
    y = num(data) & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT % P
    need(y < P and x * x % P == square, "the key is no point of the curve")
    return (x if x & 1 == data[31] >> 7 else P - x), y
def add(p, q):
    (a, b), (c, d), t = p, q, D * p[0] * p[1] * q[0] * q[1]
    return (a * d + b * c) * pow(1 + t, -1, P) % P, (b * d + a * c) * pow(1 - t, -1, P) % P
def times(n, p):
    return add(times(n >> 1, add(p, p)), p if n & 1 else (0, 1)) if n else (0, 1)
def signed(key, text, signature):  # RFC 8032, 5.1.7
    (x, y), s = point(key), num(signature[32:])
    digest = num(hashlib.sha512(signature[:32] + key + text).digest()) % ORDER
    x, y = add(times(s, point(b"X" + 31 * b"f")), times(digest, (P - x, y)))
    return len(signature) == 64 and s < ORDER and y | (x & 1) << 255 == num(signature[:32])
def root(found, at, last, path):  # RFC 9162, 2.1.3.2
    for other in path:
        need(last, "the path is too long")
        left = at & 1 or at == last
        found = sha(b"\1" + other + found) if left else sha(b"\1" + found + other)
        while left and at and not at & 1: at, last = at >> 1, last >> 1
        at, last = at >> 1, last >> 1
    return found if last == 0 else None
def main(file, trusted):
    sys.excepthook = lambda _, why, __: print("NOT PROVEN:", why, file=sys.stderr)
    (name, key_id, key), text = trusted.strip().split("+", 2), pathlib.Path(file).read_bytes()
    key, proof = decoded(key), json.loads(text.decode(), object_pairs_hook=once)
    need(sha(f"{name}\n".encode() + key)[:4].hex() == key_id and len(key) == 33, "this is no key")
    need({field: type(value) for field, value in proof.items()} == FIELDS, "this is no proof")
    need((proof["format"], proof["version"]) == ("seatledger entry proof", 1), "of another kind")
    text, _, lines = proof["checkpoint"].rpartition("\n\n")
    found = [line.split(" ")[-1] for line in lines.split("\n") if line.startswith(f"— {name} ")]
    found = [one[4:] for one in map(decoded, found) if one[:4].hex() == key_id]
    true = lines[-1:] == "\n" and all(signed(key[1:], f"{text}\n".encode(), one) for one in found)
    need(found and true, "the checkpoint is not signed by the key")
    (origin, size, top, *_), index, path = text.split("\n"), proof["index"], proof["path"]
    need(origin == name and re.fullmatch("[1-9][0-9]{0,17}", size), "this is no checkpoint")
    need(0 <= index == proof["entry"] - 1 < int(size), "the log that was signed has no such entry")
    head = compact([proof["stream"], proof["place"], proof["kind"]])
    leaf, hashes = sha(f"\0{head}\n{proof['state']}".encode()), list(map(bytes.fromhex, path))
    need([one.hex() for one in hashes] == path, "the path is malformed")
    need(root(leaf, index, int(size) - 1, hashes) == decoded(top), "it is not in the signed log")
    said = ascii(f"{head} {proof['state']}")[1:-1]
    print(f"PROVEN: entry {index + 1} of {name!a}, signed at {size} entries, says\n{said}")
if __name__ == "__main__": main(*sys.argv[1:])
