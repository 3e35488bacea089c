"""What a planted person is known by, to be found again wherever it stands."""

from __future__ import annotations

NAME, PHONE, USER, FLAT = "Зоя Меченая", "+79161234567", "777000111", "4242"
SHOWN_PHONE, OTHER_USER = "+7 916 123-45-67", "888000222"
WORDS, BYTES, HANDLE = "тайныеслова", "байтыфайла", "ручка777"
MARKS = (NAME, PHONE, SHOWN_PHONE, USER, OTHER_USER, FLAT, WORDS, BYTES, HANDLE)
