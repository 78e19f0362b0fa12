// Where the reader is on the page: kept while the page is drawn again, and announced to those who do not see it.
"use strict";

const FOCUSABLE = "a, button, input, select, textarea, summary";

// The same element before and after the page was drawn again.
function nameOf(it) {
  const value = it.type === "radio" || it.type === "checkbox" ? it.value : null;
  return JSON.stringify([it.localName, it.form?.id, it.name, value, it.form ? it.type : it.textContent]);
}

// Returns a function that puts the focus, the selection and what is unfolded back to where they are now.
function keptPlace() {
  const active = main.contains(document.activeElement) ? document.activeElement : null;
  const selection = active && [active.selectionStart, active.selectionEnd];
  const name = active && nameOf(active);
  const unfolded = main.querySelector("details")?.open;
  return () => {
    const details = main.querySelector("details");
    if (details && unfolded) details.open = true;
    const same = active && [...main.querySelectorAll(FOCUSABLE)].find((it) => nameOf(it) === name);
    if (!same) return;
    same.focus({ preventScroll: true });
    if (selection[0] !== null && selection[0] !== undefined) same.setSelectionRange(...selection);
  };
}

// Screen readers read this aloud. It is outside of what is drawn again, because they notice changes only.
function announce(words) {
  document.getElementById("announcement").textContent = words;
}

const amountDue = (quote) => quote.amounts.filter((it) => it.isAmountDue).map((it) => `${it.label}: ${it.amount}`).join(". ");
