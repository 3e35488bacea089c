// The header: whose chat this is and where to call. Remembered, so it is there without a network.

import { $, el } from "./dom.js";
import { load, save } from "./store.js";
import { dial } from "./words.js";

const NAME = "domovoy.chat.company";

export function showCompany(company = load(NAME, null)) {
  if (!company) return;
  save(NAME, company);
  const { name, phone, emergency_phone: emergency } = company;
  if (name) $("company").textContent = name;
  const both = phone && emergency && dial(phone) !== dial(emergency);
  const only = both ? "" : emergency || phone || "";
  $("call").hidden = !only;
  $("call-menu").hidden = !both;
  if (only) {
    $("call").href = dial(only);
    $("call").setAttribute("aria-label", `Позвонить: ${only}`);
  }
  if (both) {
    line($("phone-emergency"), "Аварийная служба, круглосуточно", emergency);
    line($("phone-office"), "Диспетчер", phone);
  }
}

function line(link, words, phone) {
  link.href = dial(phone);
  link.replaceChildren(el("span", {}, words), el("b", {}, phone));
}

$("call-menu").addEventListener("click", () => $("phones").showModal());
$("phones").addEventListener("click", (event) => event.target === $("phones") && $("phones").close());
