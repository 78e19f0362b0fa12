"""Our reference in the texts of a quote that was created for us, where a system has no field for it."""

PREFIX = "Reference: "


def with_reference(reference: str, *texts: str | None) -> str:
    """The texts below each other, and the reference on the last line."""
    return "\n".join(it for it in (*texts, f"{PREFIX}{reference}") if it)


def keeping(reference: str | None, text: str | None) -> str | None:
    """A text that replaces one with a reference, which it keeps. None, which replaces nothing, stays."""
    if reference is None or text is None or reference_in(text) == reference:
        return text
    return with_reference(reference, text)


def reference_in(*texts: str | None) -> str | None:
    """The reference in the first text that has one; of several, the last."""
    for text in texts:
        for line in reversed((text or "").splitlines()):
            if line.startswith(PREFIX):
                return line.removeprefix(PREFIX).strip() or None
    return None
