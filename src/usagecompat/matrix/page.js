"use strict";
// What is in #data: `texts`, `differences` and `cells` are pools, and everywhere else their numbers stand; -1 is none.
//   difference: [code, pointer, sent, returned, message, cap]      numbers of texts, and of a level
//   cell: [outcome, level, compared, duty, message, returned, differences, not listed, faults, fails]
//   case: [id, description, about, sent]
// `meanings` has a sentence for each level, and `codes` one for each code that stands anywhere.
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
  // What is shown, and how; the address of the page says the same.
  const state = { q: "", clients: "", show: "all", by: "name", order: "given", cell: "" };
  let columns = [];

  function link(words, address) {
    // Only what can be nothing but a page on the web is followed.
    if (!/^https?:\/\//i.test(address)) return null;
    const element = make("a", words);
    element.href = address;
    element.rel = "noreferrer noopener";
    return element;
  }

  function explained(code) {
    const element = make("a", code);
    element.href = `#code-${code.replace("/", "-")}`;
    element.addEventListener("click", (event) => {
      event.preventDefault();
      if (at("detail").open) at("detail").close();
      at("codes").open = true;
      document.getElementById(`code-${code.replace("/", "-")}`)?.scrollIntoView({ block: "center" });
    });
    return data.codes[code] ? element : document.createTextNode(code);
  }

  const compare = (one, other) => one.localeCompare(other);
  const ORDERS = {
    given: () => 0,
    name: (one, other) => compare(data.clients[one].name, data.clients[other].name),
    best: (one, other) => data.clients[other].level - data.clients[one].level || data.clients[one].below - data.clients[other].below,
    worst: (one, other) => ORDERS.best(other, one),
  };

  function arrange() {
    const words = state.clients.toLowerCase().split(/\s+/).filter(Boolean);
    columns = data.clients.map((_, x) => x)
      .filter((x) => words.every((word) => data.clients[x].name.toLowerCase().includes(word)))
      .sort(ORDERS[state.order] || ORDERS.given)
      .sort((one, other) => compare(data.clients[one].only && "z" + data.clients[one].only, data.clients[other].only && "z" + data.clients[other].only));
  }

  function summary() {
    const table = at("summary");
    table.textContent = "";
    const head = table.createTHead().insertRow();
    const rest = ["refused", "failed", "not judged", "of"];
    const heads = ["client", "level", "headline", ...[...data.levels].reverse(), ...rest, "invalid, as they must be", "what to fix, and worst differences"];
    heads.forEach((words, index) => {
      const cell = make("th");
      cell.scope = "col";
      if (index < 2) {
        const orders = index ? ["best", "worst"] : ["name", "given"];
        const button = make("button", words);
        button.type = "button";
        button.title = `Sort by ${words}`;
        button.addEventListener("click", () => set({ order: state.order === orders[0] ? orders[1] : orders[0] }));
        if (state.order === orders[0]) cell.setAttribute("aria-sort", index ? "descending" : "ascending");
        if (index && state.order === "worst") cell.setAttribute("aria-sort", "ascending");
        cell.append(button);
      } else cell.textContent = words;
      head.append(cell);
    });
    const body = table.createTBody();
    for (const x of columns) {
      const client = data.clients[x];
      const row = body.insertRow();
      const name = make("th");
      name.scope = "row";
      name.append(client.name);
      const about = make("small", [client.about, client.way].filter(Boolean).join("; "));
      for (const [words, address] of [["home", client.homepage], ["issues", client.issues]]) {
        const found = address && link(words, address);
        if (found) about.append(" · ", found);
      }
      name.append(about, ...client.own.map((line) => make("small", line)));
      const level = make("td", undefined, "words");
      const chip = make("span", client.level < 0 ? client.only || "none" : data.levels[client.level], client.level < 0 ? "chip gap" : `chip l${client.level}`);
      chip.title = client.level < 0 ? "" : data.meanings[client.level];
      const only = client.only && client.level >= 0 ? [make("small", client.only)] : [];
      const dot = make("span", undefined, `badge ${client.badge[1]}`);
      dot.title = `badge: ${client.badge.filter(Boolean).join(": ")}`;
      level.append(dot, chip, ...only);
      row.append(name, level, make("td", client.headline, "words"));
      for (const count of [...client.levels].reverse()) row.append(make("td", count < 0 ? "–" : String(count)));
      for (const count of [...client.rest, client.of]) row.append(make("td", String(count)));
      row.append(make("td", `${client.invalid[0]} of ${client.invalid[1]}`));
      const worst = make("td", undefined, "words");
      const [first, ...others] = [...client.faults, ...client.causes, ...client.worst];
      if (others.length) {
        const details = make("details");
        details.append(make("summary", first), ...others.map((one) => make("div", one)));
        worst.append(details);
      } else worst.textContent = first || "none";
      row.append(worst);
    }
  }

  // ---- The grid ------------------------------------------------------------------------------------------------
  let rows = [];
  const grid = at("matrix");
  let current = null;

  function look(cell) {
    const outcome = data.outcomes[cell[0]];
    if (outcome === "skipped" || outcome === "errored" || outcome === "not-run") return ["–", "gap"];
    if (outcome === "decoded" && cell[2] && cell[1] < 0) return cell[9] ? ["!", "l0"] : ["·", "ok"];
    if (outcome === "decoded" && cell[2]) return [SHORT[cell[1]], `l${cell[1]}`];
    if (outcome === "decoded") return text(cell[3]) === "must-refuse" ? ["!", "l0"] : ["·", "ok"];
    if (outcome === "refused") return ["R", cell[9] ? "l0" : "refused"];
    return ["×", "failed"];
  }

  function said(cell) {
    const outcome = data.outcomes[cell[0]];
    return outcome === "decoded" && cell[1] >= 0 ? `decoded, ${data.levels[cell[1]]}` : outcome;
  }

  // How bad a case is over the clients that are shown: the lower the worse.
  function worth(y) {
    let least = 99;
    let sum = 0;
    for (const x of columns) {
      const cell = data.clients[x].cells[y] < 0 ? null : data.cells[data.clients[x].cells[y]];
      if (!cell) continue;
      const level = cell[9] ? (cell[2] && cell[1] >= 0 ? cell[1] : 0) : 10;
      least = Math.min(least, level);
      sum += level;
    }
    return [least, sum];
  }

  function build() {
    grid.textContent = "";
    current = null;
    const head = grid.createTHead().insertRow();
    head.append(make("th", "case"));
    for (const x of columns) {
      const cell = make("th");
      cell.scope = "col";
      cell.append(make("span", data.clients[x].name));
      head.append(cell);
    }
    const body = grid.createTBody();
    rows = [];
    const order = data.cases.map((_, y) => y);
    if (state.by === "worst") {
      const worths = order.map(worth);
      order.sort((one, other) => worths[one][0] - worths[other][0] || worths[one][1] - worths[other][1] || one - other);
    }
    for (const y of order) {
      const one = data.cases[y];
      const row = make("tr");
      const name = make("th", one[0]);
      name.scope = "row";
      name.title = [one[0], one[1]].filter(Boolean).join(": ");
      row.append(name);
      const words = [one[0], one[1], one[2]];
      const cells = columns.map((x) => data.clients[x].cells[y]);
      cells.forEach((number, index) => {
        const place = row.insertCell();
        if (number < 0) return;
        const cell = data.cells[number];
        const client = data.clients[columns[index]];
        const [letter, colour] = look(cell);
        const button = make("button", letter, cell[9] ? `${colour} fails` : colour);
        button.type = "button";
        button.tabIndex = -1;
        button.dataset.x = index;
        button.dataset.y = rows.length;
        const label = `${one[0]}, ${client.name}: ${said(cell)}${cell[9] ? ", fails" : ""}`;
        button.setAttribute("aria-label", label);
        button.title = label;
        place.append(button);
        words.push(said(cell), ...cell[6].map((found) => text(data.differences[found][0])), ...cell[8].map(text));
      });
      body.append(row);
      const looks = new Set(cells.map((number) => (number < 0 ? "" : look(data.cells[number]).join())));
      const failing = cells.some((number) => number >= 0 && data.cells[number][9]);
      rows.push({ y, row, failing, differ: looks.size > 1, words: [...new Set(words)].join(" ").toLowerCase() });
    }
    choose(grid.querySelector("td button"));
  }

  function choose(button) {
    if (!button) return;
    if (current) current.tabIndex = -1;
    current = button;
    current.tabIndex = 0;
  }

  function sift() {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const one of rows) {
      const fits = words.every((word) => one.words.includes(word)) && (state.show === "all" || one[state.show]);
      one.row.hidden = !fits;
      count += fits;
    }
    at("count").textContent = `${count} of ${rows.length} cases, ${columns.length} of ${many(data.clients.length, "client")}`;
    if (!current || current.closest("tr").hidden) choose(grid.querySelector("tr:not([hidden]) td button"));
  }

  // ---- The address -----------------------------------------------------------------------------------------------
  const DEFAULTS = { ...state };
  const FIELDS = { q: "filter", clients: "clients", show: "show", by: "by", order: "order" };

  function address() {
    const told = new URLSearchParams();
    for (const [name, value] of Object.entries(state)) if (value !== DEFAULTS[name]) told.set(name, value);
    return told.toString();
  }

  // Show what `changes` say, and let the address say so.
  function set(changes, tell = true) {
    const before = { ...state };
    Object.assign(state, changes);
    for (const [name, id] of Object.entries(FIELDS)) {
      if (at(id).value !== state[name]) at(id).value = state[name];
      if (at(id).value !== state[name]) state[name] = at(id).value = DEFAULTS[name];
    }
    if (tell && address() !== location.hash.slice(1)) history.replaceState(null, "", address() ? `#${address()}` : location.pathname + location.search);
    if (["clients", "by", "order"].some((name) => state[name] !== before[name]) || !rows.length) {
      arrange();
      summary();
      build();
    }
    sift();
    if (state.cell !== before.cell) show();
  }

  function read() {
    const told = new URLSearchParams(location.hash.slice(1));
    const said = { ...DEFAULTS };
    for (const name of Object.keys(DEFAULTS)) if (told.has(name)) said[name] = told.get(name);
    set(said, false);
  }

  // A cell is told by the name of its case and of its client.
  const nameOf = (x, y) => `${data.cases[y][0]} ${data.clients[x].name}`;

  function show() {
    const [id, ...name] = state.cell.split(" ");
    const y = data.cases.findIndex((one) => one[0] === id);
    const x = data.clients.findIndex((one) => one.name === name.join(" "));
    if (y >= 0 && x >= 0 && data.clients[x].cells[y] >= 0) open(x, y);
    else if (at("detail").open) at("detail").close();
  }

  // ---- The keys --------------------------------------------------------------------------------------------------
  const PAGE = 10;
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function move(event) {
    const button = event.target.closest("td button");
    if (!button || event.altKey || event.metaKey) return;
    const visible = rows.filter((one) => !one.row.hidden);
    const line = (index) => [...visible[index].row.querySelectorAll("td button")];
    let y = visible.indexOf(rows[Number(button.dataset.y)]);
    let x = Number(button.dataset.x);
    const last = visible.length - 1;
    let step = [0, 0];
    if (event.key === "Home" || event.key === "End") {
      if (event.ctrlKey) y = event.key === "Home" ? 0 : last;
      x = event.key === "Home" ? 0 : columns.length - 1;
      step = [event.key === "Home" ? 1 : -1, 0];
    } else if (event.key === "PageUp" || event.key === "PageDown") {
      y = Math.max(0, Math.min(last, y + (event.key === "PageUp" ? -PAGE : PAGE)));
      step = [0, event.key === "PageUp" ? 1 : -1];
    } else if (STEPS[event.key] && !event.ctrlKey) {
      step = STEPS[event.key];
      x += step[0];
      y += step[1];
    } else return;
    event.preventDefault();
    while (x >= 0 && y >= 0 && x < columns.length && y <= last) {
      const found = line(y).find((one) => Number(one.dataset.x) === x);
      if (found) {
        choose(found);
        found.focus();
        found.scrollIntoView({ block: "nearest", inline: "nearest" });
        return;
      }
      x += step[0];
      y += step[1];
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
        code: text(code), pointer: text(pointer), message: text(message), cap: client.only === "decodes only" ? "" : data.levels[cap],
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
      const [code, ...words] = text(fault).split(": ");
      item.append(explained(code), ": ");
      put(item, words.join(": "));
      list.append(item);
    }
    differences.forEach((one, number) => {
      const item = make("li");
      const button = make("button");
      button.type = "button";
      put(button, `${one.cap} ${one.pointer || "the root"}`.trim());
      button.addEventListener("click", () => point(number));
      item.append(button, " ", explained(one.code), ": ");
      put(item, one.message);
      list.append(item);
    });
    if (cell[7]) list.append(make("li", `${cell[7]} more are not listed`));
    at("differences-title").textContent = list.childNodes.length ? "Differences" : "No difference";
    if (!at("detail").open) at("detail").showModal();
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

  // ---- Over time -----------------------------------------------------------------------------------------------
  // Cases that changed stand in a table, a column for each time; two choices leave those that differ in two columns.
  function compareTimes(table) {
    const times = [...table.tHead.rows[0].cells].slice(1);
    const line = make("p");
    const choice = (words, value) => {
      const label = make("label", `${words} `);
      const select = make("select");
      times.forEach((time, index) => select.append(new Option(`${time.textContent} of ${time.title}`, index)));
      select.value = value;
      label.append(select, " ");
      line.append(label);
      return select;
    };
    const from = choice("From", 0);
    const to = choice("to", times.length - 1);
    const told = make("output", `${table.tBodies[0].rows.length} cases changed at some time`);
    line.append(told);
    line.addEventListener("change", () => {
      const count = { failing: 0, fixed: 0, otherwise: 0 };
      for (const row of table.tBodies[0].rows) {
        const [one, other] = [from, to].map((select) => row.cells[Number(select.value) + 1]);
        row.hidden = one.className === other.className && one.textContent === other.textContent && one.title === other.title;
        if (row.hidden) continue;
        const [failed, fails] = [one, other].map((cell) => cell.classList.contains("fails"));
        count[fails && !failed ? "failing" : failed && !fails ? "fixed" : "otherwise"] += 1;
      }
      told.textContent = `${count.failing} cases fail that did not, ${count.fixed} do not any more, ${count.otherwise} differ otherwise`;
    });
    table.closest(".wide").before(line);
  }

  // ---- Start ---------------------------------------------------------------------------------------------------
  at("title").textContent = `${many(data.clients.length, "client")} × ${many(data.cases.length, "case")} – ${[data.title, data.made].filter(Boolean).join(", ")}`;
  document.title = at("title").textContent;
  at("of").append(...data.of.map((line) => make("p", line, "faint")));
  const legend = at("legend");
  legend.append("A cell says how much came back:");
  const KEYS = [...data.levels.map((level, number) => [SHORT[number], `l${number}`, level]).reverse(),
    ["R", "refused", "refused"], ["×", "failed", "crashed, too late or out of order"], ["·", "ok", "invalid and survived, or decoded without a level"],
    ["!", "l0", "invalid and taken, or decoded with wrong values"], ["–", "gap", "not judged"], ["\u00a0", "fails ok", "fails"]];
  for (const [letter, colour, meaning] of KEYS) {
    const key = make("span", letter, `key ${colour}`);
    const level = data.levels.indexOf(meaning);
    if (level >= 0) key.title = data.meanings[level];
    legend.append(key, meaning);
  }
  for (let level = data.levels.length - 1; level >= 0; level--) {
    const term = make("dt");
    term.append(make("span", SHORT[level], `key l${level}`), data.levels[level]);
    at("levels").append(term, make("dd", data.meanings[level]));
  }
  at("meanings").open = innerWidth > 700;
  for (const [code, means] of Object.entries(data.codes)) {
    const term = make("dt", code);
    term.id = `code-${code.replace("/", "-")}`;
    at("explanations").append(term, make("dd", means));
  }
  for (const absent of data.absent) at("absent").append(make("p", `${absent.name}: not run: ${absent.reason}`));
  for (const table of document.querySelectorAll("#trend .changed")) compareTimes(table);
  read();
  addEventListener("hashchange", read);
  for (const [name, id] of Object.entries(FIELDS)) {
    at(id).addEventListener(at(id).tagName === "SELECT" ? "change" : "input", () => set({ [name]: at(id).value }));
  }
  grid.addEventListener("keydown", move);
  grid.addEventListener("click", (event) => {
    const button = event.target.closest("td button");
    if (!button) return;
    choose(button);
    set({ cell: nameOf(columns[Number(button.dataset.x)], rows[Number(button.dataset.y)].y) });
  });
  at("close").addEventListener("click", () => at("detail").close());
  at("detail").addEventListener("click", (event) => {
    if (event.target === at("detail")) at("detail").close();
  });
  at("detail").addEventListener("close", () => {
    set({ cell: "" });
    if (current) current.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !at("detail").open && !/^(INPUT|SELECT)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      at("filter").focus();
    }
  });
})();
