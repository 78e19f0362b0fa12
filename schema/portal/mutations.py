"""Sending and signing quotes: for the company by its API key, for the customer by the quote's public key."""

from typing import Any

import strawberry

from domain.shared.access import Scope
from domain.use_cases.frame import UseCase
from domain.use_cases.portal import sending, signing
from resolvers.portal import public_quote
from resolvers.portal.public_quote import C, CustomerInput, PublicResult
from schema.declare import Info, mutation, public_root
from schema.portal.inputs import (
    ApproveProjectInput,
    AttachDocumentInput,
    DeclineQuoteByKeyInput,
    DetachDocumentInput,
    FillInQuoteInput,
    RequestProjectApprovalInput,
    RequireSignaturesInput,
    RevokePublicKeyInput,
    RotatePublicKeyInput,
    SendQuoteInput,
    SignQuoteInput,
)
from schema.portal.payloads import (
    ApproveProjectPayload,
    AttachDocumentPayload,
    DeclineQuoteByKeyPayload,
    FillInQuotePayload,
    PublicKeyPayload,
    SendQuotePayload,
    SigningPayload,
    SignQuotePayload,
)


@strawberry.type
class SigningMutations:
    send_quote: SendQuotePayload | None = mutation(
        "Send a quote to its customer by mail, for the first time or again, as long as it can be decided on. "
        "`printProblems` tells of characters that cannot be printed.",
        Scope.QUOTES_WRITE,
        SendQuoteInput,
        sending.send_quote,
    )
    revoke_public_key: PublicKeyPayload | None = mutation(
        "Revoke a quote's public key: links sent before open nothing any more.",
        Scope.QUOTES_WRITE,
        RevokePublicKeyInput,
        sending.revoke_public_key,
    )
    rotate_public_key: PublicKeyPayload | None = mutation(
        "Give a quote another public key; links sent before open nothing any more.",
        Scope.QUOTES_WRITE,
        RotatePublicKeyInput,
        sending.rotate_public_key,
    )
    require_signatures: SigningPayload | None = mutation(
        "Say how many people have to sign a quote, before anybody has.",
        Scope.QUOTES_WRITE,
        RequireSignaturesInput,
        signing.set_required_signatures,
    )
    attach_document: AttachDocumentPayload | None = mutation(
        "Add a further document to a quote, before anybody has signed it.",
        Scope.QUOTES_WRITE,
        AttachDocumentInput,
        signing.attach_document,
    )
    detach_document: SigningPayload | None = mutation(
        "Take a further document off a quote, before anybody has signed it.",
        Scope.QUOTES_WRITE,
        DetachDocumentInput,
        signing.detach_document,
    )
    request_project_approval: SigningPayload | None = mutation(
        "Ask the customer to approve the project that an approved quote was for.",
        Scope.QUOTES_WRITE,
        RequestProjectApprovalInput,
        signing.ask_for_project_approval,
    )


def mutation_by_key(description: str, input_type: type[CustomerInput[C]], use_case: UseCase[C]) -> Any:
    """A field of Mutation: it runs a use case for the customer whose public key its input has."""

    async def run(info: Info, input: CustomerInput[C]) -> PublicResult:
        return await public_quote.run_by_key(info._raw_info, input, use_case)

    run.__annotations__ = {"info": Info, "input": input_type}
    return public_root(description)(run)


@strawberry.type
class PublicMutations:
    sign_quote: SignQuotePayload | None = mutation_by_key(
        "Sign a quote. With the last signature it asks for, every line still open is accepted as offered, or with the "
        "alternative that was chosen. The same person signing again changes nothing.",
        SignQuoteInput,
        signing.sign_quote,
    )
    decline_quote_by_key: DeclineQuoteByKeyPayload | None = mutation_by_key(
        "Decline a quote as a whole: nothing of it is wanted.", DeclineQuoteByKeyInput, signing.decline_quote
    )
    fill_in_quote: FillInQuotePayload | None = mutation_by_key(
        "Fill in the fields of a quote that its customer fills in, while it can still be changed.",
        FillInQuoteInput,
        signing.fill_in_quote,
    )
    approve_project: ApproveProjectPayload | None = mutation_by_key(
        "Approve the project that a quote was for, once the company has asked for it.",
        ApproveProjectInput,
        signing.approve_quote_project,
    )
