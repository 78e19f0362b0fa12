// The customer's page of a quote. It calls the API as any other front end does, with the public key in its URL only.
// Everything shown comes from users, so it is only ever set as text.
"use strict";

const key = decodeURIComponent(location.pathname.split("/")[2] || "");
const main = document.getElementById("quote");

const QUOTE = `{
  orderId title companyName preparedFor requesterName poNumber status decisionStatus publicNotes validUntil issuedOn pdfUrl documentHash
  requiredSignatures isSigned isFullySigned isPartiallySigned isProjectApprovalPending isProjectApprovalSigned
  bodyBlocks { type number lines { spans { text isBold isItalic link } } }
  amounts { label amount isAmountDue } amountDue { ...M }
  items {
    title specification { brand model os cpu ram storage screenSize keyboardLayout }
    quantity comments terms price { ...M } subtotal { ...M } status decision isOrdered
    recipients { name countryName }
    alternatives { alternativeId isSelected specification { brand model os cpu ram storage } description imageUrl price { ...M } status }
  }
  priceOptions { name price { ...M } upfront { ...M } status }
  documents { attachmentId name url isSignatureRequired }
  customFields {
    customFieldId name type options isEditable isRequired display chosen
    address { line1 line2 postalCode city provinceCode province country countryName }
  }
  isAcceptingDocuments documentsUrl handedIn { name handedInOn }
  signatures { name signedOn documentUrl }
}`;
const ERRORS = "userErrors { message path }";
const MONEY = " fragment M on Money { amount currencyCode }";
const DOCUMENTS = {
  fillInQuote: `mutation($input: FillInQuoteInput!) { fillInQuote(input: $input) { quote ${QUOTE} ${ERRORS} } }`,
  open: `query($key: String!, $alternatives: [ID!]) { publicQuote(key: $key, alternatives: $alternatives) ${QUOTE} }`,
  signQuote: `mutation($input: SignQuoteInput!) { signQuote(input: $input) { quote ${QUOTE} ${ERRORS} } }`,
  declineQuoteByKey: `mutation($input: DeclineQuoteByKeyInput!) { declineQuoteByKey(input: $input) { quote ${QUOTE} ${ERRORS} } }`,
  approveProject: `mutation($input: ApproveProjectInput!) { approveProject(input: $input) { quote ${QUOTE} ${ERRORS} } }`,
};

async function ask(name, variables) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query: DOCUMENTS[name] + MONEY, variables }),
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });
  const answer = await response.json();
  if (answer.errors) throw new Error(answer.errors[0].message);
  return answer.data;
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(attribute, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// An element for text of users, with dir="auto": its first letter determines its direction.
const typed = (name, attributes, ...children) => element(name, { dir: "auto", ...attributes }, ...children);

function money(price, unknown = "not priced yet") {
  if (!price) return unknown;
  // The digits are those of the server; only separators are added, so that nothing is rounded here.
  const [whole, part] = price.amount.split(".");
  return `${price.currencyCode} ${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")}${part ? "." + part : ""}`;
}

function state(quote) {
  if (quote.decisionStatus === "APPROVED") return ["Approved", "good"];
  if (quote.decisionStatus === "DECLINED") return ["Declined", "bad"];
  if (quote.decisionStatus === "REJECTED") return ["Rejected", "bad"];
  if (!signable(quote)) return ["Not priced yet", ""];
  if (quote.isPartiallySigned) return [`Signed by ${quote.signatures.length} of ${quote.requiredSignatures}`, ""];
  return ["Waiting for your decision", ""];
}

// A quote has a total as soon as each of its lines has an offer with a price. Without lines, its text is what is signed.
const signable = (quote) => quote.amounts.length > 0 || quote.items.length === 0;

// One of several offers of a line can be chosen until the quote is signed.
const isOpen = (it) => it.status !== "REJECTED" && it.status !== "ACCEPTED";
const choosable = (quote, item) => quote.decisionStatus === "PENDING" && item.decision === "UNDECIDED"
  && [item, ...item.alternatives].filter(isOpen).length > 1;
const taken = (quote) => quote.items.flatMap((item) => item.alternatives.filter((it) => it.isSelected).map((it) => it.alternativeId));
// The ids of the alternatives that were chosen on this page; null before the first choice.
let chosen = null;

async function reopened() {
  try {
    return (await ask("open", { key, alternatives: chosen })).publicQuote;
  } catch (problem) {
    if (!chosen) throw problem;
    // A chosen alternative is no longer offered.
    chosen = null;
    return reopened();
  }
}

// How often was chosen, to ignore answers to a choice that was changed since.
let choices = 0;

async function choose() {
  const before = chosen;
  const choice = (choices += 1);
  chosen = [...main.querySelectorAll("tbody input:checked")].map((it) => it.value).filter(Boolean);
  main.setAttribute("aria-busy", "true");
  try {
    const quote = await reopened();
    if (choice !== choices) return;
    if (!quote) return gone();
    redraw(quote, null);
    announce(amountDue(quote));
  } catch (problem) {
    if (choice !== choices) return;
    chosen = before;
    main.setAttribute("aria-busy", "false");
    main.append(element("p", { class: "problem", role: "alert" }, problem.message));
  }
}

// Draws the quote again, with what is typed in the forms except the `sent` one, and the focus where it was.
function redraw(quote, sent) {
  const place = keptPlace();
  const typed = typedBeside(sent);
  show(quote);
  typed.forEach((restore) => restore());
  place();
}

const outside = (url, words) => element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words instanceof Node ? words : typed("bdi", {}, words));

