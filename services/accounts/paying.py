"""What a payment code says (GOST R 56042-2014), and the address of a page to pay on."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from services.company.account_rules import Requisites

HEAD = "ST00012"  # the mark, version 0001, 2: UTF-8
MARK = "|"
PURPOSE = 210  # characters, by the standard


def payment_string(of: Requisites, account: str, kopecks: int, month: date) -> str:
    """The five fields every code has, in their order, then the rest. Raises `ValueError` where
    nothing is owed: a code that asks for nothing misleads."""
    if kopecks <= 0:
        raise ValueError("nothing to pay")
    fields = {
        "Name": of.name,
        "PersonalAcc": of.account,
        "BankName": of.bank,
        "BIC": of.bic,
        "CorrespAcc": of.corr_account,
        "PayeeINN": of.inn,
        "PersAcc": account,
        "Purpose": name_purpose(of, account, month),
        "Sum": str(kopecks),
    }
    return MARK.join([HEAD, *(f"{name}={clean(value)}" for name, value in fields.items())])


def name_purpose(of: Requisites, account: str, month: date) -> str:
    named = {"account": account, "month": f"{month:%m.%Y}"}
    return clean(fill(of.purpose, named))[:PURPOSE]


def address_to_pay(of: Requisites, account: str, kopecks: int) -> str:
    """Empty where the company has no such page. `{sum}` in roubles, "4512.30"."""
    named = {"account": quote(account, safe=""), "sum": f"{kopecks // 100}.{kopecks % 100:02d}"}
    return fill(of.pay_url, named)


def fill(text: str, named: dict[str, str]) -> str:
    """A value is never looked into for further names."""
    out = text
    for name in named:
        out = out.replace("{" + name + "}", f"\x00{name}\x00")
    for name, value in named.items():
        out = out.replace(f"\x00{name}\x00", value)
    return out


def clean(value: str) -> str:
    """One line without the mark that parts the fields."""
    plain = "".join(each if each.isprintable() else " " for each in value.replace(MARK, " "))
    return " ".join(plain.split())
