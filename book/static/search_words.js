// What the search takes for one word, how it ranks, and which sentence it shows. No page
// is needed for it: the tests run it as it is.
globalThis.bookSearch = (() => {
  const GREEK = Object.fromEntries(
    (
      "α alpha β beta γ gamma δ delta ε epsilon ϵ epsilon ζ zeta η eta θ theta κ kappa " +
      "λ lambda μ mu µ mu ν nu ξ xi π pi ρ rho σ sigma ς sigma τ tau φ phi ϕ phi χ chi " +
      "ψ psi ω omega"
    )
      .match(/\S \w+/g)
      .map((pair) => pair.split(" ")),
  );
  // A Greek letter is a word of its own, with its index; so "√κσ" holds two.
  const WORD =
    /[\u0370-\u03ffµ]\p{M}*(?:_[\p{Script=Latin}\d]+)?|[\p{Script=Latin}\d_][\p{Script=Latin}\p{M}\d_]*/gu;
  // A sentence ends at a stop before a capital, unless the stop is that of a short form.
  const SENTENCE_END = /(?<!\b(?:Eqs?|Figs?|no|al|vs|cf|[A-Z]))([.!?]) +(?=[^a-z ])/gu;
  const LONGEST_SHOWN = 260; // characters of a sentence
  const CHAPTERS_FIRST = 2; // before the pages around them
  const LETTERS_FOR_A_SLIP = 4; // a longer word may have one wrong letter
  const PREFIX_FROM = 3; // letters that are enough to stand for a longer word

  const words = (text) => text.match(WORD) ?? [];

  // Small letters without accents, Greek ones by their names: "Béreux" is "bereux".
  const fold = (word) =>
    word
      .toLowerCase()
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .replace(/[\u0370-\u03ffµ]/gu, (letter) => GREEK[letter] ?? letter);

  const singular = (word) =>
    word.length > PREFIX_FROM && /[^s]s$/.test(word) ? word.slice(0, -1) : word;

  // All forms under which a word of the text is found: "T_c" also as "tc", "critical_w"
  // also as "critical".
  function forms(word) {
    const folded = fold(word);
    const all = [folded];
    if (folded.includes("_")) {
      all.push(folded.replaceAll("_", ""));
      all.push(...folded.split("_").filter((part) => part.length > 1));
    }
    return [...new Set(all.map(singular))];
  }

  const asked = (query) => words(query).map((word) => singular(fold(word)));

  function build(index) {
    const { MiniSearch } = globalThis;
    const engine = new MiniSearch({
      fields: ["title", "text", "code"],
      tokenize: words,
      processTerm: forms,
    });
    const documents = index.places.map(([page, title, anchor, text, code], id) => {
      const [pageTitle, chapter, address] = index.pages[page];
      const url = anchor ? `${address}#${anchor}` : address;
      return { id, title, text, code, pageTitle, chapter, url };
    });
    engine.addAll(documents);
    return { engine, documents };
  }

  // Words that follow each other count for more than words that are far apart.
  function closeness(place, query) {
    const phrase = ` ${query.join(" ")} `;
    const title = ` ${asked(place.title).join(" ")} `;
    const names = place.title.split(", ").map((name) => asked(name).join(" "));
    if (names.includes(query.join(" "))) return place.pageTitle === "Glossary" ? 12 : 8;
    if (query.length < 2) return 1;
    if (title.includes(phrase)) return 6;
    return ` ${asked(place.text).join(" ")} `.includes(phrase) ? 4 : 1;
  }

  const fuzzy = (word) => (word.length > LETTERS_FOR_A_SLIP ? 1 : false);

  // All words must occur in a place. If none has all, those are taken that have similar
  // words, and at last those that have some of them.
  function find({ engine, documents }, text) {
    const query = asked(text);
    const ways = [
      ["all", { combineWith: "AND" }],
      ["similar", { combineWith: "AND", fuzzy }],
      ["some", { combineWith: "OR" }],
    ];
    for (const [how, options] of ways) {
      const found = engine.search(query.join(" "), {
        boost: { title: 4, code: 0.5 },
        weights: { prefix: 0.2, fuzzy: 0.2 },
        prefix: (word) => word.length >= PREFIX_FROM,
        processTerm: (word) => word,
        ...options,
      });
      const hits = found.map(({ id, score, terms }) => {
        const place = documents[id];
        const wanted = how === "similar" ? terms : query;
        const weight = place.chapter ? CHAPTERS_FIRST : 1;
        return { place, wanted, score: score * weight * closeness(place, query) };
      });
      if (hits.length > 0)
        return { how, hits: hits.toSorted((a, b) => b.score - a.score) };
    }
    return { how: "none", hits: [] };
  }

  const stands = (form, wanted) =>
    form === wanted || (wanted.length >= PREFIX_FROM && form.startsWith(wanted));

  const isMarked = (word, wanted) =>
    forms(word).some((form) => wanted.some((one) => stands(form, one)));

  function best(texts, wanted) {
    let top = { text: texts[0] ?? "", count: 0 };
    for (const text of texts) {
      const present = words(text).flatMap((word) => forms(word));
      const isThere = (one) => present.some((form) => stands(form, one));
      const count = wanted.filter(isThere).length;
      if (count > top.count) top = { text, count };
    }
    return top;
  }

  // What is shown of a place: its sentence, or its line of code, with most of the words.
  function sample({ place, wanted }) {
    const [first] = place.text.split("\n");
    const sentences = place.text.replace(SENTENCE_END, "$1\n").split("\n");
    const isMeaning = place.pageTitle === "Glossary"; // is shown whole
    const sentence = best(isMeaning ? [first] : sentences, wanted);
    const line = best(place.code.split("\n"), wanted);
    const isCode = line.count > sentence.count;
    return { isCode, parts: marked(isCode ? line.text.trim() : sentence.text, wanted) };
  }

  // Pieces of a text, each with whether it is one of the words, cut around the first one.
  function marked(text, wanted) {
    const found = [...text.matchAll(WORD)].filter(([word]) => isMarked(word, wanted));
    const first = found[0]?.index ?? 0;
    const cut = text.length > LONGEST_SHOWN && first > LONGEST_SHOWN / 2;
    const start = cut ? text.indexOf(" ", first - LONGEST_SHOWN / 2) + 1 : 0;
    const end = Math.min(text.length, start + LONGEST_SHOWN);
    const parts = [[start > 0 ? "… " : "", false]];
    let at = start;
    for (const { 0: word, index } of found.filter((match) => match.index < end)) {
      parts.push([text.slice(at, index), false], [word, true]);
      at = index + word.length;
    }
    parts.push([
      text.slice(at, Math.max(at, end)) + (end < text.length ? " …" : ""),
      false,
    ]);
    return parts.filter(([piece]) => piece);
  }

  return { build, find, sample };
})();