function facts(quote) {
  const sold = quote.preparedFor[0] !== quote.companyName;
  const shown = (it) => (it.address ? inLines(it.address) : it.type === "DATE" ? dateInWords(it.display) : it.display);
  const from = [sold && quote.companyName, quote.requesterName].filter(Boolean).join(", ");
  const given = [
    ["For", quote.preparedFor.join("\n")],
    [sold ? "From" : "Requested by", from],
    ["Date", quote.issuedOn],
    ["Valid until", quote.validUntil],
    ["PO number", quote.poNumber],
    ...quote.customFields.filter((it) => it.display && !fillable(quote, it)).map((it) => [it.name, shown(it)]),
    ["Project", quote.isProjectApprovalSigned && "approved"],
  ];
  const signed = quote.signatures.map((it) =>
    element("div", {}, typed("bdi", {}, it.name), `, ${it.signedOn}: `, outside(it.documentUrl, "what was signed")));
  return element("dl", {},
    ...given.filter(([, value]) => value).flatMap(([name, value]) => [typed("dt", {}, name), typed("dd", { class: "lines" }, value)]),
    ...(signed.length ? [element("dt", {}, "Signed by"), element("dd", {}, ...signed)] : []));
}

function formed(span) {
  let words = document.createTextNode(span.text);
  if (span.isBold) words = element("strong", {}, words);
  if (span.isItalic) words = element("em", {}, words);
  return span.link ? outside(span.link, words) : words;
}

// The text of the quote before its lines, block by block.
function block(it) {
  const lines = it.lines.map((line) => line.spans.map(formed));
  if (it.type === "HEADING") return typed(`h${it.number + 1}`, {}, ...lines[0]);
  if (it.type === "BULLETS") return element("ul", {}, ...lines.map((line) => typed("li", {}, ...line)));
  if (it.type === "NUMBERS") return element("ol", { start: it.number }, ...lines.map((line) => typed("li", {}, ...line)));
  return typed("p", { class: "lines" }, ...lines.flatMap((line, index) => (index ? [element("br"), ...line] : line)));
}

const isNothing = (price) => !price || /^[0.]*$/.test(price.amount);

function totals(quote) {
  if (!quote.amounts.length) return null;
  return element("div", { class: "totals" }, ...quote.amounts.flatMap((it) => {
    const kind = it.isAmountDue ? "total" : "";
    return [typed("span", { class: kind }, it.label), element("span", { class: `number ${kind}` }, it.amount)];
  }));
}

