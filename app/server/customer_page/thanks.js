// What the customer has done, and what happens next: shown after a signature, a decline or an approval.
"use strict";

const MORE = (count) => (count === 1 ? "one more signature" : `${count} more signatures`);

// What the last signature leads to: not every line is ordered from a vendor, or already.
function effectOf(quote) {
  const ordered = quote.items.filter((it) => it.isOrdered).length;
  if (ordered === 0) return "the quote is accepted";
  return `${quote.companyName} orders ${ordered === quote.items.length ? "the devices" : "what can be ordered already"}`;
}

const THANKS = {
  signQuote: (quote, sent) => {
    const missing = quote.requiredSignatures - quote.signatures.length;
    return [`Thank you, ${sent.name}`, [
      missing > 0
        ? `Your signature is recorded. The quote needs ${MORE(missing)}: nothing is ordered before the last one.`
        : `Your signature is recorded, and ${effectOf(quote)}. You need to do nothing more.`,
      `A copy of what you have signed is e-mailed to ${sent.email}. It is also below, beside your name.`,
      "This page stays at the same address and shows how the quote stands.",
    ]];
  },
  declineQuoteByKey: (quote, sent) => ["The quote is declined", [
    `${quote.companyName} is told${sent.reason ? ", with your reason" : ""}. Nothing is ordered.`,
    `If you change your mind, ask ${quote.companyName} for a new quote.`,
  ]],
  approveProject: (quote, sent) => [`Thank you, ${sent.name}`, [
    `${quote.companyName} sees that you approve the project. You need to do nothing more.`,
  ]],
};

// Shows the thanks for a mutation above the quote, and moves the focus there.
function thank(name, quote, sent) {
  const [heading, steps] = THANKS[name](quote, sent);
  const title = typed("h2", { id: "thanks-title", tabindex: "-1" }, heading);
  const section = element("section", { class: "thanks", "aria-labelledby": "thanks-title" }, title,
    element("ul", {}, ...steps.map((words) => typed("li", {}, words))));
  main.querySelector(".head").after(section);
  title.focus({ preventScroll: true });
  section.scrollIntoView({ block: "center" });
}
