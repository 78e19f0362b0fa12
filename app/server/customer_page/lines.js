// The lines of a quote: the device that was requested, and the alternatives to it with what they cost more or less. The
// functions that create elements are in customer.js.
"use strict";

const title = (it) => [it.brand, it.model].filter(Boolean).join(" ") || "Device";
const details = (it) => [it.cpu, it.ram, it.storage, it.screenSize, it.os, it.keyboardLayout].filter(Boolean).join(" · ");

// Offers of a line with an accepted offer were not chosen, rather than declined.
function stateOf(offer, item) {
  if (offer.status === "ACCEPTED") return "accepted";
  if (offer.status !== "REJECTED") return null;
  return [item, ...item.alternatives].some((it) => it.status === "ACCEPTED") ? "not chosen" : "declined";
}

function device(name, specification, notes, marked) {
  return [
    typed("span", { class: "device" }, name),
    marked && element("span", { class: "quiet small" }, ` — ${marked}`),
    ...[details(specification), ...notes].filter(Boolean).map((words) =>
      words instanceof Node ? words : typed("div", { class: "quiet small lines" }, words)),
  ];
}

// On narrow screens the cells of a line stand below each other, which takes away the roles that a table has by itself.
const cell = (attributes, ...children) => element("td", { role: "cell", ...attributes }, ...children);

// A table cell that describes an offer, with a radio button if there is a choice. `priceId` is the cell of its price.
function offer(quote, item, it, index, priceId, children) {
  if (!choosable(quote, item) || !isOpen(it)) return cell({}, ...children);
  const checked = it === item ? !item.alternatives.some((other) => other.isSelected) : it.isSelected;
  const input = element("input", { type: "radio", name: `line ${index}`, value: it.alternativeId || "", checked: checked ? "" : null,
    disabled: quote.signatures.length || !it.price ? "" : null, "aria-describedby": priceId });
  input.addEventListener("change", choose);
  return cell({}, element("label", { class: "check" }, input, element("span", {}, ...children)));
}

// A picture is loaded from its own host without a referrer, so that the host learns neither the key nor the page. A picture without HTTPS is shown as a link.
function picture(url, name) {
  if (!url) return null;
  if (!url.toLowerCase().startsWith("https://")) return element("div", { class: "small" }, outside(url, "Picture"));
  const shown = element("img", { src: url, alt: `Picture of ${name}`, class: "picture", loading: "lazy", decoding: "async", referrerpolicy: "no-referrer" });
  shown.addEventListener("error", () => shown.remove());
  return shown;
}

function people(item) {
  if (!item.recipients.length) return null;
  const names = item.recipients.flatMap((it, place) => [place ? "; " : "For ", typed("bdi", {}, it.name), `, ${it.countryName}`]);
  return element("div", { class: "quiet small" }, ...names);
}

function rows(quote, item, index) {
  // The amount of a line is shown beside the offer it is calculated from.
  const other = item.alternatives.find((it) => it.status === "ACCEPTED");
  const open = item.alternatives.filter((it) => it.status !== "REJECTED");
  const counted = other || item.alternatives.find((it) => it.isSelected) || (item.status === "REJECTED" && open.length === 1 ? open[0] : item);
  const amount = (it) => cell({ class: "number", "data-label": "Amount" }, it === counted ? money(item.subtotal, null) : null);
  const price = (it, id) => cell({ class: "number", "data-label": "Price each", id }, money(it.price),
    it !== item && quote.decisionStatus === "PENDING" && element("div", { class: "quiet small" }, difference(item.price, it.price)));
  const row = (it, place, kind, quantity, children) => {
    const id = `price-${index}-${place}`;
    return element("tr", { role: "row", class: kind }, offer(quote, item, it, index, id, children), quantity, price(it, id), amount(it));
  };
  const first = row(item, 0, item.alternatives.length ? "joined" : null, cell({ class: "number", "data-label": "Quantity" }, String(item.quantity)),
    device(item.title, item.specification, [item.terms, item.comments, people(item)], stateOf(item, item)));
  const others = item.alternatives.map((it, place) =>
    row(it, place + 1, place < item.alternatives.length - 1 ? "other joined" : "other", cell({}),
      [element("span", { class: "quiet" }, "or "), ...device(title(it.specification), it.specification, [it.description, picture(it.imageUrl, title(it.specification))], stateOf(it, item))]));
  return [first, ...others];
}

const HEADINGS = [["Device", null], ["Quantity", "number"], ["Price each", "number"], ["Amount", "number"]];

function linesOf(quote) {
  if (!quote.items.length) return "";
  return element("table", { role: "table" },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" },
      ...HEADINGS.map(([name, kind]) => element("th", { scope: "col", role: "columnheader", class: kind }, name)))),
    element("tbody", { role: "rowgroup" }, ...quote.items.flatMap((it, index) => rows(quote, it, index))));
}

// How much another offer costs more or less, in words. Calculated with whole numbers, so that nothing is rounded.
function difference(price, other) {
  if (!price || !other || price.currencyCode !== other.currencyCode) return "";
  const places = Math.max(...[price, other].map((it) => (it.amount.split(".")[1] || "").length));
  const units = ({ amount }) => {
    const [whole, part = ""] = amount.split(".");
    return BigInt(whole + part.padEnd(places, "0"));
  };
  const found = units(other) - units(price);
  if (!found) return "the same price";
  const digits = String(found < 0n ? -found : found).padStart(places + 1, "0");
  const amount = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
  return `${money({ amount, currencyCode: price.currencyCode })} ${found < 0n ? "less" : "more"}`;
}