const OPTION_STATES = { OFFERED: "", ACCEPTED: "accepted", REJECTED: "not chosen" };
const priceOf = (it) => `${money(it.price)}${isNothing(it.upfront) ? "" : `, of which ${money(it.upfront)} at once`}`;

function options(quote) {
  if (!quote.priceOptions.length) return null;
  const open = quote.priceOptions.some((it) => it.status === "OFFERED");
  return element("section", { "aria-labelledby": "options-title" },
    element("h2", { id: "options-title" }, open ? "Choose one of these prices for the whole quote" : "Price options"),
    element("ul", { class: "options" }, ...quote.priceOptions.map((it) =>
      element("li", { class: it.status === "ACCEPTED" ? "total" : null },
        typed("bdi", {}, it.name), `: ${priceOf(it)}`,
        OPTION_STATES[it.status] && element("span", { class: "quiet small" }, ` — ${OPTION_STATES[it.status]}`)))));
}

function show(quote) {
  document.title = `Quote ${quote.orderId}`;
  const [words, tone] = state(quote);
  main.replaceChildren(
    element("div", { class: "head" },
      element("div", {}, typed("h1", {}, quote.title || "Quote"), element("div", { class: "quiet" }, quote.orderId)),
      element("span", { class: `badge ${tone}`, role: "status" }, words)),
    facts(quote),
    quote.bodyBlocks.length ? element("div", { class: "body" }, ...quote.bodyBlocks.map(block)) : "",
    quote.publicNotes ? typed("p", { class: "lines" }, quote.publicNotes) : "",
    linesOf(quote),
    ...[totals(quote), options(quote)].filter(Boolean),
    element("p", {}, element("a", { href: quote.pdfUrl, target: "_blank", rel: "noopener" }, "Download the quote as a PDF")),
  );
  if (quote.customFields.some((it) => fillable(quote, it))) main.append(filling(quote));
  if (quote.isAcceptingDocuments) main.append(handing(quote));
  if (quote.decisionStatus === "PENDING") main.append(signing(quote));
  if (quote.isProjectApprovalPending) main.append(approving());
  main.setAttribute("aria-busy", "false");
}

function signing(quote) {
  const section = document.getElementById("signing").content.cloneNode(true);
  if (!signable(quote)) {
    section.querySelector("#sign").replaceWith();
    section.querySelector("#sign-means").textContent = "You can sign as soon as each line has an offer with a price.";
    on(section.querySelector("#decline"), "declineQuoteByKey", (data) => ({ reason: data.get("reason") || null }));
    return section;
  }
  const wanted = quote.items.some((it) => choosable(quote, it)) ? "what is chosen on each line" : "what is offered on each line";
  const does = quote.items.every((it) => it.isOrdered) ? "orders" : "accepts";
  const effect = quote.items.length ? `${does} ${wanted}` : "accepts this quote";
  section.querySelector("#sign-means").textContent = quote.requiredSignatures > 1
    ? `This quote needs ${quote.requiredSignatures} signatures. The last one ${effect}.`
    : `Your signature ${effect}.`;
  const offered = quote.priceOptions.filter((it) => it.status === "OFFERED");
  if (offered.length) section.querySelector("#documents").append(element("fieldset", {}, element("legend", {}, "At this price"), ...offered.map((it) =>
    element("label", { class: "check" },
      element("input", { type: "radio", name: "priceOption", value: it.name, required: "", checked: offered.length === 1 ? "" : null }),
      element("span", {}, typed("bdi", {}, it.name), `: ${priceOf(it)}`)))));
  section.querySelector("#documents").append(...quote.documents.map((it) =>
    element("label", { class: "check" },
      element("input", { type: "checkbox", name: "documents", value: it.attachmentId, required: it.isSignatureRequired ? "" : null }),
      element("span", {}, "I agree to ", outside(it.url, it.name), "."))));
  on(section.querySelector("#sign"), "signQuote", (data) => ({
    name: data.get("name"), email: data.get("email"), documents: data.getAll("documents"), documentHash: quote.documentHash,
    priceOption: data.get("priceOption"), alternatives: taken(quote),
  }));
  on(section.querySelector("#decline"), "declineQuoteByKey", (data) => ({ reason: data.get("reason") || null }));
  return section;
}

