"""Mutations of sending and signing quotes: for companies with an API key, for customers with a public key."""

from typing import Any

import strawberry

from domain.shared.access import Scope
from domain.use_cases.frame import UseCase
from domain.use_cases.portal import sending, signing
from resolvers.budgets import BudgetType
from resolvers.portal import public_quote
from resolvers.portal.public_quote import C, CustomerInput, PublicResult
from schema.declare import Info, mutation, payload_of, public_root
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
from schema.portal.payloads import AttachDocumentPayload, PublicQuotePayload, SendQuotePayload, SigningPayload


@strawberry.type
class SigningMutations:
    send_quote = mutation(
        "Sends a quote to its customer by e-mail, for the first time or again, while it can be "
        "decided. `printProblems` lists characters that cannot be printed.",
        Scope.QUOTES_DECIDE,
        SendQuoteInput,
        sending.send_quote,
        SendQuotePayload,
    )
    revoke_public_key = mutation(
        "Revokes the public key of a quote. Links with that key stop working.",
        Scope.QUOTES_WRITE,
        RevokePublicKeyInput,
        sending.revoke_public_key,
        SigningPayload,
    )
    rotate_public_key = mutation(
        "Replaces the public key of a quote. Links with the former key stop working.",
        Scope.QUOTES_WRITE,
        RotatePublicKeyInput,
        sending.rotate_public_key,
        SigningPayload,
    )
    require_signatures = mutation(
        "Sets how many people have to sign a quote. Possible until the first signature.",
        Scope.QUOTES_WRITE,
        RequireSignaturesInput,
        signing.set_required_signatures,
        SigningPayload,
    )
    attach_document = mutation(
        "Adds an attachment to a quote, which can have 20. Possible until the first signature.",
        Scope.QUOTES_WRITE,
        AttachDocumentInput,
        signing.attach_document,
        AttachDocumentPayload,
    )
    detach_document = mutation(
        "Removes an attachment from a quote. Possible until the first signature.",
        Scope.QUOTES_WRITE,
        DetachDocumentInput,
        signing.detach_document,
        SigningPayload,
    )
    request_project_approval = mutation(
        "Asks the customer to approve the project of an approved quote.",
        Scope.QUOTES_WRITE,
        RequestProjectApprovalInput,
        signing.ask_for_project_approval,
        SigningPayload,
    )


def mutation_by_key(
    description: str,
    input_type: type[CustomerInput[C]],
    use_case: UseCase[C],
    payload: type,
    budget: BudgetType = BudgetType.SIGNING,
) -> Any:
    """A field of Mutation: it runs a use case for the customer whose public key is in its input, within a budget."""

    async def run(info: Info, input: CustomerInput[C]) -> PublicResult:
        return await public_quote.run_by_key(info._raw_info, input, use_case, budget)

    run.__annotations__ = {"info": Info, "input": input_type, "return": payload_of(input_type, payload) | None}
    return public_root(description)(run)


@strawberry.type
class PublicMutations:
    sign_quote = mutation_by_key(
        "Signs a quote. The last required signature accepts every open line as offered, or with "
        "the selected alternative. If the same person signs again, nothing changes.",
        SignQuoteInput,
        signing.sign_quote,
        PublicQuotePayload,
    )
    decline_quote_by_key = mutation_by_key(
        "Declines a quote as a whole.",
        DeclineQuoteByKeyInput,
        signing.decline_quote,
        PublicQuotePayload,
    )
    fill_in_quote = mutation_by_key(
        "Sets the values of the custom fields that the customer can edit, while the quote can still be changed.",
        FillInQuoteInput,
        signing.fill_in_quote,
        PublicQuotePayload,
        BudgetType.FILLING_IN,
    )
    approve_project = mutation_by_key(
        "Approves the project of a quote, after the company has requested the approval.",
        ApproveProjectInput,
        signing.approve_quote_project,
        PublicQuotePayload,
    )
