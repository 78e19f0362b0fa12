// The customer's page of a quote. It asks the API as any other front end would, with the key in its address and
// nothing else. Everything shown was typed by somebody, so it is only ever set as text.
"use strict";

const key = decodeURIComponent(location.pathname.split("/")[2] || "");
const main = document.getElementById("quote");

const QUOTE = `{
  orderId companyName requesterName poNumber status decisionStatus publicNotes body expiresAt createdAt pdfUrl documentHash
  requiredSignatures isSigned isFullySigned requiresMoreSignatures isProjectApprovalPending isProjectApprovalSigned
  pricesIncludeTax subtotal { ...M } discountTotal { ...M } shippingTotal { ...M } taxTotal { ...M } total { ...M }
  items {
    title specification { brand model os cpu ram storage screenSize keyboardLayout }
    quantity comments price { ...M } subtotal { ...M } status decision
    recipients { name country }
    alternatives { specification { brand model os cpu ram storage } description price { ...M } status }
  }
  priceOptions { name price { ...M } upfront { ...M } status }
  documents { id name url requiresSignature }
  signatures { name signedAt }
}`;
const ERRORS = "userErrors { message path }";
const MONEY = " fragment M on Money { amount currencyCode }";
const DOCUMENTS = {
  open: `query($key: String!) { publicQuote(key: $key) ${QUOTE} }`,
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

const day = (moment) => new Date(moment).toLocaleDateString(undefined, { dateStyle: "long", timeZone: "UTC" });

function money(price, unknown = "to be priced") {
  if (!price) return unknown;
  // The digits are the server's own; only separators are put in, so that nothing is ever rounded here.
  const [whole, part] = price.amount.split(".");
  return `${price.currencyCode} ${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")}${part ? "." + part : ""}`;
}

const title = (it) => [it.brand, it.model].filter(Boolean).join(" ") || "Device";
const details = (it) => [it.cpu, it.ram, it.storage, it.screenSize, it.os, it.keyboardLayout].filter(Boolean).join(" · ");

function state(quote) {
  if (quote.decisionStatus === "APPROVED") return ["Approved", "good"];
  if (quote.decisionStatus === "DECLINED") return ["Declined", "bad"];
  if (quote.decisionStatus === "REJECTED") return ["Rejected", "bad"];
  if (quote.requiresMoreSignatures) return [`Signed by ${quote.signatures.length} of ${quote.requiredSignatures}`, ""];
  return ["Waiting for your decision", ""];
}

const STATES = { ACCEPTED: "accepted", REJECTED: "not chosen" };

function device(name, specification, said, status) {
  const marked = STATES[status];
  return [
    element("span", { class: "device" }, name),
    marked && element("span", { class: "quiet small" }, ` — ${marked}`),
    ...[details(specification), ...said].filter(Boolean).map((words) => element("div", { class: "quiet small lines" }, words)),
  ];
}

function rows(item) {
  const people = item.recipients.map((it) => `${it.name}, ${it.country}`).join("; ");
  const first = element("tr", { class: item.alternatives.length ? "joined" : null },
    element("td", {}, ...device(item.title, item.specification, [item.comments, people && `For ${people}`], item.status)),
    element("td", { class: "number" }, String(item.quantity)),
    element("td", { class: "number" }, money(item.price)),
    element("td", { class: "number each" }, money(item.subtotal, "")));
  const others = item.alternatives.map((it, index) =>
    element("tr", { class: index < item.alternatives.length - 1 ? "other joined" : "other" },
      element("td", {}, element("span", { class: "quiet" }, "or "), ...device(title(it.specification), it.specification, [it.description], it.status)),
      element("td", {}), element("td", { class: "number" }, money(it.price)), element("td", { class: "each" })));
  return [first, ...others];
}

function facts(quote) {
  const given = [
    ["For", [quote.companyName, quote.requesterName].filter(Boolean).join(", ")],
    ["Date", day(quote.createdAt)],
    ["Valid until", quote.expiresAt && day(quote.expiresAt)],
    ["PO number", quote.poNumber],
    ["Signed by", quote.signatures.map((it) => `${it.name}, ${day(it.signedAt)}`).join("; ")],
    ["Project", quote.isProjectApprovalSigned && "approved"],
  ];
  return element("dl", {}, ...given.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

const isNothing = (price) => !price || /^[0.]*$/.test(price.amount);

function totals(quote) {
  if (!quote.total) return null;
  const rows = [
    ["Subtotal", quote.subtotal, isNothing(quote.discountTotal) && isNothing(quote.shippingTotal) && (quote.pricesIncludeTax || isNothing(quote.taxTotal))],
    ["Discount", quote.discountTotal, isNothing(quote.discountTotal), "−"],
    ["Shipping", quote.shippingTotal, isNothing(quote.shippingTotal)],
    ["Tax", quote.taxTotal, quote.pricesIncludeTax || isNothing(quote.taxTotal)],
    ["Total", quote.total, false],
    ["of which tax", quote.taxTotal, !quote.pricesIncludeTax || isNothing(quote.taxTotal)],
  ];
  return element("div", { class: "totals" }, ...rows.filter(([, , hidden]) => !hidden).flatMap(([name, sum, , sign]) => {
    const kind = name === "Total" ? "total" : "";
    return [element("span", { class: kind }, name), element("span", { class: `number ${kind}` }, (sign || "") + money(sum))];
  }));
}

function show(quote) {
  document.title = `Quote ${quote.orderId}`;
  const [words, tone] = state(quote);
  const headings = [["Device", null], ["Quantity", "number"], ["Price each", "number"], ["Amount", "number each"]];
  main.replaceChildren(
    element("div", { class: "head" },
      element("div", {}, element("h1", {}, "Quote"), element("div", { class: "quiet" }, quote.orderId)),
      element("span", { class: `badge ${tone}`, role: "status" }, words)),
    facts(quote),
    ...[quote.body, quote.publicNotes].filter(Boolean).map((it) => element("p", { class: "lines" }, it)),
    element("table", {},
      element("thead", {}, element("tr", {}, ...headings.map(([name, kind]) => element("th", { scope: "col", class: kind }, name)))),
      element("tbody", {}, ...quote.items.flatMap(rows))),
    ...[totals(quote)].filter(Boolean),
    element("p", {}, element("a", { href: quote.pdfUrl, target: "_blank", rel: "noopener" }, "The quote as PDF")),
  );
  if (quote.decisionStatus === "PENDING") main.append(signing(quote));
  if (quote.isProjectApprovalPending) main.append(approving());
  main.setAttribute("aria-busy", "false");
}

function signing(quote) {
  const section = document.getElementById("signing").content.cloneNode(true);
  section.querySelector("#sign-means").textContent = quote.requiredSignatures > 1
    ? `It takes the signatures of ${quote.requiredSignatures} people. The last one orders what is offered first on each line.`
    : "Your signature orders what is offered first on each line.";
  const offered = quote.priceOptions.filter((it) => it.status === "OFFERED");
  section.querySelector("#documents").append(...(offered.length > 1 ? offered : []).map((it) =>
    element("label", { class: "check" },
      element("input", { type: "radio", name: "priceOption", value: it.name, required: "" }),
      element("span", {}, `${it.name}: ${money(it.price)}${isNothing(it.upfront) ? "" : `, of which ${money(it.upfront)} at once`}`))));
  section.querySelector("#documents").append(...quote.documents.map((it) =>
    element("label", { class: "check" },
      element("input", { type: "checkbox", name: "documents", value: it.id, required: it.requiresSignature ? "" : null }),
      element("span", {}, "I agree to ", element("a", { href: it.url, target: "_blank", rel: "noopener noreferrer" }, it.name), "."))));
  on(section.querySelector("#sign"), "signQuote", (data) => ({
    name: data.get("name"), email: data.get("email"), documents: data.getAll("documents"), documentHash: quote.documentHash,
    priceOption: data.get("priceOption"),
  }));
  on(section.querySelector("#decline"), "declineQuoteByKey", (data) => ({ reason: data.get("reason") || null }));
  return section;
}

function approving() {
  const section = document.getElementById("approving").content.cloneNode(true);
  on(section.querySelector("#approve"), "approveProject", (data) => ({ name: data.get("name"), email: data.get("email") }));
  return section;
}

function on(form, name, input) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    form.querySelector(".problem")?.remove();
    try {
      const payload = (await ask(name, { input: { key, ...input(new FormData(form)) } }))[name];
      if (payload.userErrors.length) throw new Error(payload.userErrors.map((it) => it.message).join(" "));
      if (payload.quote) show(payload.quote);
      else gone();
    } catch (problem) {
      form.append(element("p", { class: "problem", role: "alert" }, problem.message));
    } finally {
      button.disabled = false;
    }
  });
}

function gone() {
  main.replaceChildren(
    element("h1", {}, "There is no quote here"),
    element("p", { class: "quiet" }, "The link is wrong, was replaced, or its time is over. Ask whoever sent it for a new one."));
  main.setAttribute("aria-busy", "false");
}

ask("open", { key }).then(
  (data) => (data.publicQuote ? show(data.publicQuote) : gone()),
  (problem) => main.replaceChildren(element("p", { class: "problem", role: "alert" }, problem.message)),
);
