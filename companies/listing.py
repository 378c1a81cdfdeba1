"""Stock codes as people write them: 600519, 600519.SH, SH600519, 00700.HK, AAPL."""

import re
from typing import Final

from core.searchkeys import normalise

MARKETS: Final = {
    "sh": "SSE", "ss": "SSE", "sse": "SSE", "sz": "SZSE", "szse": "SZSE", "bj": "BSE", "bse": "BSE", "oc": "NEEQ",
    "neeq": "NEEQ", "hk": "HKEX", "hkex": "HKEX", "tw": "TWSE", "twse": "TWSE", "nasdaq": "NASDAQ", "o": "NASDAQ",
    "nyse": "NYSE", "n": "NYSE",
}  # fmt: skip
# The first digits of the six that the three exchanges of the mainland give out; the longest that fits counts.
PREFIXES: Final = (("920", "BSE"), ("6", "SSE"), ("900", "SSE"), ("0", "SZSE"), ("2", "SZSE"), ("3", "SZSE"),
                   ("8", "BSE"), ("4", "BSE"))  # fmt: skip


def read_listing(text: str) -> tuple[str, str]:
    """(code, exchange) of what was typed; the exchange is empty where the code does not tell it."""
    written = normalise(text)
    found = re.fullmatch(r"(?P<code>[0-9a-z]+)[.:](?P<market>[a-z]+)", written) or re.fullmatch(
        r"(?P<market>sh|sz|bj|hk)[.:]?(?P<code>\d{4,6})", written
    )
    code = found["code"] if found else written
    market = MARKETS.get(found["market"], "") if found else ""
    return code.upper(), market or exchange_of(code)


def is_code(code: str) -> bool:
    """Whether an exchange could have given this code out: digits, or a few letters as in America."""
    return re.fullmatch(r"\d{4,6}|[A-Z]{1,5}([.-][A-Z]{1,2})?", code) is not None


def exchange_of(code: str) -> str:
    """The exchange whose numbers look like this."""
    if re.fullmatch(r"\d{5}", code):
        return "HKEX"
    if not re.fullmatch(r"\d{6}", code):
        return ""
    return next((exchange for prefix, exchange in PREFIXES if code.startswith(prefix)), "")
