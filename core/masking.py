"""Telephone numbers, mail addresses and other handles as people without the right to them see them."""

import re


def mask_phone(number: str) -> str:
    """138****5678 for a mobile, area code and last two digits of another; a short number shows nothing."""
    digits = re.sub(r"\D", "", number)
    if not digits:
        return ""
    if mobile := re.fullmatch(r"(?:86)?(1[3-9]\d)\d{4}(\d{4})", digits):
        return f"{mobile[1]}****{mobile[2]}"
    area = re.match(r"\s*(0\d{2,3})[\s-]", number)
    if area and len(digits) >= len(area[1]) + 7:
        return f"{area[1]}-****{digits[-2:]}"
    return f"****{digits[-2:]}" if len(digits) >= 7 else "****"


def mask_mail(address: str) -> str:
    """z***@example.com: the first character and the domain."""
    name, at, domain = address.strip().rpartition("@")
    if not at or not name:
        return mask_text(address)
    return f"{name[0]}***@{domain}"


def mask_text(text: str) -> str:
    """The first character of a handle such as a WeChat name, the rest hidden whatever its length."""
    cleaned = text.strip()
    return f"{cleaned[0]}***" if len(cleaned) > 1 else "***" if cleaned else ""
