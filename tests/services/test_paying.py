"""The payment code: read back by another library than the one that drew it, field by field."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from handlers.papers.pay_code import draw_pay_code
from services.accounts.paying import address_to_pay, payment_string
from services.company.account_rules import Requisites

MONTH = date(2026, 10, 1)
ORDER = [
    "Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc", "PayeeINN", "PersAcc", "Purpose", "Sum",
]  # fmt: skip
LONG = "Оплата жилищно-коммунальных услуг и взносов на капитальный ремонт общего имущества "


def requisites(**given: Any) -> Requisites:
    usual = {
        "name": "ООО «УК Уютный дом»", "account": "40702810000000000001",
        "bank": "ПАО Образцовый банк", "bic": "044525000",
        "corr_account": "30101810000000000000", "inn": "7700000000",
    }  # fmt: skip
    return Requisites(**{**usual, **given})


def read(png: bytes) -> dict[str, str]:
    (code,) = zxingcpp.read_barcodes(
        Image.open(io.BytesIO(png)), formats=zxingcpp.BarcodeFormat.QRCode
    )
    head, *fields = code.bytes.decode().split("|")
    assert head == "ST00012"
    pairs = [field.split("=", 1) for field in fields]
    assert [name for name, _ in pairs] == ORDER
    return dict(pairs)


@pytest.mark.parametrize(
    ("given", "account", "kopecks", "purpose"),
    [
        ({}, "0010100001", 451_230,
         "Оплата жилищно-коммунальных услуг, лицевой счёт 0010100001, 10.2026"),
        ({}, "000000000000000001", 1,
         "Оплата жилищно-коммунальных услуг, лицевой счёт 000000000000000001, 10.2026"),
        ({"purpose": LONG + "ж" * (160 - len(LONG))}, "1", 99_999_999_99,
         LONG + "ж" * (160 - len(LONG))),
        ({"purpose": "За ЖКУ {account}, {account} за {month}; {sum}"}, "А-17/б", 100,
         "За ЖКУ А-17/б, А-17/б за 10.2026; {sum}"),
        ({"purpose": "{account} {month}"}, "{month}", 100, "{month} 10.2026"),
        ({"name": 'ООО "УК «Дом», д. 5" = лучшая', "purpose": "Плата; 100 % & <ещё>"}, "1|2\n3",
         7, "Плата; 100 % & <ещё>"),
        ({"name": "Щ" * 160, "bank": "Ж" * 45, "inn": "770000000000", "corr_account": "0",
          "purpose": "Ы" * 160}, "9" * 30, 123_456_789, "Ы" * 160),
        ({"purpose": "{account} " * 16}, "7" * 20, 5, ("7" * 20 + " ") * 10),
    ],
)  # fmt: skip
def test_a_code_says_what_is_to_be_paid(
    given: dict[str, Any], account: str, kopecks: int, purpose: str
) -> None:
    of = requisites(**given)
    text = payment_string(of, account, kopecks, MONTH)
    fields = read(draw_pay_code(text))
    assert fields == {
        "Name": of.name,
        "PersonalAcc": of.account,
        "BankName": of.bank,
        "BIC": of.bic,
        "CorrespAcc": of.corr_account,
        "PayeeINN": of.inn,
        "PersAcc": re.sub(r"[|\n]", " ", account),
        "Purpose": purpose.strip(),
        "Sum": str(kopecks),
    }
    assert len(fields["Purpose"]) <= 210


@pytest.mark.parametrize("kopecks", [0, -1, -35_000])
def test_there_is_no_code_where_nothing_is_owed(kopecks: int) -> None:
    with pytest.raises(ValueError, match="nothing to pay"):
        payment_string(requisites(), "1", kopecks, MONTH)


@pytest.mark.parametrize("share", [0.4, 0.75])
def test_a_code_is_read_from_a_picture_that_a_messenger_squeezed(share: float) -> None:
    text = payment_string(requisites(purpose="Ы" * 160), "0010100001", 451_230, MONTH)
    picture = Image.open(io.BytesIO(draw_pay_code(text))).convert("RGB")
    assert picture.width >= 900
    small = picture.resize((int(picture.width * share),) * 2, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    assert read(out.getvalue())["Sum"] == "451230"


@pytest.mark.parametrize(
    ("pay_url", "address"),
    [
        ("", ""),
        ("https://pay.example/", "https://pay.example/"),
        ("https://pay.example/?a={account}&s={sum}", "https://pay.example/?a=00%2F1%26s%3D0&s=4512.05"),
    ],
)  # fmt: skip
def test_the_page_to_pay_on(pay_url: str, address: str) -> None:
    assert address_to_pay(requisites(pay_url=pay_url), "00/1&s=0", 451_205) == address
