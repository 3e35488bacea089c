"""What the Bot API answers when it does not do as asked."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad(description: str, **parameters: Any) -> ApiError:
    return ApiError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> ApiError:
    return ApiError(403, f"Forbidden: {description}")


def conflict(description: str) -> ApiError:
    return ApiError(409, f"Conflict: {description}")


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized")


def too_many(retry_after: float) -> ApiError:
    """Whole seconds, as published, but for a world that runs faster."""
    if retry_after == int(retry_after):
        retry_after = int(retry_after)
    return ApiError(429, f"Too Many Requests: retry after {retry_after:g}", retry_after=retry_after)
