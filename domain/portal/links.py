"""The URLs of the customer's page of a quote, of the quote's documents, and of the page to sign in. `app/server` serves
them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from domain.shared.access import Environment
from domain.shared.ids import global_id

PAGE_PATH = "/q"
QUOTE_PATH = "/quotes"
SIGN_IN_PATH = "/graphql"


@dataclass(slots=True)
class Links:
    """Builds URLs from `base`, the URL of this installation without a trailing slash.

    Unless `base` is configured, it is set once the server listens. `sign_in_page` is the page of another front end on
    which people sign in.
    """

    base: str = "http://127.0.0.1:8000"
    sign_in_page: str | None = None

    def sign_in(self, company: str, environment: Environment) -> str:
        """The page on which people sign in to a company: the playground, unless another is configured. It sends the
        company on, for people who are members of several."""
        page = self.sign_in_page or f"{self.base}{SIGN_IN_PATH}"
        query = {"company": company} | ({"environment": "test"} if environment == Environment.TEST else {})
        return f"{page}{'&' if '?' in page else '?'}{urlencode(query)}"

    def hook(self, token: str) -> str:
        """Where a connected system sends that something has changed there."""
        return f"{self.base}/hooks/{token}"

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
