// Filter, links that open claims, what falls with a claim, and the theme. Reading needs none of it.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const { nodes, marks } = JSON.parse(byId("uses").textContent);
  const claims = all("details.claim");
  const chosen = byId("chosen");
  let fallen = new Set();

  function make(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  // The filter ------------------------------------------------------------------------------------------------------------
  const words = new Map(claims.map((claim) => [claim, claim.textContent.toLowerCase()]));

  function filter() {
    const asked = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = new Set(all("#filter [name=verdict]:checked").map((box) => box.value));
    const method = byId("method").value;
    let count = 0;
    for (const claim of claims) {
      const fits =
        verdicts.has(claim.dataset.verdict) &&
        (!method || claim.dataset.method === method) &&
        (!byId("digest").checked || "paper" in claim.dataset) &&
        (!byId("onlyfallen").checked || fallen.has(claim.id)) &&
        asked.every((word) => words.get(claim).includes(word));
      claim.hidden = !fits;
      count += fits;
    }
    for (const figure of all("#ledger figure")) {
      const beside = figure.dataset.claims.split(" ").filter(Boolean);
      figure.hidden = count < claims.length && !beside.some((id) => !byId(id).hidden);
    }
    for (const topic of all(".topic")) topic.hidden = !topic.querySelector(".claim:not([hidden])");
    byId("shown").textContent = `${count} of ${claims.length} claims`;
  }

  function setAll(open) {
    for (const claim of claims) if (!open || !claim.hidden) claim.open = open;
  }

  for (const kind of ["input", "change"]) byId("filter").addEventListener(kind, filter);
  byId("filter").addEventListener("submit", (event) => event.preventDefault());
  byId("open").addEventListener("click", () => setAll(true));
  byId("close").addEventListener("click", () => setAll(false));

  // Links to claims -------------------------------------------------------------------------------------------------------
  function visit() {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const hidden = target.closest("[hidden]");
    if (hidden && byId("ledger").contains(hidden)) reset();
    if (target.matches("details.claim")) {
      target.open = true;
      target.querySelector("summary").focus({ preventScroll: true });
    }
    target.scrollIntoView();
  }

  function reset() {
    byId("filter").reset();
    filter();
  }

  addEventListener("hashchange", visit);

  // What falls ------------------------------------------------------------------------------------------------------------
  const uses = (name) => nodes[name].uses.filter((other) => other in nodes);
  const usedBy = Object.fromEntries(Object.keys(nodes).map((name) => [name, []]));
  for (const name of Object.keys(nodes)) for (const other of uses(name)) usedBy[other].push(name);

  function reachable(name, next) {
    const found = new Set();
    const open = [name];
    while (open.length) {
      for (const other of next(open.pop())) {
        if (!found.has(other)) {
          found.add(other);
          open.push(other);
        }
      }
    }
    return found;
  }

  const depths = {};
  function depth(name) {
    depths[name] ??= Math.max(0, ...uses(name).map((other) => depth(other) + 1));
    return depths[name];
  }

  const isClaim = (name) => nodes[name].verdict !== "premise";
  const topicOf = (name) => name.split(".")[0];
  const layered = (names) => [...names].sort((a, b) => depth(a) - depth(b));
  const MOST_DRAWN = 16;

  function doubt(name) {
    chosen.value = name;
    fallen = name ? reachable(name, (one) => usedBy[one]) : new Set();
    for (const claim of claims) {
      claim.classList.toggle("fallen", fallen.has(claim.id));
      claim.querySelector(".falling")?.remove();
      const label = make("span", { className: "falling", textContent: "would fall" });
      if (fallen.has(claim.id)) claim.querySelector(".about").prepend(label);
    }
    for (const premise of all(".overview a.premise")) {
      premise.classList.toggle("chosen", premise.getAttribute("href") === `#${name}`);
    }
    byId("falls").textContent = name ? verdict(name) : "";
    byId("neighbours").replaceChildren();
    byId("fallen").replaceChildren();
    if (name) {
      draw(name);
      list();
    }
    filter();
  }

  function verdict(name) {
    const counts = Object.keys(marks)
      .map((word) => [word, [...fallen].filter((one) => nodes[one].verdict === word).length])
      .filter(([, count]) => count);
    const found = counts.map(([word, count]) => `${count} ${word}`).join(", ");
    const number = fallen.size === 1 ? "1 claim falls" : `${fallen.size} claims fall`;
    return `${number} with ${name}${found ? `: ${found}` : ""}.`;
  }

  function item(name) {
    const word = nodes[name].verdict;
    const mark = make("span", { className: `mark ${isClaim(name) ? word : "premise-mark"}`, textContent: marks[word] ?? "\u00a7" });
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", word);
    return make("li", {}, mark, make("a", { href: `#${name}` }, make("code", { textContent: name })));
  }

  // Rows from what is rested on down to what falls, and an arc from each row to those that it uses.
  function draw(name) {
    const below = layered(fallen);
    const direct = below.length > MOST_DRAWN ? below.filter((one) => uses(one).includes(name)).slice(0, MOST_DRAWN) : below;
    const above = layered(reachable(name, uses));
    const rows = new Map();
    const rowsOf = (names) => names.map((one) => rows.set(one, item(one)).get(one));
    const heading = (textContent) => make("li", { className: "heading", textContent });
    const left = below.length - direct.length;
    const order = make(
      "ol",
      {},
      ...(above.length ? [heading("rests on"), ...rowsOf(above)] : []),
      heading("chosen"),
      ...rowsOf([name]),
      ...(direct.length ? [heading(left ? `falls first (${left} more below)` : "falls"), ...rowsOf(direct)] : []),
    );
    rows.get(name).className = "chosen";
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("aria-hidden", "true");
    byId("neighbours").replaceChildren(svg, order);
    const top = byId("neighbours").getBoundingClientRect().top;
    const middle = (row) => row.getBoundingClientRect().top - top + 13;
    for (const [one, row] of rows) {
      for (const other of uses(one).filter((used) => rows.has(used))) {
        const [from, to] = [middle(rows.get(other)), middle(row)];
        const reach = 52 - Math.min(48, 10 + (to - from) / 6);
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        path.setAttribute("d", `M54 ${from + 3}C${reach} ${from + 3} ${reach} ${to - 3} 54 ${to - 3}`);
        if (one === name || other === name) path.setAttribute("class", "through");
        svg.append(path);
      }
    }
  }

  function list() {
    const names = layered(fallen);
    for (const topic of new Set(names.map(topicOf))) {
      const inside = names.filter((name) => topicOf(name) === topic);
      const title = make("summary", { textContent: `${topic}: ${inside.length}` });
      byId("fallen").append(make("details", {}, title, make("ul", {}, ...inside.map(item))));
    }
  }

  chosen.addEventListener("change", () => doubt(chosen.value));
  addEventListener("resize", () => chosen.value && draw(chosen.value));
  for (const button of all("button.falls")) {
    button.addEventListener("click", () => {
      doubt(button.dataset.chosen);
      byId("doubt").scrollIntoView();
      chosen.focus({ preventScroll: true });
    });
  }
  for (const premise of all(".overview a.premise")) {
    premise.addEventListener("click", (event) => {
      event.preventDefault();
      doubt(premise.getAttribute("href").slice(1));
    });
  }

  // The theme -------------------------------------------------------------------------------------------------------------
  const themes = ["as the system", "light", "dark"];
  const root = document.documentElement;

  function setTheme(theme) {
    if (theme === themes[0]) delete root.dataset.theme;
    else root.dataset.theme = theme;
    byId("theme").textContent = `Theme: ${theme}`;
  }

  byId("theme").addEventListener("click", () => {
    const next = themes[(themes.indexOf(root.dataset.theme ?? themes[0]) + 1) % themes.length];
    setTheme(next);
    try {
      localStorage.setItem("theme", next);
    } catch {
      // A page opened as a file may have no storage; the choice then lasts as long as the page.
    }
  });

  let kept = null;
  try {
    kept = localStorage.getItem("theme");
  } catch {
    // As above.
  }
  if (themes.includes(kept)) setTheme(kept);

  for (const element of all("[hidden].scripted, button.falls")) element.hidden = false;
  filter();
  if (location.hash) visit();
})();
