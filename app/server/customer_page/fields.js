// The custom fields that a customer fills in on the customer's page: the form control of each kind, and its value in the
// form that the API accepts. The functions that create elements are in customer.js.
"use strict";

// The parts of an address: label, autocomplete value, and maximum length.
const ADDRESS = {
  line1: ["Street and number", "address-line1", 500],
  line2: ["Address line 2 (floor, door)", "address-line2", 500],
  postalCode: ["Postal code", "postal-code", 20],
  city: ["City", "address-level2", 200],
  province: ["Province or state", "address-level1", 200],
  provinceCode: ["Province code, such as CA", "off", 20],
  country: ["Country", "country", null],
};
const LONGEST = { TEXT: 5000, NUMBER: 41, DATE: 20 };

// An address in the lines of a postal address.
const inLines = (it) => [it.line1, it.line2, [it.postalCode, it.city].filter(Boolean).join(" "), it.province || it.provinceCode, it.countryName]
  .filter(Boolean).join("\n");

// A date such as `24 December 2026`.
const dateInWords = (it) => new Date(`${it}T00:00Z`).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });

const empty = (it) => element("option", { value: "" }, it);

function part(it, name) {
  const [words, known, longest] = ADDRESS[name];
  const value = it.address?.[name] || "";
  const attributes = { name: `${it.customFieldId} ${name}`, autocomplete: known };
  if (name !== "country") return element("label", {}, words, typed("input", { ...attributes, value, maxlength: longest }));
  const countries = document.getElementById("countries").content.cloneNode(true);
  const select = element("select", { ...attributes, id: `${it.customFieldId}-country` }, empty(""), countries);
  select.value = value;
  // Outside its label, because the label's text would otherwise include every country.
  return element("div", { class: "labelled" }, element("label", { for: select.id }, words), select);
}

function field(it) {
  const name = element("span", {}, typed("bdi", {}, it.name), it.isRequired ? " (required before signing)" : "");
  const several = (kind, ...inputs) => element("fieldset", { class: kind }, element("legend", {}, name), ...inputs);
  const chosen = (option) => (it.chosen.includes(option) ? "" : null);
  if (it.type === "CHECKLIST" || it.type === "RADIO") {
    const type = it.type === "RADIO" ? "radio" : "checkbox";
    return several(null, ...it.options.map((option) => element("label", { class: "check" },
      element("input", { type, name: it.customFieldId, value: option, checked: chosen(option) }), typed("span", {}, option))));
  }
  if (it.type === "DROP_DOWN") {
    const options = it.options.map((option) => typed("option", { value: option, selected: chosen(option) }, option));
    return element("label", {}, name, typed("select", { name: it.customFieldId }, empty(""), ...options));
  }
  if (it.type === "ADDRESS") return several("address", ...Object.keys(ADDRESS).map((name_) => part(it, name_)));
  if (it.type === "TEXT") return element("label", {}, name, typed("textarea", { name: it.customFieldId, rows: 2, maxlength: LONGEST.TEXT }, it.display || ""));
  const type = it.type === "DATE" ? "date" : "text";
  const inputmode = it.type === "NUMBER" ? "decimal" : null;
  return element("label", {}, name, element("input", { name: it.customFieldId, type, inputmode, value: it.display || "", maxlength: LONGEST[it.type] }));
}

// Returns the value of a field as the API accepts it; null clears it. Unchanged values (of an address: unchanged parts)
// are not sent, so that they do not overwrite what the company has changed meanwhile.
function valueOf(it, data) {
  const same = (before, now) => JSON.stringify(before) === JSON.stringify(now);
  if (it.type === "ADDRESS") {
    const parts = Object.keys(ADDRESS).map((name) => [name, (data.get(`${it.customFieldId} ${name}`) || "").trim()])
      .filter(([name, words]) => words !== (it.address?.[name] || ""));
    return parts.length ? { address: Object.fromEntries(parts.map(([name, words]) => [name, words || null])) } : undefined;
  }
  if (it.options.length) {
    const options = data.getAll(it.customFieldId).filter(Boolean);
    if (same([...it.chosen].sort(), [...options].sort())) return undefined;
    if (!options.length) return null;
    return it.type === "CHECKLIST" ? { options } : { option: options[0] };
  }
  const words = data.get(it.customFieldId).replaceAll("\r\n", "\n");
  if (words === (it.display || "")) return undefined;
  const member = { NUMBER: "number", DATE: "date" }[it.type] || "text";
  return words ? { [member]: words } : null;
}
