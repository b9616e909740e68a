"use strict";
// What is in #data: `texts`, `differences` and `cells` are pools, and everywhere else their numbers stand; -1 is none.
//   difference: [code, pointer, sent, returned, message, cap]      numbers of texts, and of a level
//   cell: [outcome, level, compared, duty, message, returned, differences, not listed, faults, fails]
//   case: [id, description, about, sent]
// Whatever came from a payload or a client gets into the page by textContent only.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const SHORT = ["N", "V", "P", "O", "E", "L", "B"];
  const INVENTED = new Set(["client/member-invented", "client/item-invented", "client/absent-became-null"]);
  // What is true of a whole object, array or text, and would hide the other marks if it were filled with colour.
  const WIDE = new Set(["client/order-changed", "client/whitespace-changed", "client/items-reordered"]);
  const text = (number) => (number < 0 ? "" : data.texts[number]);

  const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

  function make(tag, words, name) {
    const element = document.createElement(tag);
    if (words !== undefined) element.textContent = words;
    if (name) element.className = name;
    return element;
  }

  // ---- JSON: from each pointer to where its value stands -------------------------------------------------------
  const TOKEN = /"(?:[^"\\]|\\[^])*"|[{}\[\],:]|[^\s{}\[\],:"]+/g;

  function named(token) {
    try {
      return JSON.parse(token);
    } catch {
      return token;
    }
  }

  // A map from pointers to [start, end, start of the name]; what is no JSON gives a map of what could be read.
  function places(source) {
    const found = new Map();
    const open = [];
    let name = null;
    let nameStart = -1;
    let value = false;
    const pointer = () => {
      const top = open[open.length - 1];
      if (!top) return "";
      const part = top.array ? top.next++ : String(name).replace(/~/g, "~0").replace(/\//g, "~1");
      return `${top.pointer}/${part}`;
    };
    for (const match of source.matchAll(TOKEN)) {
      const token = match[0];
      const start = match.index;
      const end = start + token.length;
      const top = open[open.length - 1];
      if (token === "," || token === ":") {
        value = token === ":" || Boolean(top && top.array);
      } else if (token === "}" || token === "]") {
        const closed = open.pop();
        if (closed) found.set(closed.pointer, [closed.start, end, closed.nameStart]);
        value = false;
      } else if (top && !top.array && !value) {
        name = named(token);
        nameStart = start;
      } else {
        const own = pointer();
        const from = top && !top.array ? nameStart : start;
        if (token === "{" || token === "[") {
          open.push({ pointer: own, array: token === "[", next: 0, start, nameStart: from });
          value = token === "[";
        } else {
          found.set(own, [start, end, from]);
          value = false;
        }
      }
    }
    for (const left of open) found.set(left.pointer, [left.start, source.length, left.nameStart]);
    return found;
  }

  const parent = (pointer) => pointer.slice(0, Math.max(0, pointer.lastIndexOf("/")));

  // Where items were lost in front of a place, or invented, the indexes of the other text are others.
  function shifted(pointer, moves, sign) {
    if (!moves.size) return pointer;
    let out = "";
    let original = "";
    for (const part of pointer.split("/").slice(1)) {
      const moved = /^\d+$/.test(part) ? (moves.get(original) || []) : [];
      let index = part;
      if (moved.length) {
        index = Number(part);
        for (const [at, by] of moved) if (at < Number(part)) index += by * sign;
      }
      original += `/${part}`;
      out += `/${index}`;
    }
    return out;
  }

  function shows(source, place, shown) {
    if (shown === null || /^[{\[]/.test(shown) || shown.endsWith("…")) return true;
    return source.slice(place[0], place[1]) === shown;
  }

  // The marks of one side: [start, end, difference, "gone" | "wide" | ""].
  function marks(source, found, differences, side) {
    const moves = new Map();
    for (const one of differences) {
      const by = one.code === "client/item-lost" ? -1 : one.code === "client/item-invented" ? 1 : 0;
      const within = parent(one.pointer);
      const index = Number(one.pointer.slice(within.length + 1));
      if (by && side === "returned" && by < 0) moves.set(within, [...(moves.get(within) || []), [index, by]]);
    }
    const out = [];
    differences.forEach((one, number) => {
      const own = INVENTED.has(one.code) ? "returned" : "sent";
      let pointer = own === side ? one.pointer : shifted(one.pointer, side === "returned" ? moves : new Map(), 1);
      const absent = own !== side && (INVENTED.has(one.code) || /-lost$|became-absent$/.test(one.code) && one.code !== "client/precision-lost" && one.code !== "client/kind-lost");
      let place = absent ? undefined : found.get(pointer);
      if (place && own !== side && !shows(source, place, side === "returned" ? one.returned : one.sent)) place = undefined;
      if (place) {
        out.push([place[2], place[1], number, WIDE.has(one.code) ? "wide" : ""]);
        return;
      }
      while (pointer && !found.has(pointer = parent(pointer)));
      place = found.get(pointer);
      if (place) out.push([place[0], Math.min(place[0] + 1, place[1]), number, "gone"]);
      else if (source) out.push([0, source.length, number, "wide"]);
    });
    return out;
  }

  const ODD = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

  // Characters that a page would not just show stand as their escapes.
  function put(element, words) {
    let last = 0;
    for (const match of words.matchAll(ODD)) {
      element.append(words.slice(last, match.index));
      element.append(make("span", `\\u${match[0].charCodeAt(0).toString(16).padStart(4, "0")}`, "odd"));
      last = match.index + 1;
    }
    element.append(words.slice(last));
  }

  // The text with marks around what differs; a stretch that several marks cover names all of them.
  function draw(element, source, spans) {
    element.textContent = "";
    const cuts = [...new Set([0, source.length, ...spans.flatMap(([start, end]) => [start, end])])].sort((a, b) => a - b);
    const starting = [...spans].sort((a, b) => a[0] - b[0]);
    let active = [];
    let next = 0;
    for (let index = 0; index + 1 < cuts.length; index++) {
      const [start, end] = [cuts[index], cuts[index + 1]];
      active = active.filter((span) => span[1] > start);
      while (next < starting.length && starting[next][0] <= start) active.push(starting[next++]);
      if (!active.length) {
        put(element, source.slice(start, end));
        continue;
      }
      const mark = make("mark", undefined, active.map((span) => span[3]).reduce((one, other) => (one === "" || other === "" ? "" : one === "gone" ? one : other)));
      mark.dataset.numbers = ` ${active.map((span) => span[2]).join(" ")} `;
      put(mark, source.slice(start, end));
      element.append(mark);
    }
  }

  // ---- The summary ---------------------------------------------------------------------------------------------
  function summary() {
    const table = at("summary");
    const head = table.createTHead().insertRow();
    const rest = ["refused", "failed", "not judged", "of"];
    for (const words of ["client", "headline", ...[...data.levels].reverse(), ...rest, "invalid, as they must be", "worst differences"]) {
      const cell = make("th", words);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const client of data.clients) {
      const row = body.insertRow();
      const name = make("th", client.name);
      name.scope = "row";
      name.title = `${client.about}; ${client.way}`;
      row.append(name, make("td", client.headline, "words"));
      for (const count of [...client.levels].reverse()) row.append(make("td", String(count)));
      for (const count of [...client.rest, client.of]) row.append(make("td", String(count)));
      row.append(make("td", `${client.invalid[0]} of ${client.invalid[1]}`));
      const worst = make("td", undefined, "words");
      const [first, ...others] = [...client.faults, ...client.worst];
      if (others.length) {
        const details = make("details");
        details.append(make("summary", first), ...others.map((one) => make("div", one)));
        worst.append(details);
      } else worst.textContent = first || "none";
      row.append(worst);
    }
    for (const absent of data.absent) at("absent").append(make("p", `${absent.name}: not run: ${absent.reason}`));
  }

  // ---- The grid ------------------------------------------------------------------------------------------------
  const rows = [];
  const grid = at("matrix");
  let current = null;

  function look(cell) {
    const outcome = data.outcomes[cell[0]];
    if (outcome === "skipped" || outcome === "errored" || outcome === "not-run") return ["–", "gap"];
    if (outcome === "decoded" && cell[2]) return [SHORT[cell[1]], `l${cell[1]}`];
    if (outcome === "decoded") return [cell[9] ? "!" : "·", cell[9] ? "l0" : "ok"];
    if (outcome === "refused") return ["R", cell[9] ? "l0" : "refused"];
    return ["×", "failed"];
  }

  function said(cell) {
    const outcome = data.outcomes[cell[0]];
    return outcome === "decoded" && cell[1] >= 0 ? `decoded, ${data.levels[cell[1]]}` : outcome;
  }

  function build() {
    const head = grid.createTHead().insertRow();
    head.append(make("th", "case"));
    for (const client of data.clients) {
      const cell = make("th");
      cell.scope = "col";
      cell.append(make("span", client.name));
      head.append(cell);
    }
    const body = grid.createTBody();
    data.cases.forEach((one, y) => {
      const row = make("tr");
      const name = make("th", one[0]);
      name.scope = "row";
      name.title = one[1] || one[0];
      row.append(name);
      const words = [one[0], one[1], one[2]];
      const cells = data.clients.map((client) => client.cells[y]);
      cells.forEach((number, x) => {
        const place = row.insertCell();
        if (number < 0) return;
        const cell = data.cells[number];
        const [letter, colour] = look(cell);
        const button = make("button", letter, cell[9] ? `${colour} fails` : colour);
        button.type = "button";
        button.tabIndex = -1;
        button.dataset.x = x;
        button.dataset.y = y;
        const label = `${one[0]}, ${data.clients[x].name}: ${said(cell)}${cell[9] ? ", fails" : ""}`;
        button.setAttribute("aria-label", label);
        button.title = label;
        place.append(button);
        words.push(said(cell), ...cell[6].map((found) => text(data.differences[found][0])), ...cell[8].map(text));
      });
      body.append(row);
      const looks = new Set(cells.map((number) => (number < 0 ? "" : look(data.cells[number]).join())));
      const failing = cells.some((number) => number >= 0 && data.cells[number][9]);
      rows.push({ row, failing, differ: looks.size > 1, words: [...new Set(words)].join(" ").toLowerCase() });
    });
    choose(grid.querySelector("td button"));
  }

  function choose(button) {
    if (!button) return;
    if (current) current.tabIndex = -1;
    current = button;
    current.tabIndex = 0;
  }

  function sift() {
    const words = at("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const show = at("show").value;
    let count = 0;
    for (const one of rows) {
      const fits = words.every((word) => one.words.includes(word)) && (show === "all" || one[show]);
      one.row.hidden = !fits;
      count += fits;
    }
    at("count").textContent = `${count} of ${rows.length} cases`;
    if (!current || current.closest("tr").hidden) choose(grid.querySelector("tr:not([hidden]) td button"));
  }

  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function move(event) {
    const step = STEPS[event.key];
    const button = event.target.closest("td button");
    if (!step || !button || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    let x = Number(button.dataset.x);
    let y = Number(button.dataset.y);
    for (;;) {
      x += step[0];
      y += step[1];
      if (x < 0 || y < 0 || x >= data.clients.length || y >= rows.length) return;
      const found = rows[y].row.cells[x + 1].firstElementChild;
      if (rows[y].row.hidden || !found) continue;
      choose(found);
      found.focus();
      return;
    }
  }

  // ---- One cell ------------------------------------------------------------------------------------------------
  function open(x, y) {
    const [id, description, about, sentNumber] = data.cases[y];
    const client = data.clients[x];
    const cell = data.cells[client.cells[y]];
    const differences = cell[6].map((number) => {
      const [code, pointer, sent, returned, message, cap] = data.differences[number];
      return {
        code: text(code), pointer: text(pointer), message: text(message), cap: data.levels[cap],
        sent: sent < 0 ? null : text(sent), returned: returned < 0 ? null : text(returned),
      };
    });
    at("detail-title").textContent = `${id} · ${client.name}`;
    at("detail-about").textContent = [description, about].filter(Boolean).join(" – ");
    const outcome = at("detail-outcome");
    outcome.textContent = "";
    put(outcome, `${text(cell[3])}: ${said(cell)}${cell[9] ? ", fails" : ""}${text(cell[4]) ? ` – ${text(cell[4])}` : ""}`);
    for (const [side, number] of [["sent", sentNumber], ["returned", cell[5]]]) {
      const element = at(side);
      if (number < 0) {
        element.textContent = "";
        const why = side === "sent" ? "The payload is not in this corpus."
          : cell[1] >= 0 ? "What came back was not saved; `usagecompat run --payloads` does." : "Nothing came back.";
        element.append(make("span", why, "faint"));
        continue;
      }
      const source = text(number);
      draw(element, source, marks(source, places(source), differences, side));
      element.scrollTop = 0;
    }
    const list = at("differences");
    list.textContent = "";
    for (const fault of cell[8]) {
      const item = make("li");
      put(item, text(fault));
      list.append(item);
    }
    differences.forEach((one, number) => {
      const item = make("li");
      const button = make("button");
      button.type = "button";
      put(button, `${one.cap} ${one.code} ${one.pointer || "the root"}`);
      button.addEventListener("click", () => point(number));
      item.append(button, " ");
      put(item, one.message);
      list.append(item);
    });
    if (cell[7]) list.append(make("li", `${cell[7]} more are not listed`));
    at("differences-title").textContent = list.childNodes.length ? "Differences" : "No difference";
    at("detail").showModal();
  }

  function point(number) {
    for (const side of ["sent", "returned"]) {
      let first = null;
      for (const mark of at(side).querySelectorAll("mark")) {
        const here = mark.dataset.numbers.includes(` ${number} `);
        mark.classList.toggle("here", here);
        if (here && !first) first = mark;
      }
      if (first) at(side).scrollTop += first.getBoundingClientRect().top - at(side).getBoundingClientRect().top - 40;
    }
  }

  // ---- Start ---------------------------------------------------------------------------------------------------
  at("title").textContent = `${many(data.clients.length, "client")} × ${many(data.cases.length, "case")} – ${[data.title, data.made].filter(Boolean).join(", ")}`;
  document.title = at("title").textContent;
  const legend = at("legend");
  legend.append("A cell says how much came back:");
  const KEYS = [...data.levels.map((level, number) => [SHORT[number], `l${number}`, level]).reverse(),
    ["R", "refused", "refused"], ["×", "failed", "crashed, too late or out of order"], ["·", "ok", "invalid, survived"],
    ["!", "l0", "invalid, and taken"], ["–", "gap", "not judged"], ["\u00a0", "fails ok", "fails"]];
  for (const [letter, colour, meaning] of KEYS) legend.append(make("span", letter, `key ${colour}`), meaning);
  summary();
  build();
  sift();
  at("filter").addEventListener("input", sift);
  at("show").addEventListener("change", sift);
  grid.addEventListener("keydown", move);
  grid.addEventListener("click", (event) => {
    const button = event.target.closest("td button");
    if (!button) return;
    choose(button);
    open(Number(button.dataset.x), Number(button.dataset.y));
  });
  at("close").addEventListener("click", () => at("detail").close());
  at("detail").addEventListener("click", (event) => {
    if (event.target === at("detail")) at("detail").close();
  });
  at("detail").addEventListener("close", () => current && current.focus());
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !at("detail").open && !/^(INPUT|SELECT)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      at("filter").focus();
    }
  });
})();
