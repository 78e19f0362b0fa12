"""The URLs of the customer's page of a quote and of the quote's documents. `app/server/customer_page` serves them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from domain.shared.ids import global_id

PAGE_PATH = "/q"
QUOTE_PATH = "/quotes"


@dataclass(slots=True)
class Links:
    """Builds URLs from `base`, the URL of this installation without a trailing slash.

    Unless `base` is configured, it is set once the server listens.
    """

    base: str = "http://127.0.0.1:8000"

    def page(self, key: str) -> str:
        """The customer's page of a quote."""
        return f"{self.base}{PAGE_PATH}/{key}"

    def public_pdf(self, key: str, alternatives: Sequence[str] = ()) -> str:
        """The printed quote for the customer, with the chosen alternatives in place of their lines' items."""
        query = urlencode([("alternative", it) for it in alternatives])
        return f"{self.page(key)}/quote.pdf" + (f"?{query}" if query else "")

    def public_signed_pdf(self, key: str, sha256: str) -> str:
        """The signed document of a quote, for the customer."""
        return f"{self.page(key)}/signed/{sha256}.pdf"

    def public_documents(self, key: str) -> str:
        """The URL to which the customer uploads documents."""
        return f"{self.page(key)}/documents"

    def pdf(self, quote_id: str) -> str:
        """The printed quote, for API keys that can read the quote."""
        return f"{self.base}{QUOTE_PATH}/{global_id('Quote', quote_id)}/quote.pdf"

    def handed_in(self, quote_id: str, document_id: str) -> str:
        """A customer document, for API keys that can read the quote."""
        return f"{self.base}{QUOTE_PATH}/{global_id('Quote', quote_id)}/documents/{document_id}"

    def signed_pdf(self, quote_id: str, sha256: str) -> str:
        """The signed document of a quote, for API keys that can read the quote."""
        return f"{self.base}{QUOTE_PATH}/{global_id('Quote', quote_id)}/signed/{sha256}.pdf"
