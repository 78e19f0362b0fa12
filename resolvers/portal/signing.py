"""What a company does so that its customer can see and sign a quote."""

from typing import Any

from domain.portal.drafts import AttachmentDraft, SendDraft
from domain.use_cases.portal import sending, signing
from resolvers.mutations import perform

_QUOTE = ("quoteId",)


async def send_quote(info: Any, input_: Any, quote_id: str, draft: SendDraft, dry_run: bool) -> Any:
    """Send a quote by mail."""
    return await perform(
        info, input_, lambda deps, caller: sending.send_quote(deps, caller, quote_id, draft, dry_run), _QUOTE
    )


async def revoke_public_key(info: Any, input_: Any, quote_id: str) -> Any:
    """Take the customer's key away."""
    return await perform(info, input_, lambda deps, caller: sending.revoke_public_key(deps, caller, quote_id), _QUOTE)


async def rotate_public_key(info: Any, input_: Any, quote_id: str) -> Any:
    """Give the customer another key."""
    return await perform(info, input_, lambda deps, caller: sending.rotate_public_key(deps, caller, quote_id), _QUOTE)


async def require_signatures(info: Any, input_: Any, quote_id: str, count: int) -> Any:
    """Say how many people have to sign."""
    return await perform(
        info, input_, lambda deps, caller: signing.set_required_signatures(deps, caller, quote_id, count), _QUOTE
    )


async def attach_document(info: Any, input_: Any, quote_id: str, draft: AttachmentDraft) -> Any:
    """Add a further document."""
    return await perform(
        info, input_, lambda deps, caller: signing.attach_document(deps, caller, quote_id, draft), _QUOTE
    )


async def detach_document(info: Any, input_: Any, attachment_id: str) -> Any:
    """Take a further document off."""
    return await perform(
        info,
        input_,
        lambda deps, caller: signing.detach_document(deps, caller, attachment_id),
        ("attachmentId",),
    )


async def request_project_approval(info: Any, input_: Any, quote_id: str) -> Any:
    """Ask the customer to approve the project."""
    return await perform(
        info, input_, lambda deps, caller: signing.ask_for_project_approval(deps, caller, quote_id), _QUOTE
    )
