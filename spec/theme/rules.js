// Makes the name of each rule, `r[a.b]` at the start of a paragraph, a place to link to.
for (const paragraph of document.querySelectorAll("main p")) {
    const text = paragraph.firstChild;
    const found = text?.nodeType === Node.TEXT_NODE && /^r\[([^\]]+)\]\s*/.exec(text.data);
    if (found) {
        text.data = text.data.slice(found[0].length);
        const name = document.createElement("a");
        name.id = "r-" + found[1];
        name.className = "rule";
        name.href = "#" + name.id;
        name.textContent = found[1];
        paragraph.prepend(name);
    }
}
// Says above a program what becomes of it, where it is not accepted or does not end well. mdBook
// makes classes of the words after the language.
const ends = [
    [/^error=/, "rejected"],
    [/^warning=/, "accepted, with a warning"],
    [/^fault=/, "fails when it runs"],
];
const code = /^T\d{4}$/;
for (const block of document.querySelectorAll("code.language-theus")) {
    const words = [...block.classList];
    for (const [start, said] of ends) {
        const first = words.findIndex((word) => start.test(word));
        if (first < 0) {
            continue;
        }
        const names = [words[first].replace(start, "")];
        names.push(...words.slice(first + 1).filter((word) => code.test(word)));
        const note = document.createElement("div");
        note.className = "ends";
        note.textContent = said + ": " + names.join(", ");
        block.closest("pre").before(note);
    }
}
if (location.hash.startsWith("#r-")) {
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}