const fillable = (quote, it) => it.isEditable && quote.decisionStatus === "PENDING";

// The custom fields that the customer can see or fill in.
function filling(quote) {
  const section = document.getElementById("filling").content.cloneNode(true);
  const fields = quote.customFields.filter((it) => fillable(quote, it));
  section.querySelector("#fields").append(...fields.map(field));
  on(section.querySelector("#fill"), "fillInQuote", (data) => ({
    customFields: fields.map((it) => ({ customFieldId: it.customFieldId, value: valueOf(it, data) })).filter((it) => it.value !== undefined),
  }));
  return section;
}

function handing(quote) {
  const section = document.getElementById("handing").content.cloneNode(true);
  section.querySelector("#handed").append(...quote.handedIn.map((it) => element("li", {}, typed("bdi", {}, it.name), `, ${it.handedInOn}`)));
  const form = section.querySelector("#hand");
  submitted(form, async (data) => {
    const file = data.get("document");
    const address = `${new URL(quote.documentsUrl).pathname}?name=${encodeURIComponent(file.name)}`;
    const response = await fetch(address, { method: "POST", body: file, credentials: "omit", referrerPolicy: "no-referrer" });
    if (!response.ok) throw new Error(await response.text());
    announce(`${file.name} was uploaded`);
    return [await reopened()];
  });
  return section;
}

function approving() {
  const section = document.getElementById("approving").content.cloneNode(true);
  on(section.querySelector("#approve"), "approveProject", (data) => ({ name: data.get("name"), email: data.get("email") }));
  return section;
}

function on(form, name, input) {
  submitted(form, async (data) => {
    const sent = input(data);
    const payload = (await ask(name, { input: { key, ...sent } }))[name];
    if (payload.userErrors.length) throw new Error(payload.userErrors.map((it) => it.message).join(" "));
    // The answers of mutations do not include a choice that was not submitted yet.
    const quote = payload.quote && chosen ? await reopened() : payload.quote;
    return [quote, () => (name in THANKS ? thank(name, quote, sent) : announce("Saved"))];
  });
}

// The unsent inputs of the other forms, as functions that restore them. The consent to sign is not restored: it applies
// to the quote as shown.
function typedBeside(sent) {
  const others = [...main.querySelectorAll("form")].filter((it) => it !== sent);
  const chosen = (it) => it.type === "checkbox" || it.type === "radio";
  const kept = (form, it) => it.name && it.type !== "file" && !(form.id === "sign" && chosen(it));
  return others.flatMap((form) => [...form.elements].filter((it) => kept(form, it)).map((old) => () => {
    const same = [...(document.getElementById(form.id)?.elements || [])].filter((it) => it.name === old.name);
    const field = same.find((it) => !chosen(it) || it.value === old.value);
    if (field && chosen(field)) field.checked = old.checked;
    else if (field) field.value = old.value;
  }));
}

// Submits a form. `act` returns the updated quote, or nothing if it no longer exists, and what to do when it is drawn.
function submitted(form, act) {
  let sending = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    const button = form.querySelector("button");
    // A disabled button would lose the focus.
    button.setAttribute("aria-disabled", "true");
    sending = true;
    form.querySelector(".problem")?.remove();
    try {
      const [quote, then] = await act(new FormData(form));
      if (!quote) return gone();
      redraw(quote, form);
      if (then) then();
    } catch (problem) {
      form.append(element("p", { class: "problem", role: "alert" }, problem.message));
    } finally {
      sending = false;
      button.removeAttribute("aria-disabled");
    }
  });
}

function gone() {
  main.replaceChildren(
    element("h1", {}, "This quote is not available"),
    element("p", { class: "quiet" }, "The link is wrong, was replaced, or has expired. Ask the sender for a new one."));
  main.setAttribute("aria-busy", "false");
}

reopened().then(
  (quote) => (quote ? show(quote) : gone()),
  (problem) => main.replaceChildren(element("p", { class: "problem", role: "alert" }, problem.message)),
);
