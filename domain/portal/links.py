"""Addresses that we give to people: the customer's page of a quote, and its documents.

What answers there is in `app/server/customer_page.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from domain.shared.ids import global_id

PAGE_PATH = "/q"
QUOTE_PATH = "/quotes"


@dataclass(slots=True)
class Links:
    """`base` is where people reach this installation, without a slash at its end. It is known once the server listens,
    unless it was set."""

    base: str = "http://127.0.0.1:8000"

    def page(self, key: str) -> str:
        """The page on which a customer sees a quote and decides on it."""
        return f"{self.base}{PAGE_PATH}/{key}"

    def public_pdf(self, key: str, alternatives: Sequence[str] = ()) -> str:
        """The printed quote, for the customer, with these alternatives in place of their lines' items."""
        query = urlencode([("alternative", it) for it in alternatives])
        return f"{self.page(key)}/quote.pdf" + (f"?{query}" if query else "")

    def public_signed_pdf(self, key: str, sha256: str) -> str:
        """A quote as it was signed, for the customer."""
        return f"{self.page(key)}/signed/{sha256}.pdf"

    def public_documents(self, key: str) -> str:
        """Where the customer hands in documents."""
        return f"{self.page(key)}/documents"

    def pdf(self, quote_id: str) -> str:
        """The printed quote, for whoever has an API key that may read it."""
        return f"{self.base}{QUOTE_PATH}/{global_id('Quote', quote_id)}/quote.pdf"

    def handed_in(self, quote_id: str, document_id: str) -> str:
        """What a customer has uploaded, for whoever has an API key that may read the quote."""
        return f"{self.base}{QUOTE_PATH}/{global_id('Quote', quote_id)}/documents/{document_id}"

    def signed_pdf(self, quote_id: str, sha256: str) -> str:
        """A quote as it was signed, for whoever has an API key that may read it."""
        return f"{self.base}{QUOTE_PATH}/{global_id('Quote', quote_id)}/signed/{sha256}.pdf"
